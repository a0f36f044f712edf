"""What a run of one month would read and replace; looking changes nothing."""

from dataclasses import dataclass

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.inputs import input_hash
from work_data_hub.application.runs import InputVersion
from work_data_hub.application.sources import FoundFile
from work_data_hub.application.status import State, StatusReader
from work_data_hub.domain.kernel.build import SheetIntake
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


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """Everything a run of the month would touch."""

    period: Period
    file: FoundFile
    sheets: tuple[SheetPlan, ...]
    tables: tuple[TablePlan, ...]


def plan_month(ports: Ports, domain: Domain, period: Period, code_version: str) -> MonthPlan:
    """Find the file, read its sheets, compare with what is published; raises what a run would raise."""
    file = ports.finder.find(domain.source, period)
    sheets = tuple(
        _sheet(ports, domain, intake, file, period=period, code_version=code_version)
        for intake in domain.intakes
    )
    states = StatusReader(ports, domain, code_version).read((period,))
    contracts = {contract.key: contract for contract in domain.contracts}
    tables = tuple(
        TablePlan(
            table=contracts[s.table].qualified_name,
            scope=Scope.month(period).key,
            write_mode=str(contracts[s.table].write_mode),
            rows_now=s.record.counts.published if s.record else None,
            state=s.state,
            reason=s.reason,
        )
        for s in states
    )
    return MonthPlan(period, file, sheets, tables)


def _sheet(
    ports: Ports, domain: Domain, intake: SheetIntake, file: FoundFile, *, period: Period, code_version: str
) -> SheetPlan:
    rows = ports.reader.read(file.path, intake.sheet, file_name=file.name)
    inputs = (InputVersion(file.name, str(period), file.sha256),)
    key = input_hash(intake.contract, inputs, config=domain.config_fingerprint, code_version=code_version)
    known = ports.ledger.latest(intake.contract, Scope.month(period))
    return SheetPlan(
        rows.sheet, intake.contract.qualified_name, rows, known is None or known.input_hash != key
    )
