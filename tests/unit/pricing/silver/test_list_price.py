"""The list price from what was paid before: against a slow reading of the rule, and blind to all that comes later."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.pricing.silver.bronze_rows import column, frame, order_lines, placed, unit

from work_data_hub.domain.kernel.contract import DAY, TEXT
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.config import TrailingQuantile
from work_data_hub.domain.pricing.contracts.bronze import ORDERS
from work_data_hub.domain.pricing.contracts.shapes import PRICE
from work_data_hub.domain.pricing.silver.list_price import DailyPrices, exact_quantile, months_before

FIRST = date(2025, 1, 1)
RULE = TrailingQuantile(rule="trailing_quantile", quantile=0.75, days=7, min_days=2)
Sale = tuple[str, int, int]
SALES = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 20), st.integers(0, 9)), max_size=30)


def daily(sales: Sequence[Sale]) -> DailyPrices:
    products, days, prices = zip(*sales, strict=True) if sales else ((), (), ())
    return DailyPrices.of(
        pa.array(products, TEXT),
        pa.array([FIRST + timedelta(days=day) for day in days], DAY),
        pa.array([Decimal(price) for price in prices], PRICE),
    )


def list_price(
    sales: Sequence[Sale], product: str, day: int, rule: TrailingQuantile = RULE
) -> Decimal | None:
    lines = pa.array([product], TEXT), pa.array([FIRST + timedelta(days=day)], DAY)
    found: Decimal | None = daily(sales).before(rule, *lines)[0].as_py()
    return found


def slow(sales: Sequence[Sale], product: str, day: int) -> Decimal | None:
    """Read the rule word by word."""
    highest: dict[int, int] = {}
    for sold, on, price in sales:
        if sold == product and day - 7 <= on < day and price > 0:
            highest[on] = max(price, highest.get(on, 0))
    if len(highest) < 2:
        return None
    ordered = sorted(map(Decimal, highest.values()))
    place = Decimal("0.75") * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    exact = ordered[low] + (ordered[high] - ordered[low]) * (place - low)
    return exact.quantize(Decimal("0.000001"), ROUND_HALF_UP)


@given(SALES, st.sampled_from("ABC"), st.integers(0, 25))
# the window's first day and its last, and the day before it and after it
@example([("A", 3, 9), ("A", 9, 1)], "A", 10)
@example([("A", 2, 9), ("A", 9, 1), ("A", 8, 1)], "A", 10)
@example([("A", 10, 9), ("A", 9, 1), ("A", 8, 1)], "A", 10)
def test_the_rule_is_what_a_slow_reading_of_it_gives(sales: list[Sale], product: str, day: int) -> None:
    assert list_price(sales, product, day) == slow(sales, product, day)


@given(SALES, SALES, st.integers(0, 20))
def test_sales_of_the_day_and_later_change_nothing(past: list[Sale], later: list[Sale], day: int) -> None:
    known = [sale for sale in past if sale[1] < day]
    more = known + [(product, on + day, price * 100) for product, on, price in later]
    assert list_price(more, "A", day) == list_price(known, "A", day)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20), st.integers(1, 99))
def test_a_quantile_is_exact_and_lies_among_its_numbers(numbers: list[int], percent: int) -> None:
    ordered = sorted(numbers)
    found = exact_quantile(ordered, Fraction(percent, 100))
    assert abs(found - float(np.quantile(ordered, percent / 100))) <= 0.5 + 1e-5
    assert ordered[0] <= found <= ordered[-1]


@pytest.mark.parametrize(
    ("days", "months"), [(1, 1), (28, 1), (29, 2), (59, 2), (89, 3), (90, 4), (365, 12), (366, 13)]
)
def test_the_months_before_hold_all_the_days(days: int, months: int) -> None:
    assert months_before(days) == months
    for month in range(1, 13):
        period = Period(2025, month)
        assert (period.start - period.shift(-months).start).days >= days


def trailing() -> dict[str, Any]:
    rule = {"rule": "trailing_quantile", "quantile": 0.5, "days": 31}
    return {"columns": {"list_price": rule}, "lines": {"not_null": ["customer_id"], "min_quantity": "10"}}


def test_the_months_before_and_small_lines_make_the_list_price() -> None:
    february = placed(
        [
            {"order_date": "2025-02-20", "sell_price": "100", "quantity": "1"},
            {"order_date": "2025-02-20", "sell_price": "180", "quantity": "1"},
            {"order_date": "2025-01-31", "sell_price": "900", "quantity": "1"},
            {"order_date": "2025-02-21", "sell_price": "500", "quantity": "1", "customer_id": None},
            {"order_date": "2025-02-22", "sell_price": "500", "quantity": "1", "product_id": "P2"},
        ]
    )
    outcome = order_lines(
        {"order_date": "2025-03-04", "sell_price": "90", "quantity": "25"},
        {"order_date": "2025-03-02", "sell_price": "200", "quantity": "1", "order_line_id": "2"},
        {"order_date": "2025-03-04", "sell_price": "999", "quantity": "1", "order_line_id": "3"},
        {"order_date": "2025-03-05", "sell_price": "999", "quantity": "1", "order_line_id": "4"},
        config=unit(**trailing()),
        earlier={"orders@-1": frame(ORDERS, february)},
    )
    # the daily highest before 4 March are 180 and 200
    assert column(outcome, "list_price") == [Decimal("190.000000")]
    assert column(outcome, "discount_pct") == [Decimal("0.526316")]
    assert outcome.counts.skipped == 3


def test_a_product_that_was_not_sold_before_has_no_list_price() -> None:
    outcome = order_lines({"quantity": "25"}, config=unit(**trailing()))
    assert column(outcome, "exclusion") == ["no_list_price"]
