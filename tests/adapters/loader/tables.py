"""A small table with a column of every type, and rows for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    FLAG,
    MONEY,
    RATIO,
    STAMP,
    TEXT,
    Check,
    Column,
    TableContract,
    WriteMode,
)
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

OCTOBER, NOVEMBER = Scope.month(Period(2025, 10)), Scope.month(Period(2025, 11))
FIRST = datetime(2025, 11, 3, 4, 5, 6, 789_012, tzinfo=UTC)

SALES = TableContract(
    key="shop.silver.sales",
    version="1.0.0",
    label="销售",
    description="Sales.",
    grain="one row per line",
    owner="team:shop",
    columns=(
        Column("period", DAY, "月度", "month"),
        Column("line", COUNT, "行", "line"),
        Column("name", TEXT, "名称", "article", nullable=True),
        Column("amount", MONEY, "金额", "amount", unit="yuan", nullable=True),
        Column("ratio", RATIO, "比率", "share", nullable=True),
        Column("sold_at", STAMP, "时间", "moment", nullable=True),
        Column("paid", FLAG, "已付", "paid", nullable=True),
        Column(
            "kind", TEXT, "种类", "kind", nullable=True, checks=(Check("known", one_of=("sale", "return")),)
        ),
    ),
    primary_key=("period", "line"),
    scope=("period",),
)
UPSERTED = replace(
    SALES, key="shop.silver.articles", write_mode=WriteMode.UPSERT, upsert_columns=("name", "amount")
)
INSERTED = replace(UPSERTED, key="shop.silver.known", upsert_columns=())
CONTRACTS = (SALES, UPSERTED, INSERTED)


def sales(rows: int, *, month: int = 10, first: int = 1, name: str = "tea") -> pa.Table:
    """Give that many lines of a month."""
    lines = range(first, first + rows)
    return pa.Table.from_pydict(
        {
            "period": [date(2025, month, 1)] * rows,
            "line": list(lines),
            "name": [f"{name} {line}" for line in lines],
            "amount": [Decimal(line) / 4 for line in lines],
            "ratio": [line / 3 for line in lines],
            "sold_at": [FIRST + timedelta(microseconds=line) for line in lines],
            "paid": [line % 2 == 0 for line in lines],
            "kind": ["sale"] * rows,
        },
        schema=SALES.arrow_schema,
    )
