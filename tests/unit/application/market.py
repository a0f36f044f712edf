"""A market on fakes: two drops, goods as a whole, takings month by month, and a mart over all months."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from tests.fakes import FakeClock, FakeDropBox, FakeFinder, FakeLedger, FakeQuarantine, FakeReader, FakeStore
from tests.unit.application.shop import sheet_of
from work_data_hub.application.build import BuildRun
from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.ports import DropBox
from work_data_hub.application.runs import BuildReport, Result, RunInfo
from work_data_hub.application.sources import SourceSpec
from work_data_hub.application.status import StatusReader, TableState
from work_data_hub.domain.kernel.build import BuildContext, DropIntake, InputRef, TableBuild
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    MONEY,
    TEXT,
    Column,
    Conservation,
    Role,
    TableContract,
)
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.sheets import DropPart
from work_data_hub.domain.pipelines.drops import drop_outcome, drop_spec

OCTOBER, NOVEMBER, DECEMBER = Period(2025, 10), Period(2025, 11), Period(2025, 12)
Line = tuple[str, str, str]
_PERIOD = Column("period", DAY, "m", "month", role=Role.LINEAGE, sources=("day",))
_RUN = Column("run_id", TEXT, "run", "run", role=Role.STAMP)
_AMOUNT = Column("amount", MONEY, "a", "amount", unit="EUR")


def _drop(name: str) -> TableContract:
    columns = (
        _PERIOD,
        Column("file_id", TEXT, "f", "file", role=Role.LINEAGE),
        Column("sheet", TEXT, "s", "sheet", role=Role.LINEAGE),
        Column("row_number", COUNT, "r", "row", role=Role.LINEAGE),
        *(Column(word, TEXT, word.title(), word, nullable=True) for word in ("day", "good", "amount")),
        Column("extra_cells", TEXT, "x", "extra", nullable=True),
        _RUN,
    )
    return _table(
        f"bronze.{name}",
        columns,
        ("file_id", "sheet", "row_number"),
        sliced_by="period",
        conservation=Conservation.ROW_PRESERVING,
    )


def _table(name: str, columns: tuple[Column, ...], key: tuple[str, ...], **more: Any) -> TableContract:
    words: Any = {"version": "1.0.0", "label": "t", "description": "d", "grain": "g", "owner": "team:market"}
    return TableContract(key=f"market.{name}", columns=columns, primary_key=key, **words, **more)


SALES, GIFTS = _drop("sales"), _drop("gifts")
GOODS = _table("silver.goods", (Column("good", TEXT, "g", "good"), _RUN), ("good",))
TAKINGS = _table(
    "gold.takings",
    (_PERIOD, _AMOUNT, Column("goods", COUNT, "n", "goods known", unit="goods"), _RUN),
    ("period",),
    scope=("period",),
    partition="month",
)
YEARS = _table("gold.years", (Column("year", COUNT, "y", "year"), _AMOUNT, _RUN), ("year",))


def frame_of(contract: TableContract, columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Give rows in the types of their contract."""
    schema = pa.schema([(name, contract.column(name).dtype) for name in columns])
    return to_pandas(pa.Table.from_pydict(dict(columns), schema))


def make_goods(context: BuildContext) -> Outcome:
    """Name each good once; what it costs is not told, so other amounts change nothing here."""
    goods = sorted(context.frame("sales")["good"].unique())
    return Outcome(frame_of(GOODS, {"good": goods}), Counts(len(goods), len(goods)))


def make_takings(context: BuildContext) -> Outcome:
    """Add up what was sold in the month; gifts, where there are any, are taken off."""
    sold = sum((Decimal(amount) for amount in context.frame("sales")["amount"]), Decimal(0))
    gifts = context.frames.get("gifts")
    given = Decimal(0) if gifts is None else sum((Decimal(a) for a in gifts["amount"]), Decimal(0))
    row: dict[str, list[Any]] = {
        "period": [context.period.start],
        "amount": [sold - given],
        "goods": [len(context.frame("goods"))],
    }
    return Outcome(frame_of(TAKINGS, row), Counts(1, 1))


def make_years(context: BuildContext) -> Outcome:
    """Add up the months of each year."""
    takings = context.frame("takings")
    totals: dict[int, Decimal] = {}
    for month, amount in zip(takings["period"], takings["amount"], strict=True):
        totals[month.year] = totals.get(month.year, Decimal(0)) + amount
    columns: dict[str, list[Any]] = {"year": list(totals), "amount": list(totals.values())}
    return Outcome(frame_of(YEARS, columns), Counts(len(totals), len(totals)))


