"""Who reads what: files or a table of the hub, and as many months before as a list price needs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.pricing.silver.bronze_rows import column, frame, held, records, unit

from work_data_hub.config.pricing_loader import load_pricing_config
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.columns import amount, count, text
from work_data_hub.domain.kernel.contract import DAY, Column, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.contracts.bronze import ORDERS, QUOTES
from work_data_hub.domain.pricing.contracts.shapes import FILE_LINEAGE, PERIOD
from work_data_hub.domain.pricing.silver.inputs import order_line_inputs
from work_data_hub.domain.pricing.silver.order_line import make_order_line

# as much of the retail lines as the wholesale unit reads
SALES = TableContract(
    key="retail.silver.sales_line",
    version="1.0.0",
    label="Sales",
    description="Sales",
    grain="line",
    owner="team:retail",
    columns=(
        PERIOD,
        *FILE_LINEAGE,
        *(
            text(name, name, name)
            for name in ("source_system", "order_id", "sku", "customer_id", "line_type")
        ),
        *(text(name, name, name) for name in ("item_kind", "currency", "country_code", "region")),
        count("line_number", "Line", "line"),
        count("quantity", "Quantity", "units"),
        Column("order_date", DAY, "Day", "day"),
        amount("unit_price", "Price", "price", unit="GBP"),
    ),
    primary_key=("line_number",),
    partition="month",
)
TABLES = {SALES.key: SALES}
MARCH = Period(2010, 3)


def sale(day: date, line: int = 1, **changes: object) -> dict[str, object]:
    return {
        "period": day.replace(day=1),
        "file_id": "f" * 16,
        "sheet": "Year 2009-2010",
        "row_number": line,
        "source_system": "EUROSTYLE",
        "order_id": f"5{day:%m%d}",
        "line_number": line,
        "sku": "85123A",
        "customer_id": "17850",
        "line_type": "sale",
        "item_kind": "product",
        "currency": "GBP",
        "country_code": "GB",
        "region": "North",
        "quantity": 6,
        "order_date": day,
        "unit_price": Decimal("2.5500"),
        **changes,
    }


def test_files_and_a_table_are_read_by_those_who_have_them() -> None:
    refs = {ref.name: ref for ref in order_line_inputs(load_pricing_config().units, TABLES)}
    assert refs["orders"].members == ("AW", "BU1", "BU2")
    assert refs["quotes"].members == ("BU1", "BU2")
    assert refs["lookups"].members == ("AW", "BU1")
    assert not refs["lookups"].optional
    months = [name for name in refs if name.startswith("sales_line")]
    assert months == ["sales_line", "sales_line@-1", "sales_line@-2", "sales_line@-3", "sales_line@-4"]
    assert all(refs[name].members == ("OR",) and refs[name].optional for name in months)
    assert set(refs["sales_line"].columns) <= set(SALES.column_names)


def test_files_with_a_trailing_list_price_are_read_for_the_months_before_too() -> None:
    rule = {"rule": "trailing_quantile", "quantile": 0.5, "days": 40}
    units = {"BU1": unit(), "BU7": unit("BU7", columns={"list_price": rule})}
    refs = order_line_inputs(units, {})
    told = [(ref.name, ref.members) for ref in refs if ref.contract is ORDERS]
    assert told == [("orders", ("BU1", "BU7")), ("orders@-1", ("BU7",)), ("orders@-2", ("BU7",))]
    assert QUOTES not in [ref.contract for ref in refs]


def test_a_table_that_the_hub_lacks_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        order_line_inputs(load_pricing_config().units, {})
    assert "pricing/bu_OR.yaml: data_paths.orders_table.table names retail.silver.sales_line" in str(
        caught.value
    )


def test_a_column_that_the_table_lacks_is_named() -> None:
    fewer = replace(SALES, columns=tuple(c for c in SALES.columns if c.name != "region"))
    with pytest.raises(ConfigurationError, match=r"bu_OR\.yaml: columns names region"):
        order_line_inputs(load_pricing_config().units, {SALES.key: fewer})


def test_wholesale_lines_of_the_retail_table_become_order_lines() -> None:
    february = frame(
        SALES,
        [sale(date(2010, 2, 1)), sale(date(2010, 2, 3), unit_price=Decimal("2.95"), source_system="CONTOSO")],
    )
    march = frame(
        SALES,
        [
            sale(date(2010, 3, 5), 2, quantity=32, unit_price=Decimal("2.04")),
            sale(date(2010, 3, 5), 3, quantity=24),
            sale(date(2010, 3, 5), 4, quantity=100, customer_id=None),
            sale(date(2010, 3, 5), 5, quantity=100, line_type="fee"),
            sale(date(2010, 3, 6), 6, quantity=25, unit_price=Decimal("3.00")),
        ],
    )
    frames = {"sales_line": march, "sales_line@-1": february}
    outcome = held(make_order_line(BuildContext(MARCH, frames, load_pricing_config(), member="OR")))
    first, second = records(outcome)
    assert (first["order_id"], first["order_line_id"], first["product_family"]) == ("50305", "2", "85")
    assert (first["quantity"], first["list_price"]) == (Decimal("32.0000"), Decimal("2.550000"))
    assert first["discount_pct"] == Decimal("0.200000")
    assert (second["discount_pct"], second["usable"]) == (Decimal("-0.176471"), True)
    assert column(outcome, "customer_tier") == [None, None]
    assert (outcome.counts.read, outcome.counts.skipped) == (5, 3)
