"""Cohorts against a slow reading, and what they must never do."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from tests.unit.retail.customer_oracle import cohorts
from tests.unit.retail.customer_orders import (
    Row,
    cancellation,
    config,
    held,
    histories,
    order,
    orders,
    records,
)

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.customers import COHORT_RETENTION
from work_data_hub.domain.retail.customers.cohorts import make_cohort_retention


def followed(rows: Sequence[Row]) -> Outcome:
    context = BuildContext(None, {"order_fact": orders(rows)}, config())
    return held(COHORT_RETENTION, make_cohort_retention(context))


@settings(max_examples=30, deadline=None)
@given(histories(date(2010, 11, 1), date(2011, 3, 31)))
def test_cohorts_are_what_a_slow_reading_gives(rows: list[Row]) -> None:
    context = BuildContext(None, {"order_fact": orders(rows)}, config())
    assert records(make_cohort_retention(context).accepted) == cohorts(rows)


def test_a_month_in_which_nobody_came_back_is_a_row_too() -> None:
    rows = [
        order(date(2010, 11, 5)),
        order(date(2011, 1, 9)),
        order(date(2010, 11, 5), "B"),
        order(date(2011, 2, 1), None),
    ]
    found = records(followed(rows).accepted)
    assert [(r["months_since"], r["active_customers"], r["retention"]) for r in found] == [
        *((0, 2, 1.0), (1, 0, 0.0), (2, 1, 0.5), (3, 0, 0.0)),
    ]
    assert [row["gmv_eur"] for row in found] == [Decimal("23.44"), Decimal(0), Decimal("11.72"), Decimal(0)]


def test_each_brand_ends_with_its_own_last_order() -> None:
    rows = [
        order(date(2011, 1, 5)),
        cancellation(date(2011, 3, 5)),
        order(date(2025, 4, 4), source_system="CONTOSO"),
        order(date(2025, 6, 17), None, source_system="CONTOSO"),
    ]
    outcome = followed(rows)
    found = [(row["source_system"], row["months_since"]) for row in records(outcome.accepted)]
    assert found == [("EUROSTYLE", 0), ("CONTOSO", 0), ("CONTOSO", 1), ("CONTOSO", 2)]
    assert outcome.facts["metrics"] == {"cohorts.EUROSTYLE": 1, "cohorts.CONTOSO": 1}


def test_the_first_month_is_whole_and_a_first_cancellation_founds_no_cohort() -> None:
    found = records(followed([cancellation(date(2010, 12, 1)), order(date(2011, 1, 5))]).accepted)
    assert [(row["cohort_month"], row["retention"]) for row in found] == [(date(2011, 1, 1), 1.0)]


def test_no_orders_no_cohorts() -> None:
    assert followed([]).accepted.empty
    assert followed([order(date(2011, 1, 5), None)]).accepted.empty
