"""Discounts and list values: equal to exact decimals, whatever the size of the numbers."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from work_data_hub.domain.pricing.contracts.shapes import PRICE, QUANTITY
from work_data_hub.domain.pricing.silver.money import discounts, list_values, too_large

PRICES = st.decimals("-999999999999", "999999999999", places=6)
QUANTITIES = st.decimals("-9999999999", "9999999999", places=4)
MILLIONTH = Decimal("0.000001")


def discount(full: Decimal | None, paid: Decimal | None) -> Decimal | None:
    found: Decimal | None = discounts(pa.array([full], PRICE), pa.array([paid], PRICE))[0].as_py()
    return found


@given(PRICES, PRICES)
@example(Decimal(999999999999), Decimal(333333333333))
@example(Decimal("0.000001"), Decimal(999999999999))
@example(Decimal(999999999999), Decimal(-999999999999))
def test_a_discount_is_the_exact_one_rounded_once(full: Decimal, paid: Decimal) -> None:
    found = discount(full, paid)
    if full <= 0:
        assert found is None
        return
    with localcontext() as context:
        context.prec = 60
        exact = ((full - paid) / full).quantize(MILLIONTH, ROUND_HALF_UP)
    assert found == (exact if abs(exact) < 10_000 else None)


@pytest.mark.parametrize(
    ("full", "paid", "expected"),
    [
        ("8", "7.999996", "0.000001"),  # half a millionth goes up
        ("8", "8.000004", "-0.000001"),  # and so does a surcharge of as much
        ("8", "7.999997", "0.000000"),
        ("3", "2", "0.333333"),
        ("1", "0", "1.000000"),
    ],
)
def test_half_goes_away_from_zero(full: str, paid: str, expected: str) -> None:
    assert discount(Decimal(full), Decimal(paid)) == Decimal(expected)


def test_without_a_list_price_above_zero_or_a_sell_price_there_is_no_discount() -> None:
    cases = [(None, Decimal(1)), (Decimal(0), Decimal(1)), (Decimal(-1), Decimal(1)), (Decimal(1), None)]
    assert [discount(*case) for case in cases] == [None] * 4


@given(st.one_of(st.none(), PRICES), QUANTITIES)
def test_a_list_value_is_the_exact_product_rounded_once(price: Decimal | None, quantity: Decimal) -> None:
    prices, quantities = pa.array([price], PRICE), pa.array([quantity], QUANTITY)
    found = list_values(prices, quantities)[0].as_py()
    if price is None or too_large(prices, quantities)[0]:
        assert found is None
        return
    with localcontext() as context:
        context.prec = 60
        assert found == (price * quantity).quantize(MILLIONTH, ROUND_HALF_UP)
