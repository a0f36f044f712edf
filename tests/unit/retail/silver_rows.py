"""Bronze rows of both brands and of the rates, and short ways through the silver builds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml

import work_data_hub.config
from work_data_hub.application.laws import check_conservation
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import Role, TableContract
from work_data_hub.domain.kernel.frames import to_arrow, with_stamps
from work_data_hub.domain.kernel.outcome import ControlTotal, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.validation import validate
from work_data_hub.domain.retail.config import RetailConfig, RetailMappings
from work_data_hub.domain.retail.contracts.bronze import (
    CONTOSO_CUSTOMERS,
    CONTOSO_PRODUCTS,
    CONTOSO_SALES,
    CONTOSO_SALESITEMS,
    EUROSTYLE_LINES,
)
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE, FX_RATES, SALES_LINE
from work_data_hub.domain.retail.silver.contoso_line import make_contoso_line
from work_data_hub.domain.retail.silver.sales_line import make_sales_line

DECEMBER = Period(2010, 12)
MAY = Period(2025, 5)
EARLIER, LATER = "Year 2009-2010", "Year 2010-2011"
Row = Mapping[str, Any]
GOOD_LINE: Row = {
    "sheet": LATER,
    "invoice": "536365",
    "stock_code": "85123A",
    "description": "WHITE HANGING HEART T-LIGHT HOLDER",
    "quantity": "6",
    "invoice_date": "2010-12-01T08:26:00",
    "price": "2.55",
    "customer_id": "17850",
    "country": "United Kingdom",
}
GOOD_ITEM: Row = {
    "item_id": "1",
    "sale_id": "10",
    "product_id": "403",
    "quantity": "2",
    "original_price": "50",
    "unit_price": "35",
    "discount_applied": "15",
    "discount_percent": "30.00%",
    "discounted": "1",
    "item_total": "70",
    "sale_date": "2025-05-21",
    "channel": "E-commerce",
    "channel_campaigns": "Website Banner",
}
GOOD_SALE: Row = {
    "sale_id": "10",
    "channel": "E-commerce",
    "discounted": "1",
    "total_amount": "70",
    "sale_date": "2025-05-21",
    "customer_id": "195",
    "country": "France",
}
GOOD_PRODUCT: Row = {
    "product_id": "403",
    "product_name": "Soft Wrap Dress",
    "category": "Dresses",
    "brand": "Tiva",
    "color": "Green",
    "size": "S",
    "catalog_price": "50",
    "cost_price": "20.7",
    "gender": "Female",
}
GOOD_CUSTOMER: Row = {
    "customer_id": "195",
    "country": "France",
    "age_range": "36-45",
    "signup_date": "2025-02-24",
}


@cache
def mappings() -> dict[str, Any]:
    """Read the rules that the product ships."""
    file = Path(str(work_data_hub.config.__file__)).parent / "retail_mappings.yml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return loaded


def config(*, codes: Mapping[str, Any] | None = None, **changes: Any) -> RetailConfig:
    """Give the shipped rules with changes; `codes` changes single rules about stock codes."""
    if not codes and not changes:
        return _shipped()
    shipped = mappings()
    changed = {**shipped, "codes": {**shipped["codes"], **(codes or {})}, **changes}
    return RetailConfig(start_month="2009-12", mappings=RetailMappings(**changed))


@cache
def _shipped() -> RetailConfig:
    return RetailConfig(start_month="2009-12", mappings=RetailMappings(**mappings()))


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


def numbered(good: Row, rows: Sequence[Row]) -> list[Row]:
    """Change the good row, row by row, each with a place of its own."""
    place = {"file_id": "f" * 16, "sheet": "rows"}
    return [{**place, "row_number": at, **good, **row} for at, row in enumerate(rows, start=2)]


def eurostyle(*rows: Row) -> pd.DataFrame:
    return frame(EUROSTYLE_LINES, numbered(GOOD_LINE, rows))


def items(*rows: Row) -> pd.DataFrame:
    return frame(CONTOSO_SALESITEMS, numbered(GOOD_ITEM, rows))


def contoso_frames(
    *item_rows: Row,
    sales: Sequence[Row] = ({},),
    products: Sequence[Row] = ({},),
    customers: Sequence[Row] = ({},),
) -> dict[str, pd.DataFrame]:
    """Give Contoso's files from what matters about them."""
    return {
        "contoso_salesitems": items(*item_rows),
        "contoso_sales": frame(CONTOSO_SALES, numbered(GOOD_SALE, sales)),
        "contoso_products": frame(CONTOSO_PRODUCTS, numbered(GOOD_PRODUCT, products)),
        "contoso_customers": frame(CONTOSO_CUSTOMERS, numbered(GOOD_CUSTOMER, customers)),
    }


def contoso_line(*item_rows: Row, **files: Sequence[Row]) -> Outcome:
    """Join Contoso's files, and check what every outcome must keep to."""
    context = BuildContext(None, contoso_frames(*item_rows, **files), config())
    return held(CONTOSO_LINE, make_contoso_line(context))


def rates(**units: str) -> pd.DataFrame:
    """Give the table of rates; without any, those of the shipped valuation date."""
    day = date(2011, 12, 9)
    return frame(
        FX_RATES,
        [
            {
                "currency": currency,
                "valuation_date": day,
                "rate_date": day,
                "units_per_eur": Decimal(number),
                "source": "a bank",
            }
            for currency, number in (units or {"EUR": "1", "GBP": "0.85315"}).items()
        ],
    )


def sales_lines(
    *rows: Row,
    settings: RetailConfig | None = None,
    contoso: pd.DataFrame | None = None,
    month: Period = DECEMBER,
) -> Outcome:
    """Bring a month into the common form, and check what every outcome must keep to."""
    frames = {"fx_rate": rates()}
    if rows:
        frames["eurostyle_lines"] = eurostyle(*rows)
    if contoso is not None:
        frames["contoso_line"] = contoso
    return held(SALES_LINE, make_sales_line(BuildContext(month, frames, settings or config())))


def held(contract: TableContract, outcome: Outcome) -> Outcome:
    """Hold an outcome against its contract and the conservation law."""
    whole = with_stamps(contract, outcome.accepted, "run-1", datetime(2025, 12, 9, tzinfo=UTC))
    validate(contract, whole)
    to_arrow(contract, whole)
    check_conservation(contract, outcome)
    return outcome


def records(accepted: pd.DataFrame) -> list[dict[str, Any]]:
    """Give rows as plain dictionaries, nulls as None."""
    found: list[dict[str, Any]] = pa.Table.from_pandas(accepted, preserve_index=False).to_pylist()
    return found


def column(outcome: Outcome, name: str) -> list[Any]:
    """Give a column of the accepted rows as plain values, nulls as None."""
    found: list[Any] = pa.array(outcome.accepted[name].array, from_pandas=True).to_pylist()
    return found


def metric(outcome: Outcome, name: str) -> Any:
    """Give a figure of the quality log."""
    metrics = outcome.facts["metrics"]
    assert isinstance(metrics, dict)
    return metrics[name]


def total(outcome: Outcome, name: str) -> ControlTotal:
    """Give a control total."""
    (found,) = [line for line in outcome.totals if line.column == name]
    return found


def rules_of(outcome: Outcome) -> list[tuple[int | None, str | None, str]]:
    """Name row, column and rule of each rejection."""
    return [(r.row_number, r.column, r.rule) for r in outcome.rejections]
