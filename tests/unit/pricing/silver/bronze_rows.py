"""Bronze rows of a business unit, and a short way through the build of its order lines."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from work_data_hub.application.laws import check_conservation
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import Role, TableContract
from work_data_hub.domain.kernel.frames import to_arrow, with_stamps
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.validation import validate
from work_data_hub.domain.pricing.config import BuConfig, PricingConfig
from work_data_hub.domain.pricing.contracts.bronze import LOOKUPS, ORDERS, QUOTES
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.silver.order_line import make_order_line

Row = Mapping[str, Any]
MARCH = Period(2025, 3)
GOOD: Row = {
    "order_id": "SO1",
    "order_line_id": "1",
    "customer_id": "C1",
    "product_id": "P1",
    "country": "de",
    "region": "Central",
    "product_family": "Pumps",
    "customer_tier": "A",
    "order_date": "2025-03-05",
    "list_price": "200",
    "sell_price": "150",
    "quantity": "3",
    "currency": "EUR",
}
_CELLS = ("order_id", "order_line_id", "customer_id", "product_id", "country", "order_date", "quantity")


def unit(bu_id: str = "BU1", **changes: Any) -> BuConfig:
    """Give a business unit whose headers are the hub's own names; `columns` and `segments` change single entries."""
    optional = ("currency", "unit_cost", "negotiated", "quote_id", "sales_rep")
    columns = {name: {"column": name} for name in (*_CELLS, "sell_price", "list_price", *optional)}
    segments = {name: {"column": name} for name in ("product_family", "region", "customer_tier")}
    files = {"folders": ["pricing"], "patterns": ["*"]}
    return BuConfig.model_validate(
        {
            "schema_version": 1,
            "bu_id": bu_id,
            "label": "Unit one",
            "price_basis": {"currency": "EUR"},
            "data_paths": {"orders_table": files, "lookups": files},
            "columns": {**columns, **changes.pop("columns", {})},
            "segments": {**segments, "qty_band": {"floors": ["1", "10"]}, **changes.pop("segments", {})},
            **changes,
        }
    )


def frame(contract: TableContract, rows: Sequence[Row]) -> pd.DataFrame:
    """Give rows in a contract's types; what a row leaves out is null."""
    columns = {
        column.name: pd.Series(
            pd.arrays.ArrowExtensionArray(pa.array([row.get(column.name) for row in rows], column.dtype))
        )
        for column in contract.columns
        if column.role is not Role.STAMP
    }
    return pd.DataFrame(columns)


def placed(rows: Sequence[Row], good: Row = GOOD, sheet: str = "orders") -> list[Row]:
    """Change the good row, row by row, each with a place of its own; other cells go into the JSON text."""
    place = {"file_id": "f" * 16, "sheet": sheet, "bu_id": "BU1", "period": date(2025, 3, 1)}
    return [{**place, "row_number": at, **good, **_told(row)} for at, row in enumerate(rows, start=2)]


def _told(row: Row) -> Row:
    extra = row.get("extra_cells")
    return {**row, "extra_cells": json.dumps(extra)} if isinstance(extra, dict) else row


def lookup(name: str, *rows: Mapping[str, str]) -> list[Row]:
    """Give the rows of one look-up."""
    return [
        {"file_id": name, "sheet": name, "row_number": at, "extra_cells": json.dumps(row)}
        for at, row in enumerate(rows, start=2)
    ]


def order_lines(
    *rows: Row,
    config: BuConfig | None = None,
    quotes: Sequence[Row] = (),
    lookups: Sequence[Row] = (),
    month: Period = MARCH,
    earlier: Mapping[str, pd.DataFrame] | None = None,
) -> Outcome:
    """Build a month's order lines, and check what every outcome must keep to."""
    chosen, frames = config or unit(), dict(earlier or {})
    if rows:
        frames["orders"] = frame(ORDERS, placed(rows))
    if quotes:
        frames["quotes"] = frame(QUOTES, placed(quotes, {**GOOD, "order_id": "Q1"}, "quotes"))
    if lookups:
        frames["lookups"] = frame(LOOKUPS, lookups)
    pricing = PricingConfig(start_month="2024-01", units={chosen.bu_id: chosen})
    return held(make_order_line(BuildContext(month, frames, pricing, member=chosen.bu_id)))


def held(outcome: Outcome, contract: TableContract = ORDER_LINE) -> Outcome:
    """Hold an outcome against its contract and the conservation law."""
    whole = with_stamps(contract, outcome.accepted, "run-1", datetime(2025, 12, 9, tzinfo=UTC))
    validate(contract, whole)
    to_arrow(contract, whole)
    check_conservation(contract, outcome)
    return outcome


def records(outcome: Outcome) -> list[dict[str, Any]]:
    """Give the accepted rows as plain dictionaries, nulls as None."""
    found: list[dict[str, Any]] = pa.Table.from_pandas(outcome.accepted, preserve_index=False).to_pylist()
    return found


def column(outcome: Outcome, name: str) -> list[Any]:
    """Give a column of the accepted rows as plain values, nulls as None."""
    found: list[Any] = pa.array(outcome.accepted[name].array, from_pandas=True).to_pylist()
    return found


def rules_of(outcome: Outcome) -> list[tuple[int | None, str | None, str, str | None]]:
    """Name row, column, rule and value of each rejection."""
    return [(r.row_number, r.column, r.rule, r.value) for r in outcome.rejections]