def read_sales(parts: tuple[DropPart, ...]) -> Outcome:
    """Read sold goods as they came."""
    return drop_outcome(SALES, parts)


def read_gifts(parts: tuple[DropPart, ...]) -> Outcome:
    """Read gifts as they came."""
    return drop_outcome(GIFTS, parts)


@dataclass
class Market:
    """The market wired on fakes, with a few words to act on it."""

    box: DropBox = field(default_factory=FakeDropBox)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    clock: FakeClock = field(default_factory=FakeClock)
    takings: Callable[[BuildContext], Outcome] = make_takings
    goods: Callable[[BuildContext], Outcome] = make_goods
    code: str = "code"
    runs: int = 0

    def __post_init__(self) -> None:
        self.store = FakeStore(self.ledger)
        self.ports = Ports(
            FakeFinder(), FakeReader(), self.store, self.ledger, self.quarantine, self.clock, self.box
        )

    @property
    def domain(self) -> Domain:
        """Give the domain as configured now."""
        builds = (
            TableBuild(GOODS, (InputRef(SALES, columns=("good",)),), self._make_goods),
            TableBuild(
                TAKINGS,
                (InputRef(SALES), InputRef(GIFTS, optional=True), InputRef(GOODS)),
                self._make_takings,
            ),
            TableBuild(YEARS, (InputRef(TAKINGS),), make_years),
        )
        words = ("day", "good", "amount")
        return Domain(
            name="market",
            source=None,
            config=None,
            config_fingerprint="config",
            start=Period(2025, 1),
            intakes=(
                DropIntake(SALES, "sales", drop_spec(SALES, required=words), read_sales),
                DropIntake(GIFTS, "gifts", drop_spec(GIFTS, required=words), read_gifts),
            ),
            builds=builds,
            drops={
                name: SourceSpec("market", (name,), ("*",), suffixes=(".csv", ".xlsx"))
                for name in ("sales", "gifts")
            },
            code_version=self.code,
        )

    def _make_goods(self, context: BuildContext) -> Outcome:
        return self.goods(context)

    def _make_takings(self, context: BuildContext) -> Outcome:
        return self.takings(context)

    def drop(self, folder: str, *lines: Line, content: str = "", name: str = "drop.csv") -> None:
        """Let a drop fall with these lines of day, good and amount."""
        assert isinstance(self.box, FakeDropBox)
        days, goods, amounts = (list(cells) for cells in zip(*lines, strict=True))
        told = content or repr(lines)
        self.box.put(folder, told, sheet_of({"day": days, "good": goods, "amount": amounts}), name)

    def run(self, *, force: bool = False) -> BuildRun:
        """Begin a run."""
        self.runs += 1
        info = RunInfo(f"run-{self.runs}", self.clock.now(), "tester", self.code)
        return BuildRun(self.ports, self.domain, info, force)

    def build(self, contract: TableContract, period: Period | None = None) -> Result:
        """Build one table."""
        return self.run().build(self.domain.table(contract.key), period).result

    def load(self) -> list[BuildReport]:
        """Build everything in order, of the drops that have fallen; months are those that are seen."""
        run, reports = self.run(), []
        for stage in self.domain.stages:
            months = StatusReader(self.ports, self.domain).months() if stage.monthly else (None,)
            reports += [run.build(table, m) for m in months for table in stage.tables if self._can(table)]
        return reports

    def _can(self, table: object) -> bool:
        if not isinstance(table, DropIntake):
            return True
        return not isinstance(self.box, FakeDropBox) or table.source in self.box.drops

    def published(self) -> list[tuple[str, str]]:
        """Load everything again and name what was published anew."""
        reports = [report for report in self.load() if report.result is Result.PUBLISHED]
        return [(report.table.split(".")[2], report.scope.removeprefix("period=")[:7]) for report in reports]

    def states(self) -> dict[tuple[str, str], TableState]:
        """Give the state of every table by its name and month."""
        found = StatusReader(self.ports, self.domain).read()
        return {(state.table.split(".")[2], state.when): state for state in found}

    def words(self) -> dict[tuple[str, str], str]:
        """Give the states in words."""
        return {key: str(state.state) for key, state in self.states().items()}
