"""Customers as of a day: against a slow reading, at the edges of time, and across brands."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.retail.customer_oracle import customers
from tests.unit.retail.customer_orders import (
    Row,
    cancellation,
    config,
    crosswalk,
    held,
    histories,
    match,
    order,
    orders,
    records,
)

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.customers import CUSTOMER_360
from work_data_hub.domain.retail.customers.customers import make_customer_360

MARCH = Period(2011, 3)
# limits so narrow that drawn orders lie on both sides of each
NARROW = config(
    window_days=30,
    churned_after_days=20,
    at_risk_after_days=10,
    new_within_days=5,
    scores={
        "recency_days": (5, 15),
        "frequency_orders": (3, 2),
        "order_value_eur": (Decimal(100), Decimal(40)),
    },
)


def judged(
    rows: Sequence[Row], *, xwalk: pd.DataFrame | None = None, settings: RetailConfig | None = None
) -> Outcome:
    """Build March: its rows as the month, all others as the history."""
    now = [row for row in rows if Period.of(row["order_date"]) == MARCH]
    others = [row for row in rows if Period.of(row["order_date"]) != MARCH]
    frames = {
        "order_fact": orders(now),
        "order_fact@before": orders(others),
        "customer_xwalk": crosswalk() if xwalk is None else xwalk,
    }
    return make_customer_360(BuildContext(MARCH, frames, settings or config()))


def rows_of(outcome: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    accepted = held(CUSTOMER_360, outcome).accepted
    return {(row["source_system"], row["customer_id"]): row for row in records(accepted)}


def only(outcome: Outcome) -> dict[str, Any]:
    (row,) = rows_of(outcome).values()
    return row


@settings(max_examples=30, deadline=None)
@given(histories(date(2011, 1, 10), date(2011, 3, 31)))
def test_customers_are_what_a_slow_reading_gives(rows: list[Row]) -> None:
    outcome = judged(rows, settings=NARROW)
    expected = customers(rows, MARCH, NARROW.mappings.customers)
    names = [name for name in CUSTOMER_360.column_names if name != "run_id"]
    assert [[row[n] for n in names] for row in records(outcome.accepted)] == [
        [pytest.approx(row[n]) if isinstance(row[n], float) else row[n] for n in names] for row in expected
    ]


@settings(max_examples=15, deadline=None)
@given(histories(date(2011, 1, 10), date(2011, 3, 20)), histories(date(2011, 4, 1), date(2011, 6, 1)))
def test_what_comes_later_changes_nothing(rows: list[Row], later: list[Row]) -> None:
    assert records(judged(rows).accepted) == records(judged([*rows, *later]).accepted)


@settings(max_examples=10, deadline=None)
@given(histories(date(2011, 2, 1), date(2011, 3, 31)), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[Row], random: Any) -> None:
    assert records(judged(rows).accepted) == records(judged(random.sample(rows, len(rows))).accepted)


def test_the_as_of_day_is_the_brands_last_order_day_and_later_returns_do_not_count() -> None:
    row = only(judged([order(date(2011, 3, 9), gmv="100"), cancellation(date(2011, 3, 10), value="50")]))
    assert (row["as_of_date"], row["recency_days"], row["return_share"]) == (date(2011, 3, 9), 0, 0)


def test_an_order_of_a_stranger_moves_the_as_of_day_but_makes_no_customer() -> None:
    outcome = judged([order(date(2011, 3, 9)), order(date(2011, 3, 31), None)])
    assert only(outcome)["recency_days"] == 22
    assert outcome.facts["methods"]["as_of"] == {"EUROSTYLE": "2011-03-31"}  # type: ignore[index]


def test_a_brand_without_an_order_in_the_month_has_no_rows() -> None:
    contoso = order(date(2011, 2, 1), "7", source_system="CONTOSO")
    takes_back = cancellation(date(2011, 3, 5), "7", source_system="CONTOSO")
    assert set(rows_of(judged([contoso, takes_back, order(date(2011, 3, 9))]))) == {("EUROSTYLE", "A")}
    assert rows_of(judged([contoso, takes_back])) == {}


def test_without_any_history_the_first_month_stands_alone() -> None:
    frames = {"order_fact": orders([order(date(2011, 3, 9))]), "customer_xwalk": crosswalk()}
    outcome = make_customer_360(BuildContext(MARCH, frames, config()))
    assert only(outcome)["lifecycle_stage"] == "new"


@pytest.mark.parametrize(("day", "frequency"), [(date(2010, 3, 31), 0), (date(2010, 4, 1), 1)])
def test_the_window_is_open_at_its_start(day: date, frequency: int) -> None:
    outcome = judged([order(day, "A", "500", products=4), order(date(2011, 3, 31), "B")])
    row = rows_of(outcome)["EUROSTYLE", "A"]
    assert (row["recency_days"] <= 365, row["frequency"], row["orders"]) == (True, frequency, 1)
    if not frequency:
        assert (row["monetary_eur"], row["average_order_value_eur"], row["basket_diversity"]) == (
            0,
            None,
            None,
        )
        assert (row["f_score"], row["m_score"], row["gmv_eur"]) == (1, 1, Decimal("586.06"))


def test_the_score_is_of_the_average_order_value_not_of_the_sum() -> None:
    row = only(judged([order(date(2011, 3, day), gmv="30") for day in (1, 2, 3, 4)]))
    assert (row["monetary_eur"], row["average_order_value_eur"], row["m_score"]) == (
        *(Decimal("140.66"), Decimal("35.16"), 1),
    )


def test_euros_are_rounded_once() -> None:
    # each order alone would be 0.01 euro
    row = only(judged([order(date(2011, 3, day), gmv="0.0064") for day in (1, 2, 3, 4)]))
    assert row["gmv_eur"] == Decimal("0.03")


def test_days_between_orders_count_days_once() -> None:
    days = [1, 1, 5, 15]
    assert only(judged([order(date(2011, 3, day)) for day in days]))["inter_purchase_days"] == 7
    assert only(judged([order(date(2011, 3, 1))] * 2))["inter_purchase_days"] is None


def test_who_only_gave_back_is_no_customer_and_who_paid_nothing_has_no_return_share() -> None:
    rows = [
        cancellation(date(2011, 3, 1), "B"),
        order(date(2011, 3, 2), "A", "0"),
        cancellation(date(2011, 3, 2)),
    ]
    row = only(judged(rows))
    assert (row["customer_id"], row["return_share"]) == ("A", 0)


def both(*, status: str = "matched", **changes: Any) -> pd.DataFrame:
    return crosswalk(
        match("EUROSTYLE", "A", "P-1", status, **changes), match("CONTOSO", "7", "P-1", status, **changes)
    )


CONTOSO_IN_FEBRUARY = order(date(2011, 2, 1), "7", source_system="CONTOSO")


def test_a_match_brings_brands_together() -> None:
    outcome = judged(
        [order(date(2011, 3, 1)), order(date(2011, 3, 1), "B"), CONTOSO_IN_FEBRUARY], xwalk=both()
    )
    rows = rows_of(outcome)
    a, b = rows["EUROSTYLE", "A"], rows["EUROSTYLE", "B"]
    assert (a["unified_customer_id"], a["brand_count"], a["has_both_brands"]) == ("P-1", 2, True)
    assert (b["unified_customer_id"], b["brand_count"], b["has_both_brands"]) == ("EUROSTYLE:B", 1, False)
    assert outcome.facts["metrics"]["without_crosswalk.EUROSTYLE"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    "later",
    [
        order(date(2011, 4, 1), "7", source_system="CONTOSO"),
        cancellation(date(2011, 2, 1), "7", source_system="CONTOSO"),
    ],
)
def test_a_match_counts_from_the_other_brands_first_order(later: Row) -> None:
    row = rows_of(judged([order(date(2011, 3, 1)), later], xwalk=both()))["EUROSTYLE", "A"]
    assert (row["unified_customer_id"], row["brand_count"], row["has_both_brands"]) == ("P-1", 1, False)


@pytest.mark.parametrize(
    ("changes", "brands"),
    [
        ({"valid_from": date(2011, 3, 1), "valid_to": date(2011, 3, 1)}, 2),
        ({"valid_from": date(2011, 3, 2)}, 1),
        ({"valid_to": date(2011, 2, 28)}, 1),
    ],
)
def test_a_match_counts_while_it_holds(changes: dict[str, Any], brands: int) -> None:
    row = only(judged([order(date(2011, 3, 1)), CONTOSO_IN_FEBRUARY], xwalk=both(**changes)))
    assert (row["brand_count"], row["unified_customer_id"]) == (
        brands,
        "P-1" if brands > 1 else "EUROSTYLE:A",
    )


@pytest.mark.parametrize("status", ["review", "unmatched"])
def test_what_is_no_match_brings_nothing_together(status: str) -> None:
    row = only(judged([order(date(2011, 3, 1)), CONTOSO_IN_FEBRUARY], xwalk=both(status=status)))
    assert (row["brand_count"], row["has_both_brands"]) == (1, False)


def test_orders_of_two_rates_are_valued_at_the_newest_and_told() -> None:
    outcome = judged([order(date(2011, 2, 1), fx_rate=Decimal("0.9")), order(date(2011, 3, 1))])
    assert only(outcome)["gmv_eur"] == Decimal("23.44")
    assert "EUROSTYLE: orders hold 2 exchange rates" in outcome.warnings[0]


def test_the_record_tells_by_which_rules() -> None:
    outcome = judged([order(date(2011, 2, 1), "B"), order(date(2011, 3, 9), gmv="500")])
    methods, metrics = outcome.facts["methods"], outcome.facts["metrics"]
    assert isinstance(methods, dict)
    assert isinstance(metrics, dict)
    assert methods["churn_rule"].startswith("no order for more than 90 days")
    assert methods["thresholds"]["scores"]["order_value_eur"] == ["100", "40"]
    assert (methods["window_days"], methods["fx_rate"]) == (365, {"EUROSTYLE": "0.85315"})
    assert (metrics["customers.EUROSTYLE"], metrics["churned_share.EUROSTYLE"]) == (2, 0)
    assert metrics["segment.EUROSTYLE.Big spenders"] == metrics["segment.EUROSTYLE.One order, cooling"] == 1
    assert sum(value for name, value in metrics.items() if name.startswith("segment.")) == 2
