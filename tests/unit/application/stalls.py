"""Stalls of a market on fakes: each has drops and months of its own; one has no files and lives on another domain's table."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tests.fakes import FakeClock, FakeDropBox, FakeFinder, FakeLedger, FakeQuarantine, FakeReader, FakeStore
from tests.unit.application.market import Line, frame_of
from tests.unit.application.shop import sheet_of
from work_data_hub.application.build import BuildRun
from work_data_hub.application.domains import Bounds, Domain, Ports
from work_data_hub.application.ports import DropBox, Ledger, TableStore
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
    Store,
    TableContract,
)
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.sheets import DropPart, DropSpec
from work_data_hub.domain.pipelines.drops import drop_outcome, drop_spec

OCTOBER, NOVEMBER, DECEMBER = Period(2025, 10), Period(2025, 11), Period(2025, 12)
EAST, NORTH, SOUTH = "EAST", "NORTH", "SOUTH"
_STALL = Column("stall", TEXT, "s", "stall")
_PERIOD = Column("period", DAY, "m", "month", role=Role.LINEAGE, sources=("day",))
_RUN = Column("run_id", TEXT, "run", "run", role=Role.STAMP)
_AMOUNT = Column("amount", MONEY, "a", "amount", unit="EUR")


def _table(key: str, columns: tuple[Column, ...], primary_key: tuple[str, ...], **more: Any) -> TableContract:
    words: Any = {"version": "1.0.0", "label": "t", "description": "d", "grain": "g", "owner": "team:market"}
    return TableContract(key=key, columns=columns, primary_key=primary_key, **words, **more)


def _drop(name: str) -> TableContract:
    cells = (Column(word, TEXT, word.title(), word, nullable=True) for word in ("day", "good", "amount"))
    columns = (
        _STALL,
        _PERIOD,
        Column("file_id", TEXT, "f", "file", role=Role.LINEAGE),
        Column("sheet", TEXT, "s", "sheet", role=Role.LINEAGE),
        Column("row_number", COUNT, "r", "row", role=Role.LINEAGE),
        *cells,
        Column("extra_cells", TEXT, "x", "extra", nullable=True),
        _RUN,
    )
    return _table(
        f"stalls.bronze.{name}",
        columns,
        ("stall", "file_id", "sheet", "row_number"),
        scope=("stall",),
        sliced_by="period",
        member="stall",
        conservation=Conservation.ROW_PRESERVING,
    )


SALES, GIFTS = _drop("sales"), _drop("gifts")
TAKINGS = _table(
    "stalls.silver.takings",
    (_STALL, _PERIOD, _AMOUNT, _RUN),
    ("stall", "period"),
    scope=("stall", "period"),
    partition="month",
    member="stall",
)
SO_FAR = _table(
    "stalls.feature.so_far",
    (_STALL, _PERIOD, _AMOUNT, _RUN),
    ("stall", "period"),
    scope=("stall", "period"),
    partition="month",
    member="stall",
)
TOTALS = _table("stalls.gold.totals", (_STALL, _AMOUNT, _RUN), ("stall",), scope=("stall",), member="stall")
# of another domain, without members
WHOLESALE = _table(
    "wholesale.gold.sold", (_PERIOD, _AMOUNT, _RUN), ("period",), scope=("period",), partition="month"
)
ALL = (SALES, GIFTS, TAKINGS, SO_FAR, TOTALS)


def _spec(contract: TableContract) -> DropSpec:
    spec = drop_spec(contract, required=("day", "good", "amount"))
    return DropSpec(tuple(column for column in spec.columns if column.name != "stall"), spec.sheets)


def _sum(frame: Any) -> Decimal:
    return sum((Decimal(str(amount)) for amount in frame["amount"]), Decimal(0))


def _row(contract: TableContract, context: BuildContext, amount: Decimal) -> Outcome:
    columns: dict[str, list[Any]] = {"stall": [context.member], "amount": [amount]}
    if contract.monthly:
        columns["period"] = [context.period.start]
    return Outcome(frame_of(contract, columns), Counts(1, 1), warnings=("a word",) if amount < 0 else ())


def make_takings(context: BuildContext) -> Outcome:
    """Add up what was sold in the month, less gifts; a month without a sale has no row."""
    sold = context.frames.get("sales", context.frames.get("sold"))
    gifts = context.frames.get("gifts")
    if sold is None or not len(sold):
        return Outcome(frame_of(TAKINGS, {"stall": [], "period": [], "amount": []}), Counts(0, 0))
    return _row(TAKINGS, context, _sum(sold) - (Decimal(0) if gifts is None else _sum(gifts)))


def make_so_far(context: BuildContext) -> Outcome:
    """Add up all months before."""
    before = context.frames.get("takings@before")
    return _row(SO_FAR, context, Decimal(0) if before is None else _sum(before))


def make_totals(context: BuildContext) -> Outcome:
    """Add up all months."""
    return _row(TOTALS, context, _sum(context.frame("takings")))


@dataclass
class Stalls:
    """The stalls wired on fakes, with a few words to act on them."""

    box: DropBox = field(default_factory=FakeDropBox)
    ledger: Ledger = field(default_factory=FakeLedger)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    clock: Any = field(default_factory=FakeClock)
    store: TableStore | None = None
    takings: Callable[[BuildContext], Outcome] = make_takings
    kind: Store = Store.WAREHOUSE
    configs: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, Bounds] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)
    process: str = "run"
    runs: int = 0

    def __post_init__(self) -> None:
        if self.store is None:
            assert isinstance(self.ledger, FakeLedger)
            self.store = FakeStore(self.ledger)

    @property
    def ports(self) -> Ports:
        """Give the ports."""
        assert self.store is not None
        return Ports(
            FakeFinder(), FakeReader(), self.store, self.ledger, self.quarantine, self.clock, self.box
        )

    @property
    def domain(self) -> Domain:
        """Give the domain as configured now."""
        sales, gifts, made, so_far, totals = map(self.laid, ALL)
        with_files = (EAST, NORTH)
        takings = (
            InputRef(sales, members=with_files),
            InputRef(gifts, optional=True, members=with_files),
            InputRef(WHOLESALE, members=(SOUTH,)),
        )
        return Domain(
            name="stalls",
            source=None,
            config=None,
            config_fingerprint="config",
            start=Period(2025, 1),
            intakes=(
                DropIntake(sales, "sales", _spec(sales), self._read(sales)),
                DropIntake(gifts, "gifts", _spec(gifts), self._read(gifts)),
            ),
            builds=(
                TableBuild(made, takings, self._make_takings),
                TableBuild(so_far, (InputRef(made), InputRef(made, history=True)), make_so_far),
                TableBuild(totals, (InputRef(made),), make_totals),
            ),
            drops={
                name: SourceSpec("stalls", (name,), ("*",), suffixes=(".csv",))
                for name in ("sales.EAST", "sales.NORTH", "gifts.NORTH")
            },
            code_version="code",
            members=(EAST, NORTH, SOUTH),
            member_configs=self.configs,
            anchors=(sales,),
            member_anchors={SOUTH: (WHOLESALE,)},
            member_months=self.bounds,
        )

    def laid(self, contract: TableContract) -> TableContract:
        """Give the contract of a table as these stalls keep it."""
        return replace(contract, store=self.kind)

    def _read(self, contract: TableContract) -> Callable[[tuple[DropPart, ...]], Outcome]:
        return lambda parts: drop_outcome(contract, parts)

    def _make_takings(self, context: BuildContext) -> Outcome:
        return self.takings(context)

    def drop(self, source: str, *lines: Line, name: str = "drop.csv") -> None:
        """Let a drop of a stall fall with these lines of day, good and amount."""
        assert isinstance(self.box, FakeDropBox)
        days, goods, amounts = (list(cells) for cells in zip(*lines, strict=True))
        self.box.put(
            source, f"{source} {lines!r}", sheet_of({"day": days, "good": goods, "amount": amounts}), name
        )

    def wholesale(self, *months: Period, amount: int = 5) -> None:
        """Let the other domain publish its months."""
        ports = self.ports

        def make(context: BuildContext) -> Outcome:
            row: dict[str, list[Any]] = {"period": [context.period.start], "amount": [Decimal(amount)]}
            return Outcome(frame_of(WHOLESALE, row), Counts(1, 1))

        build = TableBuild(WHOLESALE, (), make)
        other = Domain("wholesale", None, None, f"of {amount}", Period(2025, 1), (), (build,))
        self.runs += 1
        run = BuildRun(
            ports, other, RunInfo(f"{self.process}-{self.runs}", self.clock.now(), "tester", "code")
        )
        for month in months:
            run.build(build, month)

    def run(self, *, force: bool = False) -> BuildRun:
        """Begin a run."""
        self.runs += 1
        info = RunInfo(f"{self.process}-{self.runs}", self.clock.now(), "tester", "code")
        return BuildRun(self.ports, self.domain, info, force, self.events.append)

    def build(self, contract: TableContract, period: Period | None = None) -> list[BuildReport]:
        """Build one table for all who take part."""
        return list(self.run().build_members(self.domain.table(contract.key), period))

    def load(self) -> list[BuildReport]:
        """Build everything in order for all who take part."""
        run, reports = self.run(), []
        for stage in self.domain.stages:
            months = StatusReader(self.ports, self.domain).months() if stage.monthly else (None,)
            reports += [r for m in months for table in stage.tables for r in run.build_members(table, m)]
        return reports

    def published(self) -> list[tuple[str, str]]:
        """Load everything again and name what was published anew."""
        return [
            (report.table.split(".")[2], short(report.scope))
            for report in self.load()
            if report.result is Result.PUBLISHED
        ]

    def states(self) -> dict[tuple[str, str, str | None], TableState]:
        """Give the state of every table by its name, month and stall."""
        found = StatusReader(self.ports, self.domain).read()
        return {(state.table.split(".")[2], state.when, state.member): state for state in found}

    def words(self) -> dict[tuple[str, str, str | None], str]:
        """Give the states in words."""
        return {key: str(state.state) for key, state in self.states().items()}


def short(scope: str) -> str:
    """Write a scope as NORTH 2025-11, or as NORTH.

    >>> short("stall=NORTH,period=2025-11-01"), short("stall=EAST")
    ('NORTH 2025-11', 'EAST')
    """
    return scope.removeprefix("stall=").replace(",period=", " ").removesuffix("-01")
