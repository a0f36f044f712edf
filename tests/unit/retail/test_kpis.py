"""KPIs before and after cleaning: raw figures as they stand, silver by definition, the difference explained."""

from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.retail.gold_rows import NOBODY, made
from tests.unit.retail.silver_rows import (
    DECEMBER,
    EARLIER,
    LATER,
    MAY,
    Row,
    config,
    contoso_line,
    eurostyle,
    metric,
    records,
    sales_lines,
)

from work_data_hub.domain.kernel.outcome import Outcome, Verdict
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.gold import KPI_RAW_VS_SILVER, ORDER_FACT
from work_data_hub.domain.retail.gold.kpis import KPI_RAW_VS_SILVER_INPUTS, make_kpi_raw_vs_silver
from work_data_hub.domain.retail.gold.orders import ORDER_FACT_INPUTS, make_order_fact


def kpis(
    *rows: Row,
    contoso: pd.DataFrame | None = None,
    month: Period = DECEMBER,
    rules: RetailConfig | None = None,
    often: bool = False,
) -> Outcome:
    frames = {"customer_dim": NOBODY}
    frames["sales_line"] = sales_lines(*rows, contoso=contoso, month=month, settings=rules).accepted
    if rows:
        frames["eurostyle_lines"] = eurostyle(*rows)
    if contoso is not None:
        frames["contoso_line"] = contoso
    made_orders = made(ORDER_FACT, ORDER_FACT_INPUTS, make_order_fact, frames, often=often, settings=rules)
    frames["order_fact"] = made_orders.accepted
    inputs = KPI_RAW_VS_SILVER_INPUTS
    build = make_kpi_raw_vs_silver
    return made(KPI_RAW_VS_SILVER, inputs, build, frames, month=month, settings=rules, often=often)


def figures(outcome: Outcome) -> dict[str, tuple[Any, Any, Any]]:
    return {row["kpi"]: (row["raw"], row["silver"], row["delta"]) for row in records(outcome.accepted)}


def reasons(outcome: Outcome) -> dict[str, str]:
    return {row["kpi"]: row["reason"] for row in records(outcome.accepted)}


MONTH = (
    {"sheet": EARLIER, "invoice": "1", "quantity": "10", "price": "2"},
    {"sheet": LATER, "invoice": "1", "quantity": "10", "price": "2"},
    {"sheet": LATER, "invoice": "2", "quantity": "5", "price": "4", "customer_id": None},
    {"sheet": LATER, "invoice": "C3", "quantity": "-3", "price": "2", "customer_id": "9"},
    {"sheet": LATER, "invoice": "2", "quantity": "1", "price": "6", "stock_code": "POST"},
    {"sheet": LATER, "invoice": "4", "quantity": "-7", "price": "0", "customer_id": None},
    {"sheet": LATER, "invoice": "A5", "quantity": "1", "price": "-50", "stock_code": "B"},
    {"sheet": LATER, "invoice": "6", "quantity": "2", "price": "1", "stock_code": "TEST001"},
    {"sheet": LATER, "invoice": "7", "quantity": "many", "price": "1"},
)


def test_each_kpi_is_told_before_and_after() -> None:
    outcome = kpis(*MONTH)
    found = figures(outcome)
    assert found["lines"] == (9, 6, -3)
    assert found["orders"] == (7, 2, -5)
    assert found["customers"] == (2, 1, -1)
    assert found["units"] == (19, 15, -4)
    # 20 + 20 + 20 - 6 + 6 + 0 - 50 + 2, and 40 / 0.85315
    assert found["gmv"] == (12, Decimal("46.89"), Decimal("34.89"))
    assert found["gmv_list"] == (None, Decimal("46.89"), None)
    assert found["returns"] == (6, Decimal("7.03"), Decimal("1.03"))
    assert found["return_units"] == (10, 3, -7)
    assert found["net_revenue"] == (None, Decimal("39.85"), None)
    assert found["fees"] == (None, Decimal("7.03"), None)
    assert found["aov"] == (Decimal("1.714286"), Decimal("23.44"), Decimal("21.725714"))
    assert found["return_rate"] == (Decimal("0.344828"), Decimal("0.2"), Decimal("-0.144828"))
    assert found["margin"] == (None, Decimal("18.75"), None)
    assert {row["unit"] for row in records(outcome.accepted) if row["kpi"] == "gmv"} == {"EUR; raw in GBP"}


