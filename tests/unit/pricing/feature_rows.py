"""Rows of order_features for tests, in the contract's types."""

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.pricing.contracts.feature import NUMERIC, ORDER_FEATURES

MONTH = date(2025, 3, 1)
DEFAULTS: dict[str, Any] = {
    "bu_id": "BU1",
    "period": MONTH,
    "line_kind": "order",
    "customer_id": "C1",
    "product_id": "P1",
    "country": "DE",
    "product_family": "tools",
    "region": "DE",
    "customer_tier": "B",
    "qty_band": "10-99",
    "order_date": date(2025, 3, 5),
    "order_week": "2025-W10",
    "order_month": MONTH,
    "list_price": Decimal(100),
    "unit_cost": None,
    "quantity": Decimal(10),
    "negotiated": False,
    "discount_pct": Decimal("0.1"),
    "usable": True,
    "run_id": "run",
    **{column.name: 1.0 for column in NUMERIC},
}


def feature_row(number: int = 1, **values: Any) -> dict[str, Any]:
    row = {**DEFAULTS, "order_id": f"O{number}", "order_line_id": "1", **values}
    return {"list_value": row["list_price"] * row["quantity"], **row}


def frame_of(contract: TableContract, rows: list[dict[str, Any]]) -> pd.DataFrame:
    schema = contract.arrow_schema
    return to_pandas(
        pa.table([pa.array([r.get(f.name) for r in rows], f.type) for f in schema], schema=schema)
    )


def features(*rows: dict[str, Any]) -> pd.DataFrame:
    return frame_of(ORDER_FEATURES, list(rows))


def given(*discounts: str | float, **values: Any) -> pd.DataFrame:
    return features(
        *(feature_row(i, discount_pct=Decimal(str(d)), **values) for i, d in enumerate(discounts))
    )
