"""A small shop: one detail table and one mart, for tests of the machinery."""

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    MONEY,
    TEXT,
    Check,
    Column,
    Conservation,
    RejectBudget,
    Role,
    TableContract,
)
from work_data_hub.domain.kernel.frames import to_pandas

SALES = TableContract(
    key="shop.silver.sales",
    version="1.0.0",
    label="Verkäufe",
    description="Sales lines.",
    grain="one row per line",
    owner="team:shop",
    columns=(
        Column("period", DAY, "Monat", "month", role=Role.LINEAGE),
        Column("row_number", COUNT, "Zeile", "row", role=Role.LINEAGE),
        Column("kind", TEXT, "Art", "kind", checks=(Check("known_kind", one_of=("cash", "card")),)),
        Column("amount", MONEY, "Betrag", "amount", unit="EUR", checks=(Check("sane", at_least=Decimal(0)),)),
        Column("note", TEXT, "Notiz", "note", nullable=True),
        Column("code", TEXT, "Code", "code", nullable=True, checks=(Check("form", pattern=r"[A-Z]\d"),)),
    ),
    primary_key=("period", "row_number"),
    scope=("period",),
    partition="month",
    conservation=Conservation.ROW_PRESERVING,
    control_totals=("amount",),
    budget=RejectBudget(ratio=Decimal("0.5")),
)


Row = tuple[int, str, str, str | None, str | None]


def sales(rows: Sequence[Row], month: str = "2025-11-01") -> pd.DataFrame:
    """Give sales rows (row, kind, amount, note, code) in the contract's types."""
    day = pd.Timestamp(month).date()
    columns = [[row[i] for row in rows] for i in range(5)]
    arrays = [
        pa.array([day] * len(rows), DAY),
        pa.array(columns[0], COUNT),
        pa.array(columns[1], TEXT),
        pa.array([Decimal(row[2]) for row in rows], MONEY),
        pa.array(columns[3], TEXT),
        pa.array(columns[4], TEXT),
    ]
    return to_pandas(pa.Table.from_arrays(arrays, schema=SALES.arrow_schema))