def test_reasons_count_what_was_taken_out_and_name_the_rate() -> None:
    said = reasons(kpis(*MONTH))
    assert said["lines"] == (
        "1 lines that a later sheet repeats taken out; 1 lines of test codes taken out; "
        "1 lines with unreadable cells taken out"
    )
    assert said["gmv"] == (
        "1 lines that a later sheet repeats (GBP 20.00) taken out; 1 lines of test codes (GBP 2.00) taken out; "
        "1 lines with unreadable cells (GBP 0.00) taken out; 1 cancelled products (GBP -6.00) taken out; "
        "1 fee lines (GBP 6.00) taken out; 2 adjustments (GBP -50.00) taken out; converted at 0.85315 (2011-12-09)"
    )
    assert said["orders"].startswith("2 invoices without a line left; 3 invoices without a sale line")
    assert said["customers"] == "1 customers without an order"


def test_kept_raw_amounts_tie_with_the_sales_lines() -> None:
    outcome = kpis(*MONTH)
    (comparison,) = outcome.comparisons
    assert (comparison.subject, comparison.verdict) == ("EUROSTYLE", Verdict.TIES)
    assert comparison.expected == -10
    lost = [
        metric(outcome, f"{fate}_lines.EUROSTYLE")
        for fate in ("overlap", "test", "unreadable", "unexplained")
    ]
    assert lost == [1, 1, 1, 0]


def test_a_line_that_vanishes_is_told() -> None:
    frames = {"eurostyle_lines": eurostyle(*MONTH), "customer_dim": NOBODY}
    sales = sales_lines(*MONTH).accepted
    frames["sales_line"] = sales[sales["order_id"] != "2"].reset_index(drop=True)
    frames["order_fact"] = made(ORDER_FACT, ORDER_FACT_INPUTS, make_order_fact, frames).accepted
    outcome = made(KPI_RAW_VS_SILVER, KPI_RAW_VS_SILVER_INPUTS, make_kpi_raw_vs_silver, frames)
    assert metric(outcome, "unexplained_lines.EUROSTYLE") == 2
    assert "2 lines without a known reason (GBP 26.00) taken out" in reasons(outcome)["gmv"]


def test_exact_repeats_are_explained_where_they_are_dropped() -> None:
    rows = ({"invoice": "1"}, {"invoice": "1"})
    outcome = kpis(*rows, rules=config(codes={"exact_duplicates": "drop"}))
    assert metric(outcome, "repeated_lines.EUROSTYLE") == 1
    assert reasons(outcome)["lines"] == "1 exact repeats taken out"


def test_a_brand_in_euro_is_not_converted() -> None:
    items = contoso_line({}, {"item_id": "2", "item_total": "35.02", "quantity": "1"}).accepted
    outcome = kpis(contoso=items, month=MAY)
    found, said = figures(outcome), reasons(outcome)
    assert found["gmv"] == (105, Decimal("105.02"), Decimal("0.02"))
    assert found["gmv_list"] == (150, 150, 0)
    assert found["gmv_paid"] == (Decimal("105.02"), Decimal("105.02"), 0)
    assert found["margin"][1] == Decimal("42.92")
    assert said["gmv"] == "totals as delivered instead of quantity times price (EUR 0.02); in euro already"
    assert said["margin"].endswith("Actual: GMV paid minus cost")
    assert said["lines"] == "every line is kept"
    assert {row["source_system"] for row in records(outcome.accepted)} == {"CONTOSO"}


def test_a_month_of_rejected_lines_has_figures_of_zero() -> None:
    found = figures(kpis({"price": "dear"}))
    assert found["orders"] == (1, 0, -1)
    assert found["gmv"] == (0, 0, 0)
    assert found["aov"] == (0, None, None)
    assert found["return_rate"] == (0, None, None)


def test_a_month_without_lines_has_no_kpi() -> None:
    assert len(kpis().accepted) == 0


changes = st.lists(
    st.fixed_dictionaries(
        {
            "sheet": st.sampled_from([EARLIER, LATER]),
            "invoice": st.sampled_from(["1", "2", "C3", "A4", None]),
            "stock_code": st.sampled_from(["85123A", "POST", "M", "TEST1", None]),
            "quantity": st.sampled_from(["1", "-2", "30000", "x", None]),
            "price": st.sampled_from(["0", "2.55", "-1.005", "y"]),
        }
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes, st.booleans())
def test_every_line_that_is_lost_has_a_reason_and_amounts_tie(rows: list[Row], drop: bool) -> None:
    rules = config(codes={"exact_duplicates": "drop"}) if drop else config()
    outcome = kpis(*rows, rules=rules, often=True)
    assert metric(outcome, "unexplained_lines.EUROSTYLE") == 0
    assert [comparison.verdict for comparison in outcome.comparisons] == [Verdict.TIES]
