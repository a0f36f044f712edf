"""What a run of one month would read and replace; looking changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.inputs import input_hash
from work_data_hub.application.runs import InputVersion
from work_data_hub.application.sources import FoundFile
from work_data_hub.application.status import State, StatusReader, TableState
from work_data_hub.domain.kernel.build import DropIntake, SheetIntake, scope_of
from work_data_hub.domain.kernel.errors import InputRefusedError, NoCandidateError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.kernel.sheets import SheetRead


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet that would be read."""

    sheet: str
    table: str
    rows: SheetRead
    changed: bool


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table that would be looked at: what is there, and whether it would be written."""

    table: str
    scope: str
    write_mode: str
    rows_now: int | None
    state: State
    reason: str
    # the part of the table that all members share, and whose it is
    shared_scope: str = ""
    member: str | None = None


@dataclass(frozen=True, slots=True)
class WholePlan:
    """Everything a run of a whole domain would touch: its files as they lie there, and its tables."""

    files: tuple[FoundFile, ...]
    refused: tuple[str, ...]
    tables: tuple[TablePlan, ...]


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """Everything a run of the month would touch."""

    period: Period
    file: FoundFile
    sheets: tuple[SheetPlan, ...]
    tables: tuple[TablePlan, ...]


def plan_month(ports: Ports, domain: Domain, period: Period) -> MonthPlan:
    """Find the file, read its sheets, compare with what is published; raises what a run would raise."""
    file = ports.finder.find(domain.monthly_source, period)
    sheets = tuple(
        _sheet(ports, domain, intake, file, period=period)
        for intake in domain.intakes
        if isinstance(intake, SheetIntake)
    )
    states = StatusReader(ports, domain).read((period,))
    return MonthPlan(period, file, sheets, _tables(domain, states))


def plan_all(ports: Ports, domain: Domain) -> WholePlan:
    """Find the files of all drops and compare every table with what is published; no file is parsed."""
    files: list[FoundFile] = []
    refused: list[str] = []
    spared = _not_needed(ports, domain)
    for name, source in domain.drops.items():
        try:
            files.extend(ports.drop_box.parts(source))
        except NoCandidateError as error:
            refused += [] if name in spared else [error.what]
        except InputRefusedError as error:
            refused.append(error.what)
    states = StatusReader(ports, domain).read()
    return WholePlan(tuple(files), tuple(refused), _tables(domain, states))


def _not_needed(ports: Ports, domain: Domain) -> frozenset[str]:
    """Give the sources of members from which nothing was ever published: these need no files."""
    return frozenset(
        intake.source_of(member)
        for intake in domain.intakes
        if isinstance(intake, DropIntake)
        for member in domain.members_of(intake)
        if member and ports.ledger.latest(intake.contract, scope_of(intake.contract, None, member)) is None
    )


def _tables(domain: Domain, states: Sequence[TableState]) -> tuple[TablePlan, ...]:
    contracts = {contract.key: contract for contract in domain.contracts}
    return tuple(
        TablePlan(
            table=contracts[s.table].qualified_name,
            scope=scope_of(contracts[s.table], s.period, s.member).key,
            write_mode=str(contracts[s.table].write_mode),
            rows_now=s.record.counts.published if s.record else None,
            state=s.state,
            reason=s.reason,
            shared_scope=scope_of(contracts[s.table], s.period).key,
            member=s.member,
        )
        for s in states
    )


def _sheet(
    ports: Ports, domain: Domain, intake: SheetIntake, file: FoundFile, *, period: Period
) -> SheetPlan:
    rows = ports.reader.read(file.path, intake.sheet, file_name=file.name)
    inputs = (InputVersion(file.name, str(period), file.sha256),)
    key = input_hash(
        intake.contract, inputs, config=domain.config_fingerprint, code_version=domain.code_version
    )
    known = ports.ledger.latest(intake.contract, Scope.month(period))
    return SheetPlan(
        rows.sheet, intake.contract.qualified_name, rows, known is None or known.input_hash != key
    )
