"""Drops in the landing folder: which are complete, and which hold a content that is not loaded."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from work_data_hub.application.domains import Domain
from work_data_hub.application.ports import DropBox
from work_data_hub.application.runs import PublishRecord
from work_data_hub.application.sources import Glance
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.build import DropIntake, scope_of
from work_data_hub.domain.kernel.errors import HubError, InputRefusedError, TransientError
from work_data_hub.orchestration.landing import GIVEN_UP_AFTER, SETTLED_AFTER

_NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class DropSight:
    """A drop as a tick saw it: what its files look like, their contents where they must be loaded, or why not."""

    source: str
    signature: str = _NOTHING
    contents: tuple[str, ...] = ()
    told: str = ""
    after: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Say whether its files are there and not complete."""
        return bool(self.signature and self.told)


def look_at_drops(
    hub: Hub, domain: Domain, sources: Sequence[str], memory: Mapping[str, str]
) -> tuple[DropSight, ...]:
    """Look at drops; one that is as it was at the last tick, and complete, is compared with what is loaded."""
    return tuple(_look(hub, domain, source, memory.get(source, _NOTHING)) for source in sources)


def being_written(hub: Hub, domain: Domain, quiet: timedelta = SETTLED_AFTER) -> str:
    """Name a drop that was written a moment ago or has no end yet: a run over all drops would read half of it."""
    box, now = hub.ports.drop_box, hub.ports.clock.now()
    for source, spec in domain.drops.items():
        try:
            if not _complete(box, box.glance(spec), now, quiet):
                return source
        except (InputRefusedError, TransientError):
            continue
    return ""


def read_signatures(cursor: str | None) -> dict[str, str]:
    """Read what the last tick saw; a cursor that can't be read only means that drops are looked at twice."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def write_signatures(sights: Sequence[DropSight]) -> str:
    """Write what this tick saw."""
    return json.dumps({sight.source: sight.signature for sight in sights})


def _look(hub: Hub, domain: Domain, source: str, before: str) -> DropSight:
    box, spec = hub.ports.drop_box, domain.drops[source]
    try:
        glances = box.glance(spec)
        signature = _signature(glances)
        if signature != before or not _complete(box, glances, hub.ports.clock.now()):
            return DropSight(source, signature, told=f"waiting for {source} to be complete")
        contents = tuple(file.sha256 for file in box.parts(spec))
    except (InputRefusedError, TransientError) as error:
        return DropSight(source, told=_short(source, error))
    records = [
        hub.ports.ledger.latest(intake.contract, scope_of(intake.contract, None, member))
        for intake, member in _intakes(domain, source)
    ]
    if all(record is not None and _holds(record, contents) for record in records):
        return DropSight(source, signature)
    # a content that comes back after another one is asked for again
    after = tuple(record.run_id for record in records if record is not None)
    return DropSight(source, signature, contents, after=after)


def _signature(glances: Sequence[Glance]) -> str:
    return hashlib.sha256("|".join(glance.signature for glance in glances).encode()).hexdigest()[:16]


def _complete(
    box: DropBox, glances: Sequence[Glance], now: datetime, quiet: timedelta = SETTLED_AFTER
) -> bool:
    # a clock of the file server that runs ahead makes the age negative
    ages = [abs(now - glance.modified_at) for glance in glances]
    return all(
        age >= quiet and (age >= GIVEN_UP_AFTER or box.is_whole(glance.path))
        for age, glance in zip(ages, glances, strict=True)
    )


def _intakes(domain: Domain, source: str) -> tuple[tuple[DropIntake, str | None], ...]:
    """Give the tables that are read from a source, each with the member whose source it is."""
    return tuple(
        (intake, member)
        for intake in domain.intakes
        if isinstance(intake, DropIntake)
        for member in domain.members_of(intake)
        if intake.source_of(member) == source
    )


def _holds(record: PublishRecord, contents: tuple[str, ...]) -> bool:
    return tuple(version.version for version in record.inputs) == contents


def _short(source: str, error: HubError) -> str:
    return f"{source}: {error.what.splitlines()[0]}"
