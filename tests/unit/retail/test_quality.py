"""The quality of each day: what passes, what fails and warns, and the band that only tells."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from tests.unit.retail.gold_rows import NOBODY, PRODUCTS, made
from tests.unit.retail.silver_rows import (
    DECEMBER,
    EARLIER,
    LATER,
    MAY,
    Row,
    config,
    contoso_line,
    eurostyle,
    frame,
    metric,
    records,
    sales_lines,
)

from work_data_hub.domain.kernel.outcome import Outcome, Verdict
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail.contracts.gold import ORDER_FACT, ORDERS_DAILY, QUALITY_RESULTS, SALES_DAILY
from work_data_hub.domain.retail.gold.orders import ORDER_FACT_INPUTS, make_order_fact
from work_data_hub.domain.retail.gold.orders_daily import ORDERS_DAILY_INPUTS, make_orders_daily
from work_data_hub.domain.retail.gold.quality import QUALITY_RESULTS_INPUTS, make_quality_results
from work_data_hub.domain.retail.gold.sales_daily import SALES_DAILY_INPUTS, make_sales_daily

SALES = "retail_silver.sales_line:EUROSTYLE"
BAND = "gmv_in_normal_band"


def month_of(*rows: Row) -> dict[str, pd.DataFrame]:
    """Build a month up to its marts."""
    frames = {"sales_line": sales_lines(*rows).accepted, "customer_dim": NOBODY, "product_dim": PRODUCTS}
    frames["eurostyle_lines"] = eurostyle(*rows)
    return with_marts(frames)


def with_marts(frames: dict[str, pd.DataFrame], month: Period = DECEMBER) -> dict[str, pd.DataFrame]:
    orders = made(ORDER_FACT, ORDER_FACT_INPUTS, make_order_fact, frames, month=month)
    frames["order_fact"] = orders.accepted
    daily = made(ORDERS_DAILY, ORDERS_DAILY_INPUTS, make_orders_daily, frames, month=month)
    sales = made(SALES_DAILY, SALES_DAILY_INPUTS, make_sales_daily, frames, month=month)
    return frames | {"orders_daily": daily.accepted, "sales_daily": sales.accepted}


def quality(frames: dict[str, pd.DataFrame], month: Period = DECEMBER, **thresholds: str) -> Outcome:
    shipped = config().mappings.thresholds.model_dump()
    rules = config(thresholds={**shipped, **thresholds})
    build = make_quality_results
    return made(QUALITY_RESULTS, QUALITY_RESULTS_INPUTS, build, frames, month=month, settings=rules)


def results(outcome: Outcome, check: str, table: str = SALES) -> dict[Any, tuple[Any, Any]]:
    return {
        row["checked_day"]: (row["value"], row["passed"])
        for row in records(outcome.accepted)
        if (row["check_name"], row["table_name"]) == (check, table)
    }


FIRST, SECOND = date(2010, 12, 1), date(2010, 12, 2)
ROWS: tuple[Row, ...] = (
    {"sheet": EARLIER},
    {"sheet": LATER},
    {"sheet": LATER, "stock_code": "TEST1"},
    {"sheet": LATER, "invoice": "2", "invoice_date": "2010-12-02 09:00"},
    {"sheet": LATER, "invoice": "2", "invoice_date": "2010-12-02 09:00"},
)


def test_a_good_month_passes_every_check() -> None:
    outcome = quality(month_of(*ROWS))
    assert results(outcome, "bronze_to_silver_rows") == {FIRST: (0.0, True), SECOND: (0.0, True)}
    assert results(outcome, "null_keys") == {FIRST: (0.0, True), SECOND: (0.0, True)}
    assert results(outcome, "fx_coverage") == {FIRST: (1.0, True), SECOND: (1.0, True)}
    assert results(outcome, "null_keys", "retail_gold.sales_daily:EUROSTYLE")[FIRST] == (0.0, True)
    assert results(outcome, "null_keys", "retail_gold.orders_daily:EUROSTYLE")[SECOND] == (0.0, True)
    assert outcome.warnings == ()
    assert {comparison.verdict for comparison in outcome.comparisons} == {Verdict.TIES}
    assert metric(outcome, "failing_results") == 0


def test_repeats_share_the_key_without_a_line_number_and_are_told() -> None:
    outcome = quality(month_of(*ROWS))
    without = results(outcome, "duplicate_keys_without_line_number")
    assert without == {FIRST: (0.0, True), SECOND: (0.5, True)}
    assert results(outcome, "duplicate_keys") == {FIRST: (0.0, True), SECOND: (0.0, True)}


def test_a_line_that_vanished_fails_its_day_and_warns() -> None:
    frames = month_of(*ROWS)
    frames["sales_line"] = frames["sales_line"].iloc[:-1].reset_index(drop=True)
    outcome = quality(frames)
    assert results(outcome, "bronze_to_silver_rows") == {FIRST: (0.0, True), SECOND: (0.5, False)}
    (comparison,) = [line for line in outcome.comparisons if line.verdict is Verdict.DIFFERS]
    assert comparison.name == "days_failing_bronze_to_silver_rows"
    assert comparison.actual == 1
    assert "2010-12-02" in comparison.note
    (warning,) = outcome.warnings
    assert "1 of 2 days fail, from 2010-12-02" in warning
    assert metric(outcome, "failing_results") == 1


def test_thresholds_decide_what_fails() -> None:
    frames = month_of(*ROWS)
    frames["sales_line"] = frames["sales_line"].iloc[:-1].reset_index(drop=True)
    assert results(quality(frames, unexplained_rows="0.5"), "bronze_to_silver_rows")[SECOND] == (0.5, True)


def test_a_repeated_line_number_and_a_blank_key_fail() -> None:
    frames = month_of(*ROWS)
    sales = frames["sales_line"]
    frames["sales_line"] = sales.assign(
        line_number=sales["line_number"] * 0 + 1, sku=sales["sku"].where(sales.index > 0, "")
    )
    outcome = quality(frames)
    assert results(outcome, "duplicate_keys")[SECOND] == (0.5, False)
    assert results(outcome, "null_keys")[FIRST] == (1.0, False)


def test_a_line_without_a_rate_fails() -> None:
    frames = month_of(*ROWS)
    sales = frames["sales_line"]
    frames["sales_line"] = sales.assign(fx_rate=sales["fx_rate"].mask(sales.index == 0))
    assert results(quality(frames), "fx_coverage")[FIRST] == (0.0, False)


def test_items_of_the_other_brand_are_checked_too() -> None:
    items = contoso_line({}).accepted
    sales = sales_lines(contoso=items, month=MAY).accepted
    frames = with_marts({"sales_line": sales, "customer_dim": NOBODY, "product_dim": PRODUCTS}, MAY)
    outcome = quality({**frames, "contoso_line": items}, MAY)
    table = "retail_silver.sales_line:CONTOSO"
    assert list(results(outcome, "bronze_to_silver_rows", table).values()) == [(0.0, True)]


def daily(*gmv: tuple[date, str], system: str = "EUROSTYLE") -> pd.DataFrame:
    rows = [
        {"order_date": day, "source_system": system, "region": "North", "gmv_paid_eur": Decimal(value)}
        for day, value in gmv
    ]
    return frame(ORDERS_DAILY, rows)


def band(*now: tuple[date, str], before: pd.DataFrame | None = None) -> Outcome:
    frames = {
        "sales_line": sales_lines().accepted,
        "sales_daily": frame(SALES_DAILY, []),
        "orders_daily": daily(*now),
    }
    return quality(frames if before is None else {**frames, "orders_daily@-1": before})


def day(number: int) -> date:
    return date(2010, 12, 1) + timedelta(number - 1)


def test_a_day_is_held_against_the_seven_days_of_orders_before() -> None:
    november = daily(*((date(2010, 11, 10 + at), str(100 + at)) for at in range(7)))
    # 103 is the mean of the seven days before; days without a sale do not count
    outcome = band((day(1), "108.15"), (day(2), "0"), (day(3), "200"), before=november)
    found = results(outcome, BAND, "retail_gold.orders_daily:EUROSTYLE")
    assert found[day(1)] == (pytest.approx(1.05), True)
    assert found[day(3)] == (pytest.approx(200 * 7 / (101 + 102 + 103 + 104 + 105 + 106 + 108.15)), False)
    assert day(2) not in found
    assert (metric(outcome, "days_out_of_band"), metric(outcome, "days_with_a_band")) == (1, 2)
    # a day off its band is no fault
    assert outcome.warnings == ()
    assert BAND not in {comparison.name for comparison in outcome.comparisons}


def test_the_first_week_has_no_band() -> None:
    outcome = band(*((day(number), "10") for number in range(1, 9)))
    assert results(outcome, BAND, "retail_gold.orders_daily:EUROSTYLE") == {day(8): (1.0, True)}


def test_brands_have_bands_of_their_own() -> None:
    november = daily(*((date(2010, 11, 1 + at), "10") for at in range(7)), system="CONTOSO")
    assert metric(band((day(1), "500"), before=november), "days_with_a_band") == 0


def test_a_month_without_anything_has_no_result() -> None:
    assert len(band().accepted) == 0
