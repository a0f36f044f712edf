"""The daily marts and categories: euro by exact sums, orders from the order level, margins with their method."""

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from tests.unit.retail.gold_rows import (
    DAY,
    PRODUCTS,
    line,
    lines,
    made,
    orders_daily,
    product,
    products,
)
from tests.unit.retail.silver_rows import Row, column, config, metric, records

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.gold import CATEGORY_PERF, SALES_DAILY
from work_data_hub.domain.retail.gold.category_perf import CATEGORY_PERF_INPUTS, make_category_perf
from work_data_hub.domain.retail.gold.sales_daily import SALES_DAILY_INPUTS, make_sales_daily


def sales_daily(*rows: Row, known: pd.DataFrame = PRODUCTS, settings: RetailConfig | None = None) -> Outcome:
    frames = {"sales_line": lines(*rows), "product_dim": known}
    return made(SALES_DAILY, SALES_DAILY_INPUTS, make_sales_daily, frames, settings=settings)


def category_perf(*rows: Row) -> Outcome:
    frames = {"sales_line": lines(*rows), "product_dim": PRODUCTS}
    return made(CATEGORY_PERF, CATEGORY_PERF_INPUTS, make_category_perf, frames)


def methods(outcome: Outcome) -> dict[str, Any]:
    found = outcome.facts["methods"]
    assert isinstance(found, dict)
    return found


def test_orders_of_products_do_not_add_up_to_orders_of_the_day() -> None:
    basket = (line("10", sku="A"), line("10", sku="B"), line("10", sku="A", order_id="2"))
    by_product, by_day = sales_daily(*basket), orders_daily(*basket)
    assert sum(column(by_product, "orders")) == 3
    assert column(by_day, "orders") == [2]
    (average,) = column(by_day, "aov_eur")
    revenue = sum(column(by_product, "revenue_eur"))
    assert average == Decimal("17.58")
    # what summed product orders would make of it
    assert (revenue / sum(column(by_product, "orders"))).quantize(Decimal("0.01")) == Decimal("11.72")


def test_a_product_of_a_day_has_its_sales_and_returns() -> None:
    outcome = sales_daily(
        line("2", 3, sku="A", list_price="3"),
        line("2", 1, sku="A", order_id="2"),
        line("2", -2, sku="A", order_id="C1", line_type="cancellation"),
        line("9", 1, sku="POST", line_type="fee", item_kind="fee"),
        line("9", -1, sku="A", line_type="adjustment"),
    )
    (row,) = records(outcome.accepted)
    assert (row["date_key"], row["product_sk"], row["orders"]) == (20101201, 11, 2)
    assert (row["units"], row["return_units"]) == (4, 2)
    assert (row["gmv_list_eur"], row["revenue_eur"]) == (Decimal("12.89"), Decimal("9.38"))
    assert row["returns_eur"] == Decimal("4.69")


def test_euros_are_rounded_once_at_the_end() -> None:
    # each line alone would round to 0.01 euro
    (row,) = records(sales_daily(*(line("0.005", sku="A") for _ in range(4))).accepted)
    assert row["revenue_eur"] == Decimal("0.02")


def test_margins_name_their_method() -> None:
    outcome = sales_daily(
        line("100", sku="A"),
        line("100", sku="B"),
        line("100", sku="A", source_system="CONTOSO", cost_local=Decimal("56.5")),
        line("100", sku="C", source_system="CONTOSO", cost_local=Decimal(50)),
        line("100", sku="C", source_system="CONTOSO"),
    )
    found = {
        (r["source_system"], r["product_sk"]): (r["margin_eur"], r["margin_method"])
        for r in records(outcome.accepted)
    }
    assert found == {
        ("EUROSTYLE", 11): (Decimal("41.02"), "Estimated"),
        ("EUROSTYLE", 12): (Decimal("46.89"), "Estimated"),
        ("CONTOSO", 21): (Decimal("43.50"), "Actual"),
        ("CONTOSO", 23): (Decimal("85.00"), "Estimated"),
    }
    said = methods(outcome)["margin_method"]
    assert said["EUROSTYLE"].startswith("Estimated: 40 % of GMV paid; by category Apparel 35 %")
    assert said["CONTOSO"].startswith("Actual: GMV paid minus cost; Estimated where")


