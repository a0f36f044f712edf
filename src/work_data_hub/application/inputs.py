"""Which versions a build would read now, and the one hash that tells whether anything changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.ports import Ledger
from work_data_hub.application.quarantine.corrections import Correction, corrections_version
from work_data_hub.application.runs import InputVersion, PublishRecord
from work_data_hub.application.sources import FoundFile
from work_data_hub.domain.kernel.build import DropIntake, InputRef, SheetIntake, TableBuild, scope_of
from work_data_hub.domain.kernel.contract import Layer, TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

# a table that was never published, and one that is published and has no row of what is read
ABSENT: Final = "absent"
EMPTY: Final = "empty"
CORRECTIONS = "hub.platform.corrections"


class Published(Protocol):
    """What has been published: the newest publish of a scope, and those of all scopes of tables."""

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        """Give the newest publish of a scope."""

    def publishes(self, contracts: Sequence[TableContract]) -> Sequence[PublishRecord]:
        """Give the newest publish of every scope of these tables."""


class UpstreamMissingError(PermanentError):
    """A table this build reads has not been published for the month."""


class GateStaleError(PermanentError):
    """A reference table was not brought up to date before the fact that needs it."""


def input_hash(
    contract: TableContract, inputs: Sequence[InputVersion], *, config: str, code_version: str
) -> str:
    """Hash everything a build depends on: inputs, contract, configuration and code."""
    parts = [[i.name, i.scope, i.version] for i in inputs]
    text = json.dumps([contract.key, contract.version, parts, config, code_version], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def table_inputs(build: TableBuild, period: Period | None, published: Published) -> tuple[InputVersion, ...]:
    """Give the published versions that the build would read; an absent optional one is said to be absent."""
    return tuple(_version(build, ref, period, published) for ref in build.inputs)


def source_files(
    ports: Ports, domain: Domain, intake: SheetIntake | DropIntake, period: Period | None
) -> tuple[FoundFile, ...]:
    """Find the files that an intake reads: the month's one file, or those of its drop."""
    if isinstance(intake, DropIntake):
        return ports.drop_box.parts(domain.drops[intake.source])
    if period is None:
        raise UpstreamMissingError(
            f"{intake.contract.qualified_name} is read by month", fix="say which month"
        )
    return (ports.finder.find(domain.monthly_source, period),)


def file_versions(files: Sequence[FoundFile], period: Period | None) -> tuple[InputVersion, ...]:
    """Give the contents of files as the versions that an intake reads."""
    return tuple(InputVersion(file.name, str(period or Scope().key), file.sha256) for file in files)


def correction_inputs(
    build: TableBuild, period: Period | None, ports: Ports
) -> tuple[tuple[InputVersion, ...], Mapping[str, tuple[Correction, ...]]]:
    """Give the corrections of the sheet rows that a build reads, and their version where there are any."""
    found = {
        ref.name: corrections
        for ref in build.inputs
        if ref.contract.layer is Layer.BRONZE
        and (corrections := ports.quarantine.corrections(ref.contract, ref.scope(period)))
    }
    versions = tuple(
        InputVersion(
            f"{CORRECTIONS}:{name}",
            scope_of(build.contract, period).key,
            corrections_version(corrections),
        )
        for name, corrections in found.items()
    )
    return versions, found


def _version(build: TableBuild, ref: InputRef, period: Period | None, published: Published) -> InputVersion:
    scope = ref.scope(period)
    version = _latest(ref, scope, published)
    # all earlier months may well be none
    if version == ABSENT and not (ref.optional or ref.history):
        raise UpstreamMissingError(
            f"{build.contract.qualified_name} needs {ref.contract.qualified_name} for {scope.key}",
            expected="a published scope",
            fix=f"materialize {'/'.join(ref.contract.asset_key)}"
            + (f" for {period.key} first" if period and ref.contract.monthly else " first"),
        )
    return InputVersion(ref.contract.key, scope.key, version)


def _latest(ref: InputRef, scope: Scope, published: Published) -> str:
    """Give the version of the part of a table that is read."""
    if ref.contract.monthly and not scope.values:
        return _months(ref.contract, scope, published)
    record = published.latest(ref.contract, scope if ref.contract.monthly else Scope())
    if record is None:
        return ABSENT
    if ref.contract.monthly:
        return record.identity_hash
    if scope.values:
        return record.slices.get(str(scope.values[0][1]), EMPTY)
    if scope.before is not None:
        first = str(scope.before[1])
        return _hash(sorted([month, version] for month, version in record.slices.items() if month < first))
    return record.identity_hash


def _months(contract: TableContract, scope: Scope, published: Published) -> str:
    """Hash what all months, or all months before one, hold; a month that is published empty changes nothing."""
    first = None if scope.before is None else f"{scope.before[0]}={scope.before[1]}"
    records = published.publishes([contract])
    versions = [
        [record.scope, record.identity_hash]
        for record in records
        if (first is None or record.scope < first) and record.counts.published
    ]
    if not versions:
        return EMPTY if records and first is None else ABSENT
    return _hash(sorted(versions))


def _hash(versions: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(versions).encode()).hexdigest()


def check_gates(domain: Domain, build: TableBuild, period: Period | None, ledger: Ledger) -> None:
    """Refuse to go on while a gate is missing or was made from other inputs than the current ones."""
    for contract in build.gates:
        gate = domain.table(contract.key)
        record = ledger.latest(contract, scope_of(contract, period))
        if (
            not isinstance(gate, TableBuild)
            or record is None
            or record.inputs != table_inputs(gate, period, ledger)
        ):
            raise GateStaleError(
                f"{contract.qualified_name} is not up to date for {scope_of(contract, period).key}",
                expected=f"a publish made from the inputs that {build.contract.qualified_name} reads",
                fix=f"materialize {'/'.join(contract.asset_key)} for {period.key if period else 'all'} first",
            )
