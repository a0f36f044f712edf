"""Which versions a build would read now, and the one hash that tells whether anything changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Protocol

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.ports import Ledger
from work_data_hub.application.quarantine.corrections import Correction, corrections_version
from work_data_hub.application.runs import InputVersion, PublishRecord
from work_data_hub.application.scopes import member_of_key, month_in, month_of_key, without_month
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


def table_inputs(
    build: TableBuild, period: Period | None, published: Published, member: str | None = None
) -> tuple[InputVersion, ...]:
    """Give the published versions that the build would read; an absent optional one is said to be absent."""
    return tuple(_version(build, ref, period, published, member) for ref in build.inputs_of(member))


def source_files(
    ports: Ports,
    domain: Domain,
    intake: SheetIntake | DropIntake,
    period: Period | None,
    member: str | None = None,
) -> tuple[FoundFile, ...]:
    """Find the files that an intake reads: the month's one file, or those of its drop."""
    if isinstance(intake, DropIntake):
        return ports.drop_box.parts(domain.drops[intake.source_of(member)])
    if period is None:
        raise UpstreamMissingError(
            f"{intake.contract.qualified_name} is read by month", fix="say which month"
        )
    return (ports.finder.find(domain.monthly_source, period),)


def file_versions(files: Sequence[FoundFile], period: Period | None) -> tuple[InputVersion, ...]:
    """Give the contents of files as the versions that an intake reads."""
    return tuple(InputVersion(file.name, str(period or Scope().key), file.sha256) for file in files)


def correction_inputs(
    build: TableBuild, period: Period | None, ports: Ports, member: str | None = None
) -> tuple[tuple[InputVersion, ...], Mapping[str, tuple[Correction, ...]]]:
    """Give the corrections of the sheet rows that a build reads, and their version where there are any."""
    found = {
        ref.name: corrections
        for ref in build.inputs_of(member)
        if ref.contract.layer is Layer.BRONZE
        and (corrections := ports.quarantine.corrections(ref.contract, ref.scope(period, member)))
    }
    versions = tuple(
        InputVersion(
            f"{CORRECTIONS}:{name}",
            scope_of(build.contract, period, member).key,
            corrections_version(corrections),
        )
        for name, corrections in found.items()
    )
    return versions, found


def _version(
    build: TableBuild, ref: InputRef, period: Period | None, published: Published, member: str | None
) -> InputVersion:
    scope = ref.scope(period, member)
    version = _latest(ref.contract, scope, published)
    # all earlier months may well be none
    if version == ABSENT and not (ref.optional or ref.history):
        raise UpstreamMissingError(
            f"{build.contract.qualified_name} needs {ref.contract.qualified_name} for {scope.key}",
            expected="a published scope",
            fix=f"materialize {'/'.join(ref.contract.asset_key)}"
            + (f" for {period.key} first" if period and ref.contract.monthly else " first"),
        )
    return InputVersion(ref.contract.key, scope.key, version)


def _latest(contract: TableContract, scope: Scope, published: Published) -> str:
    """Give the version of the part of a table that is read."""
    month = month_in(scope, contract.month_column)
    if contract.monthly and month is None:
        return _months(contract, scope, published)
    whole = without_month(Scope(scope.values), contract.month_column)
    record = published.latest(contract, scope if contract.monthly else whole)
    if record is None:
        return ABSENT
    if contract.monthly:
        return record.identity_hash
    if month is not None:
        return record.slices.get(str(month), EMPTY)
    if scope.before is not None:
        first = str(scope.before[1])
        return _hash(sorted([month, version] for month, version in record.slices.items() if month < first))
    return record.identity_hash


def _months(contract: TableContract, scope: Scope, published: Published) -> str:
    """Hash what all months, or all months before one, hold; a month that is published empty changes nothing."""
    first = None if scope.before is None else scope.before[1]
    mine = None if contract.member is None else dict(scope.values).get(contract.member)
    records = [r for r in published.publishes([contract]) if member_of_key(r.scope) == mine]
    versions = [
        [record.scope, record.identity_hash]
        for record in records
        if record.counts.published and (first is None or _lies_before(record, first))
    ]
    if not versions:
        return EMPTY if records and first is None else ABSENT
    return _hash(sorted(versions))


def _lies_before(record: PublishRecord, first: date) -> bool:
    month = month_of_key(record.scope)
    return month is not None and month < first


def _hash(versions: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(versions).encode()).hexdigest()


def check_gates(
    domain: Domain, build: TableBuild, period: Period | None, ledger: Ledger, member: str | None = None
) -> None:
    """Refuse to go on while a gate is missing or was made from other inputs than the current ones."""
    for contract in build.gates:
        gate, scope = domain.table(contract.key), scope_of(contract, period, member)
        record = ledger.latest(contract, scope)
        if (
            not isinstance(gate, TableBuild)
            or record is None
            or record.inputs != table_inputs(gate, period, ledger, member)
        ):
            raise GateStaleError(
                f"{contract.qualified_name} is not up to date for {scope.key}",
                expected=f"a publish made from the inputs that {build.contract.qualified_name} reads",
                fix=f"materialize {'/'.join(contract.asset_key)} for {period.key if period else 'all'} first",
            )
