"""A shop on fakes: one sheet, one detail table, one mart that looks a month back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from tests.fakes import FakeClock, FakeFinder, FakeLedger, FakeQuarantine, FakeReader, FakeStore
from work_data_hub.application.build import BuildRun
from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.runs import BuildReport, RunInfo
from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.kernel.build import BuildContext, InputRef, SheetIntake, TableBuild
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    MONEY,
    TEXT,
    Column,
    Conservation,
    RejectBudget,
    Role,
    TableContract,
)
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import ControlTotal, Counts, Outcome, Rejection
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetRead, SheetSpec

MONTH, NEXT = Period(2025, 11), Period(2025, 12)
_LINEAGE = (
    Column("period", DAY, "m", "month", role=Role.LINEAGE),
    Column("file_id", TEXT, "f", "file", role=Role.LINEAGE),
    Column("sheet", TEXT, "s", "sheet", role=Role.LINEAGE),
    Column("row_number", COUNT, "r", "row", role=Role.LINEAGE),
)
_RUN = Column("run_id", TEXT, "run", "run", role=Role.STAMP)
_KEY = ("period", "file_id", "sheet", "row_number")


def contract(layer_name: str, columns: tuple[Column, ...], **more: object) -> TableContract:
    """Give a shop table."""
    return TableContract(
        key=f"shop.{layer_name}", version="1.0.0", label="t", description="d", grain="g", owner="team:shop",
        columns=columns, primary_key=_KEY if columns[1].name == "file_id" else ("period",),
        scope=("period",), partition="month", **more,  # type: ignore[arg-type]
    )  # fmt: skip


RAW = contract(
    "bronze.lines",
    (*_LINEAGE, Column("row_kind", TEXT, "k", "kind"), Column("amount", TEXT, "a", "as written", nullable=True),
     Column("extra_cells", TEXT, "x", "extra", nullable=True), _RUN),
    conservation=Conservation.ROW_PRESERVING,
)  # fmt: skip
DETAIL = contract(
    "silver.detail",
    (*_LINEAGE, Column("amount", MONEY, "a", "amount", unit="EUR"), _RUN),
    conservation=Conservation.ROW_PRESERVING,
    control_totals=("amount",),
    budget=RejectBudget(ratio=Decimal("0.5")),
)
MART = contract(
    "gold.month",
    (_LINEAGE[0], Column("amount", MONEY, "a", "sum", unit="EUR"),
     Column("before", MONEY, "b", "month before", unit="EUR", nullable=True), _RUN),
    conservation=Conservation.AGGREGATING,
    control_totals=("amount",),
)  # fmt: skip
SHEET = SheetSpec("lines", (SheetColumn("amount", ("Amount",), required=True),))


def cast_rows(frame: pd.DataFrame) -> list[Any]:
    """Give rows as tuples of whatever is in them."""
    return list(frame.itertuples())


def make_detail(context: BuildContext) -> Outcome:
    """Keep rows whose amount is a number, reject the others."""
    rows = context.frame("lines")
    good = rows["amount"].str.fullmatch(r"\d+").fillna(False).astype(bool)
    amounts = pa.array([Decimal(v) for v in rows.loc[good, "amount"]], MONEY)
    dtype: Any = pd.ArrowDtype(MONEY)
    frame = rows.loc[good, ["period", "file_id", "sheet", "row_number"]].assign(
        amount=pd.array(amounts, dtype=dtype)
    )
    rejections = tuple(
        Rejection(int(r.row_number), "amount", "unreadable_number", r.amount, "no number", r.file_id, r.sheet)
        for r in cast_rows(rows[~good])
    )
    total = sum((Decimal(str(v)) for v in frame["amount"]), Decimal(0))
    return Outcome(
        frame,
        Counts(len(rows), len(frame), rejected=len(rejections)),
        rejections,
        totals=(ControlTotal("amount", total, total, unreadable_cells=len(rejections)),),
    )


def make_mart(context: BuildContext) -> Outcome:
    """Sum the month and, where it is loaded, the month before."""
    now, before = context.frame("detail"), context.frames.get("detail@-1")
    total = Decimal(str(now["amount"].sum()))
    row = {
        "period": [context.period.start],
        "amount": [total],
        "before": [None if before is None else Decimal(str(before["amount"].sum()))],
    }
    schema = pa.schema([(name, MART.column(name).dtype) for name in row])
    frame = to_pandas(pa.Table.from_pydict(row, schema))
    return Outcome(frame, Counts(len(now), 1), totals=(ControlTotal("amount", total, total),))


def sheet_of(columns: Mapping[str, Sequence[str | None]]) -> SheetRead:
    """Give a sheet with these columns of text as a reader gives it."""
    size = len(next(iter(columns.values())))
    rows = to_pandas(pa.table({
        "row_number": pa.array(range(2, size + 2), COUNT),
        "row_kind": pa.array(["data"] * size, TEXT),
        **{name: pa.array(cells, TEXT) for name, cells in columns.items()},
        "extra_cells": pa.array([None] * size, TEXT),
    }))  # fmt: skip
    letters = {name: chr(ord("A") + place) for place, name in enumerate(columns)}
    headers = {name: name.title() for name in columns}
    return SheetRead(rows, "lines", 1, headers, letters, size, 0, 0, 0, size, (), (), ("lines",), 0, ())


@dataclass
class Shop:
    """The shop wired on fakes, with a few words to act on it."""

    finder: FakeFinder = field(default_factory=FakeFinder)
    reader: FakeReader = field(default_factory=FakeReader)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    clock: FakeClock = field(default_factory=FakeClock)
    detail: Callable[[BuildContext], Outcome] = make_detail
    config: str = "config"
    code: str = "code"
    runs: int = 0

    def __post_init__(self) -> None:
        self.store = FakeStore(self.ledger)
        self.ports = Ports(self.finder, self.reader, self.store, self.ledger, self.quarantine, self.clock)

    @property
    def domain(self) -> Domain:
        """Give the domain as configured now."""
        builds = (
            TableBuild(DETAIL, (InputRef(RAW),), self.detail),
            TableBuild(MART, (InputRef(DETAIL), InputRef(DETAIL, -1, optional=True)), make_mart),
        )
        source = SourceSpec("shop", ("{YYYYMM}",), ("*.xlsx",))
        intakes = (SheetIntake(RAW, SHEET),)
        start = Period(2025, 1)
        return Domain("shop", source, None, self.config, start, intakes, builds, code_version=self.code)

    def drop(self, period: Period, amounts: list[str | None], content: str) -> None:
        """Put a file with these amounts into the landing folder."""
        found = self.finder.put(period, content)
        self.reader.sheets[found.path] = sheet_of({"amount": amounts})

    def run(self, *, force: bool = False) -> BuildRun:
        """Begin a run."""
        self.runs += 1
        info = RunInfo(f"run-{self.runs}", self.clock.now(), "tester", self.code)
        return BuildRun(self.ports, self.domain, info, force)

    def load(self, period: Period, *, force: bool = False) -> list[BuildReport]:
        """Build all tables of a month in order."""
        run = self.run(force=force)
        return [run.build(table, period) for table in self.domain]
