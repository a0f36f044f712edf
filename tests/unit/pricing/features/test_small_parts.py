"""Weeks, bands and discounts, one by one."""

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.pricing.features.order_rows import SPEND, config, frame, row

from work_data_hub.domain.kernel.errors import InputRefusedError
from work_data_hub.domain.pipelines.exact import as_series
from work_data_hub.domain.pricing.config import QuantityBands, TrailingSpend
from work_data_hub.domain.pricing.features.bands import band_labels, quantity_bands, spend_tiers
from work_data_hub.domain.pricing.features.calendar import iso_weeks, months
from work_data_hub.domain.pricing.features.discounts import discount_of, discounts
from work_data_hub.domain.pricing.features.numbers import FIRST_DAY

PRICE = pa.decimal128(18, 6)


def prices(*texts: str | None) -> pa.Array:
    return pa.array([None if text is None else Decimal(text) for text in texts], PRICE)


@given(st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), min_size=1))
def test_weeks_and_months_are_those_of_the_calendar(days: list[date]) -> None:
    numbers = np.array([(day - FIRST_DAY).days for day in days])
    calendar = [day.isocalendar() for day in days]
    assert iso_weeks(numbers).to_pylist() == [f"{week.year}-W{week.week:02d}" for week in calendar]
    assert months(numbers).to_pylist() == [day.replace(day=1) for day in days]


def test_a_week_that_spans_new_year_is_one_week() -> None:
    numbers = np.array(
        [(day - FIRST_DAY).days for day in (date(2020, 12, 31), date(2021, 1, 3), date(2021, 1, 4))]
    )
    assert iso_weeks(numbers).to_pylist() == ["2020-W53", "2020-W53", "2021-W01"]


def test_a_band_begins_at_its_floor() -> None:
    bands = QuantityBands(floors=(Decimal(1), Decimal(10), Decimal(100), Decimal(1000)))
    texts = ("0.5", "0.9999", "1", "9", "9.5", "9.9999", "10", "99.5", "100", "1000", "123456")
    amounts = np.array([int(Decimal(text).scaleb(4)) for text in texts])
    found = quantity_bands(amounts, 4, bands).to_pylist()
    expected = ["<1", "<1", "1-9", "1-9", "1-9", "1-9", "10-99", "10-99", "100-999", "1000+", "1000+"]
    assert found == expected


def test_bands_between_broken_floors_say_so() -> None:
    bands = QuantityBands(floors=(Decimal("0.5"), Decimal(2), Decimal(3)))
    assert band_labels(bands) == ("<0.5", "0.5-<2", "2-2", "3+")


def test_a_tier_is_the_highest_floor_that_is_reached() -> None:
    amounts = np.array([0, 999_9999, 1000_0000, 5000_0049, 5000_0050])
    found = spend_tiers(amounts, 4, TrailingSpend.model_validate(SPEND)).to_pylist()
    assert found == ["new", "new", "silver", "silver", "gold"]


def test_a_discount_is_exact_and_null_where_there_is_none() -> None:
    listed = prices("100", "0", None, "-5", "100", "3", "3", "1")
    sold = prices("80", "10", "10", "10", None, "1", "4", "0")
    found = discount_of(listed, sold).to_pylist()
    third = Decimal("0.666667")
    assert found == [Decimal("0.2"), None, None, None, None, third, Decimal("-0.333333"), Decimal(1)]


@given(st.integers(1, 10**12), st.integers(0, 10**12))
def test_a_discount_is_rounded_half_up(listed: int, sold: int) -> None:
    price = discount_of(
        pa.array([Decimal(listed).scaleb(-6)], PRICE), pa.array([Decimal(sold).scaleb(-6)], PRICE)
    )
    millionths = (2 * (listed - sold) * 10**6 + listed) // (2 * listed)
    if abs(millionths) < 10**10:
        assert price.to_pylist() == [Decimal(millionths).scaleb(-6)]


def test_a_price_too_large_for_exact_division_is_refused() -> None:
    with pytest.raises(InputRefusedError, match="too large"):
        discount_of(prices("99999999999"), prices("1"))


def test_a_quote_has_no_discount_whatever_it_says() -> None:
    lines = frame([row(), row(), row()])
    lines["line_kind"] = as_series(pa.array(["order", "quote", None]))
    assert discounts(lines).to_pylist() == [Decimal("0.2"), None, None]
    assert discounts(lines.drop(columns="discount_pct")).to_pylist() == [Decimal("0.2"), None, None]
    assert discounts(lines.drop(columns=["discount_pct", "sell_price"])).null_count == 3


def test_the_units_of_a_rule_are_its_own() -> None:
    assert isinstance(config(SPEND).segments.customer_tier, TrailingSpend)
