"""A table with a column of every kind a ledger must remember, and requests to publish it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
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
    TableContract,
)
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Counts, Outcome, Rejection
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

NOVEMBER, DECEMBER = Scope.month(Period(2025, 11)), Scope.month(Period(2025, 12))
LINES = TableContract(
    key="shop.gold.lines",
    version="1.2.0",
    label="明细",
    description="Lines.",
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
)
ODD_ROWS: Sequence[Mapping[str, object]] = (
    {"name": "中国人寿", "amount": Decimal("12345678901234.5678"), "ratio": 0.1, "paid": True},
    {"name": "", "amount": Decimal("-0.0001"), "ratio": -1e-300, "paid": False},
    {"name": None, "amount": None, "ratio": None, "paid": None},
    {"name": "tab\t, quote\" and ' \\ line\nend 🀄", "amount": Decimal(0), "ratio": 1e300, "paid": True},
    {"name": "null", "seen_at": datetime(2025, 11, 3, 4, 5, 6, 789_012, tzinfo=UTC)},
)


def lines(rows: Sequence[Mapping[str, object]], scope: Scope = NOVEMBER) -> pa.Table:
    """Give business and lineage columns of these rows."""
    schema = pa.schema([field for field in LINES.arrow_schema if field.name != "run_id"])
    month = scope.values[0][1]
    full = [{"period": month, "line": place, **row} for place, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(full, schema=schema)


def many_lines(count: int) -> pa.Table:
    """Give that many rows, quickly."""
    numbers = pa.array(range(count), COUNT)
    table = lines([{}]).take(pa.array([0] * count))
    table = table.set_column(1, table.schema.field("line"), numbers)
    return table.set_column(2, table.schema.field("name"), numbers.cast(TEXT))


def outcome(table: pa.Table, **more: object) -> Outcome:
    """Wrap accepted rows."""
    count = table.num_rows
    return Outcome(to_pandas(table), Counts(read=count, published=count), **more)  # type: ignore[arg-type]


def request(
    made: Outcome,
    run_id: str = "run-1",
    scope: Scope = NOVEMBER,
    *,
    inputs: tuple[InputVersion, ...] = (),
    still_valid: Callable[[], None] = lambda: None,
) -> PublishRequest:
    """Ask for an outcome to be published."""
    run = RunInfo(run_id, datetime(2025, 12, 1, tzinfo=UTC), "tester", "code")
    return PublishRequest(LINES, scope, made, run, inputs, f"inputs of {run_id}", 0.0, still_valid)


def rejection(row: int, rule: str = "unreadable_number", value: str | None = "待定") -> Rejection:
    """Say why a row is not there."""
    return Rejection(row, "金额", rule, value, "no number", "f" * 16, "规模明细", "a number")


def comparison(subject: str, expected: Decimal | None, actual: Decimal | None) -> Comparison:
    """Compare two figures."""
    return Comparison("workbook_total", subject, expected, actual, Decimal("0.01"), "说明")


RICH = outcome(
    lines(ODD_ROWS),
    rejections=(rejection(7), rejection(8, value=None)),
    totals=(
        ControlTotal(
            "amount",
            Decimal("12345678901244.5677"),
            Decimal("12345678901234.5677"),
            Decimal(10),
            Decimal(0),
            1,
        ),
    ),
    comparisons=(
        comparison("金额 row 9", Decimal("1.0000000001"), Decimal("1.0000000001")),
        comparison("missing", None, Decimal(3)),
        comparison("off", Decimal(5), Decimal("5.02")),
    ),
    warnings=("第一个警告", 'a "second" one'),
    facts={"metrics": {"rejected.rows": 2, "名称.null_ratio": 0.2}, "file": "甲.xlsx", "version": None},
)
