"""What the hub knows of a table beside the build that is shown: its other months and its quarantine."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from work_data_hub.application.domains import Ports
from work_data_hub.application.quarantine.book import STANDING, QuarantineLine, QuarantineQuery
from work_data_hub.application.runs import BuildReport, PublishRecord
from work_data_hub.application.scopes import without_member
from work_data_hub.domain.kernel.contract import Conservation, Layer, TableContract
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.orchestration.members import by_part
from work_data_hub.orchestration.pictures import Point

Figure = Callable[[PublishRecord], Decimal | None]

MONTHS = 12


@dataclass(frozen=True, slots=True)
class TableHistory:
    """The newest publish of each scope, before a run and after it, and the rejections that stand.

    Scopes of members stand by themselves; what is drawn or listed by month takes all members together.
    """

    contract: TableContract
    today: date
    before: Mapping[str, PublishRecord]
    after: Mapping[str, PublishRecord]
    lines: tuple[QuarantineLine, ...] = ()

    @classmethod
    def of(cls, ports: Ports, contract: TableContract) -> "TableHistory":
        """Read what is known before a run."""
        records = {r.scope: r for r in ports.ledger.publishes([contract]) if r.table == contract.key}
        return cls(contract, ports.clock.now().date(), records, records)

    def with_reports(self, reports: Iterable[BuildReport]) -> "TableHistory":
        """Give the history as it is after these builds."""
        return replace(self, after={**self.before, **{r.record.scope: r.record for r in reports}})

    def with_quarantine(self, ports: Ports) -> "TableHistory":
        """Give the history with the rejections that stand now; most tables can have none."""
        if not can_reject(self.contract):
            return self
        query = QuarantineQuery(self.today, tables=(self.contract.key,), states=STANDING)
        return replace(self, lines=ports.quarantine.find(query))

    def lines_of(self, scope: str) -> tuple[QuarantineLine, ...]:
        """Give the rejections that stand in a scope."""
        return tuple(line for line in self.lines if scope in (line.scope, without_member(line.scope)))

    def points(self, record: PublishRecord, figure: Figure) -> tuple[Point, ...]:
        """Give a figure of the twelve months up to that of a record; None where a month is not published."""
        if not self.contract.monthly:
            return ()
        last = Period.parse(record.scope.partition("=")[2])
        months = last.shift(1 - MONTHS).until(last)
        known = by_part(self.after)
        found = [(str(month), known.get(Scope.month(month).key)) for month in months]
        return tuple((month, None if known is None else figure(known)) for month, known in found)


def can_reject(contract: TableContract) -> bool:
    """Say whether a build of the table may leave rows out: bronze keeps all, a fact takes none or all."""
    budget = contract.budget
    allowed = budget.ratio > 0 and budget.rows != 0
    preserving = contract.conservation is Conservation.ROW_PRESERVING
    return preserving and contract.layer is not Layer.BRONZE and allowed


def published_rows(record: PublishRecord) -> Decimal:
    """Give how many rows a publish holds."""
    return Decimal(record.counts.published)


def published_total(column: str) -> Figure:
    """Give the figure that a control total of a publish is."""

    def figure(record: PublishRecord) -> Decimal | None:
        return next((total.published for total in record.totals if total.column == column), None)

    return figure


def main_totals(contract: TableContract) -> tuple[str, ...]:
    """Name the control total that stands for a table: what it holds at the close, else the first that is declared."""
    closing = [name for name in contract.control_totals if name.startswith("closing_")]
    return (*closing, *contract.control_totals)[:1]
