"""Order and quote lines for the feature tests: one by one, and drawn at random on days that matter."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE

Row = dict[str, Any]
COLUMNS = (
    "line_kind",
    "order_id",
    "order_line_id",
    "customer_id",
    "product_id",
    "country",
    "region",
    "product_family",
    "customer_tier",
    "order_date",
    "list_price",
    "sell_price",
    "unit_cost",
    "quantity",
    "list_value",
    "discount_pct",
    "negotiated",
    "usable",
)
SCHEMA = pa.schema([ORDER_LINE.arrow_schema.field(name) for name in COLUMNS])
# a Friday; the ISO week that spans New Year begins three days later
FRIDAY = date(2020, 12, 25)
GOOD: Row = {
    "line_kind": "order",
    "customer_id": "C1",
    "product_id": "P1",
    "country": "DE",
    "region": "North",
    "product_family": "pumps",
    "customer_tier": "gold",
    "order_date": FRIDAY,
    "list_price": Decimal(100),
    "quantity": Decimal(10),
    "discount_pct": Decimal("0.2"),
    "unit_cost": None,
    "negotiated": False,
}
# days on which a window or a week begins or ends
OFFSETS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 363, 364, 365, 366, 367, 368, 369, 372, 731)


def row(**changes: Any) -> Row:
    """Give a good line with what else matters; value, price and use follow from it unless they are told."""
    line = {**GOOD, **changes}
    priced = line["list_price"] is not None
    if line["line_kind"] == "quote":
        line |= {"discount_pct": None}
    line.setdefault("list_value", line["list_price"] * line["quantity"] if priced else None)
    sold = priced and line["discount_pct"] is not None
    line.setdefault("sell_price", round(line["list_price"] * (1 - line["discount_pct"]), 6) if sold else None)
    fit = sold and line["list_price"] > 0 and line["quantity"] > 0
    return {**line, "usable": bool(fit and line.get("usable", True))}


def numbered(rows: Sequence[Row]) -> list[Row]:
    """Give each line a name of its own, and an order where it has none."""
    return [{"order_id": f"O{at}", "order_line_id": str(at), **line} for at, line in enumerate(rows)]


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Give lines as the store hands them in."""
    return to_pandas(pa.Table.from_pylist(numbered(rows), schema=SCHEMA))


def config(tier: Mapping[str, Any] | None = None, floors: Sequence[Any] = (1, 10, 100)) -> BuConfig:
    """Give a business unit whose customer tier is a column or a rule."""
    named = {name: {"column": name} for name in ("product_family", "region")}
    columns = ("order_id", "order_line_id", "customer_id", "product_id", "country", "order_date")
    return BuConfig.model_validate(
        {
            "schema_version": 1,
            "bu_id": "BU1",
            "label": "Unit",
            "price_basis": {"currency": "EUR"},
            "data_paths": {"orders_table": {"folders": ["in"], "patterns": ["orders*"]}},
            "columns": {
                name: {"column": name} for name in (*columns, "quantity", "sell_price", "list_price")
            },
            "segments": {
                **named,
                "customer_tier": tier or {"column": "tier"},
                "qty_band": {"floors": list(floors)},
            },
        }
    )


SPEND = {
    "rule": "trailing_spend",
    "days": 30,
    "floors": {"silver": "1000", "gold": "5000.005"},
    "otherwise": "new",
}


@st.composite
def lines(draw: st.DrawFn) -> Row:
    """Draw a line of few customers, products and orders, on a day at the edge of a window."""
    order = draw(st.integers(0, 5))
    return row(
        line_kind=draw(st.sampled_from(("order", "order", "order", "quote"))),
        order_id=f"O{order}",
        customer_id=f"C{order % 2}",
        product_id=draw(st.sampled_from(("P1", "P2"))),
        product_family=draw(st.sampled_from(("pumps", "valves", None))),
        order_date=FRIDAY + timedelta(draw(st.sampled_from(OFFSETS))),
        list_price=draw(st.sampled_from((None, Decimal(0), Decimal("12.345678"), Decimal(100)))),
        quantity=draw(st.sampled_from((Decimal(-1), Decimal("0.5"), Decimal(9), Decimal(10), Decimal(250)))),
        discount_pct=draw(st.sampled_from((None, Decimal("-0.1"), Decimal(0), Decimal("0.333333")))),
        usable=draw(st.sampled_from((True, True, True, False))),
    )


# few examples of many lines each: one run costs the same for one line as for a hundred
many_lines = st.lists(lines(), min_size=1, max_size=60)