def test_a_day_without_a_cost_takes_the_brands_flat_share() -> None:
    (row,) = records(orders_daily(line("100", sku="A")).accepted)
    assert (row["margin_eur"], row["margin_method"]) == (Decimal("46.89"), "Estimated")
    (row,) = records(orders_daily(line("9", source_system="CONTOSO", cost_local=Decimal(4))).accepted)
    assert (row["margin_eur"], row["margin_method"]) == (Decimal("5.00"), "Actual")


def test_unknown_products_share_one_row() -> None:
    outcome = sales_daily(line("1", sku="new"), line("2", sku="newer"))
    (row,) = records(outcome.accepted)
    assert (row["product_sk"], row["units"]) == (-1, 2)
    assert metric(outcome, "unknown_product_lines") == 2


def test_a_code_of_the_other_brand_is_unknown() -> None:
    known = products(product(21, "A", "Footwear", "CONTOSO"))
    assert column(sales_daily(line("1", sku="A"), known=known), "product_sk") == [-1]


def test_a_day_of_returns_alone_has_no_average() -> None:
    outcome = orders_daily(line("2", -1, order_id="C1", line_type="cancellation"))
    (row,) = records(outcome.accepted)
    assert (row["orders"], row["aov_eur"], row["return_rate"]) == (0, None, None)
    assert (row["gmv_paid_eur"], row["net_revenue_eur"]) == (0, Decimal("-2.34"))


def test_days_are_told_by_region_with_their_different_buyers() -> None:
    outcome = orders_daily(
        line("1"),
        line("1", order_id="2"),
        line("1", order_id="3", customer_id=None),
        line("1", order_id="4", customer_id="9", region="South"),
        line("1", -1, order_id="C5", customer_id="8", line_type="cancellation"),
        line("1", order_id="6", order_date=date(2010, 12, 31)),
    )
    rows = {(r["date_key"], r["region"]): (r["orders"], r["customers"]) for r in records(outcome.accepted)}
    assert rows == {(20101201, "North"): (3, 1), (20101201, "South"): (1, 1), (20101231, "North"): (1, 1)}


def test_categories_have_shares_of_their_brand() -> None:
    outcome = category_perf(
        line("30", sku="A"),
        line("60", sku="B", order_id="2"),
        line("10", sku="new", order_id="2"),
        line("5", sku="A", source_system="CONTOSO", cost_local=Decimal(1)),
        line("70", -1, sku="A", order_id="C1", line_type="cancellation"),
    )
    found = {(r["source_system"], r["category"]): r for r in records(outcome.accepted)}
    assert {key: row["gmv_share"] for key, row in found.items()} == {
        ("EUROSTYLE", "Apparel"): pytest.approx(0.3),
        ("EUROSTYLE", "Garden"): pytest.approx(0.6),
        ("EUROSTYLE", "Unmapped"): pytest.approx(0.1),
        ("CONTOSO", "Footwear"): 1.0,
    }
    assert found["EUROSTYLE", "Apparel"]["margin_eur"] == Decimal("12.31")
    assert (metric(outcome, "unmapped_lines.EUROSTYLE"), metric(outcome, "unmapped_lines.CONTOSO")) == (1, 0)


def test_what_was_given_away_has_a_share_of_zero() -> None:
    assert column(category_perf(line("0", sku="A")), "gmv_share") == [0.0]


@pytest.mark.parametrize("build", [sales_daily, category_perf, orders_daily])
def test_a_month_without_lines_or_without_sales_is_no_fault(build: Any) -> None:
    assert len(build().accepted) == 0
    left_out = build(line("2", -1, line_type="adjustment"))
    assert sum(column(left_out, "orders")) == 0


def test_a_share_that_is_too_fine_is_refused() -> None:
    brand = {"system": "EUROSTYLE", "currency": "GBP", "estimated_margin": "0.12345"}
    with pytest.raises(ConfigurationError, match="too fine"):
        sales_daily(line(), settings=config(eurostyle=brand))


def test_the_methods_of_a_month_say_days_rate_and_source() -> None:
    said = methods(orders_daily(line(), line(order_id="2", order_date=date(2010, 12, 9))))
    assert (said["first_day"], said["last_day"]) == (DAY.isoformat(), "2010-12-09")
    assert (said["fx_rate"], said["fx_valuation_date"]) == ({"EUROSTYLE": "0.85315"}, "2011-12-09")
    assert said["fx_source"] == "ECB euro foreign exchange reference rates"
