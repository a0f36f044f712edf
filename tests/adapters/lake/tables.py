"""Tables of a shop in the lake: one by month, one published as a whole and kept by month, and rows for them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import InputVersion, RunInfo
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    FLAG,
    MONEY,
    RATIO,
    STAMP,
    TEXT,
    Column,
    Role,
    Store,
    TableContract,
)
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

OCTOBER, NOVEMBER, DECEMBER = (Scope.month(Period(2025, month)) for month in (10, 11, 12))
FACTS = TableContract(
    key="shop.silver.facts",
    version="1.0.0",
    label="明细",
    description="Facts.",
    grain="one row per line",
    owner="team:shop",
    columns=(
        Column("period", DAY, "月度", "month", role=Role.LINEAGE),
        Column("line", COUNT, "行", "line", role=Role.LINEAGE),
        Column("name", TEXT, "名称", "article", nullable=True),
        Column("amount", MONEY, "金额", "amount", unit="yuan", nullable=True),
        Column("ratio", RATIO, "比率", "share", nullable=True),
        Column("paid", FLAG, "已付", "paid", nullable=True),
        Column("seen_at", STAMP, "时间", "moment", nullable=True),
        Column("run_id", TEXT, "运行", "run", role=Role.STAMP),
    ),
    primary_key=("period", "line"),
    scope=("period",),
    partition="month",
    store=Store.LAKE,
)
SALES = TableContract(
    key="shop.bronze.sales",
    version="1.0.0",
    label="sales",
    description="Sales as they came.",
    grain="one row per row of a sheet",
    owner="team:shop",
    columns=(
        Column("file_id", TEXT, "f", "file", role=Role.LINEAGE),
        Column("sheet", TEXT, "s", "sheet", role=Role.LINEAGE),
        Column("row_number", COUNT, "r", "row", role=Role.LINEAGE),
        Column("month", DAY, "m", "month", nullable=True, role=Role.LINEAGE),
        Column("article", TEXT, "a", "article", nullable=True),
        Column("pieces", COUNT, "p", "pieces", nullable=True),
        Column("run_id", TEXT, "run", "run", role=Role.STAMP),
    ),
    primary_key=("file_id", "sheet", "row_number"),
    sliced_by="month",
    store=Store.LAKE,
)
ODD: Sequence[Mapping[str, object]] = (
    {"name": "中国人寿", "amount": Decimal("12345678901234.5678"), "ratio": 0.1, "paid": True},
    {"name": "", "amount": Decimal("-0.0001"), "ratio": -1e-300, "paid": False},
    {},
    {"name": "tab\t, quote\" and ' \\ line\nend 🀄", "amount": Decimal(0), "ratio": 1e300, "paid": True},
    {"name": "null", "seen_at": datetime(2025, 11, 3, 4, 5, 6, 789_012, tzinfo=UTC)},
)
Sale = tuple[date | None, str | None]


def facts(
    rows: Sequence[Mapping[str, object]],
    scope: Scope = NOVEMBER,
    contract: TableContract = FACTS,
    run: str = "run-1",
) -> pa.Table:
    """Give full rows of a month."""
    month = scope.values[0][1]
    full = [{"period": month, "line": place, "run_id": run, **row} for place, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(full, schema=contract.arrow_schema)


def named(*names: str, scope: Scope = NOVEMBER) -> pa.Table:
    """Give a month's rows with these names."""
    return facts([{"name": name} for name in names], scope)


def sales(rows: Sequence[Sale], file_id: str = "f1", first_row: int = 2) -> pa.Table:
    """Give rows of a file, the month and the article of each."""
    full = [
        {"file_id": file_id, "sheet": "s", "row_number": place, "month": month, "article": article}
        for place, (month, article) in enumerate(rows, first_row)
    ]
    return pa.Table.from_pylist([{"run_id": "run-1", **row} for row in full], schema=SALES.arrow_schema)


def publish(
    contract: TableContract,
    rows: pa.Table,
    run: str = "run-1",
    scope: Scope | None = None,
    *,
    inputs: tuple[InputVersion, ...] = (),
    still_valid: Callable[[], None] = lambda: None,
) -> PublishRequest:
    """Ask for rows to be published."""
    made = Outcome(to_pandas(rows.drop_columns(["run_id"])), Counts(rows.num_rows, rows.num_rows))
    info = RunInfo(run, datetime(2025, 12, 1, tzinfo=UTC), "tester", "code")
    where = scope if scope is not None else (NOVEMBER if contract.scope else Scope())
    return PublishRequest(contract, where, made, info, inputs, f"inputs of {run}", 0.0, still_valid)
