"""What lies in the landing folder, month by month: known by its content, not yet complete, or refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from work_data_hub.application.ports import SourceFinder
from work_data_hub.application.sources import Glance, SourceSpec
from work_data_hub.domain.kernel.errors import (
    AmbiguousCandidatesError,
    HubError,
    InputRefusedError,
    NoCandidateError,
    TransientError,
)
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.landing_memory import Memory, Remembered

# a file is read when it was the same at two ticks and was not written for this long
SETTLED_AFTER: Final = timedelta(seconds=5)
# a workbook without its end is taken for half copied for this long; after that it is read, and refused as it is
GIVEN_UP_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A month's file: its content, or in words why that is not known."""

    period: Period
    file_id: str = ""
    told: str = ""


def survey(
    watch: SourceFinder, source: SourceSpec, periods: Iterable[Period], memory: Memory, now: datetime
) -> tuple[tuple[Sighting, ...], Memory]:
    """Look at the months, read what is new and complete, and give what to remember."""
    sightings: list[Sighting] = []
    remembered: dict[Period, Remembered] = {}
    for period in periods:
        try:
            seen = watch.glance(source, period)
            known = _known(watch, seen, memory.get(period), now)
        except (InputRefusedError, TransientError) as error:
            sightings.append(Sighting(period, told=_short(error)))
            continue
        remembered[period] = known
        waiting = "" if known.file_id else f"waiting for {seen.name} to be complete"
        sightings.append(Sighting(period, known.file_id, waiting))
    return tuple(sightings), remembered


def _known(watch: SourceFinder, seen: Glance, last: Remembered | None, now: datetime) -> Remembered:
    if last is None or last.signature != seen.signature:
        return Remembered(seen.signature)
    if last.file_id or not _complete(watch, seen, now):
        return last
    return Remembered(seen.signature, watch.fingerprint(seen.path)[:16])


def _complete(watch: SourceFinder, seen: Glance, now: datetime) -> bool:
    # a clock of the file server that runs ahead makes the age negative
    age = abs(now - seen.modified_at)
    return age >= SETTLED_AFTER and (age >= GIVEN_UP_AFTER or watch.is_whole(seen.path))


def _short(error: HubError) -> str:
    candidates = error.evidence.get("candidates")
    if isinstance(error, AmbiguousCandidatesError) and isinstance(candidates, tuple):
        return f"{len(candidates)} candidates"
    if isinstance(error, NoCandidateError):
        return "no file found"
    return error.what.splitlines()[0]
