"""Euros to six decimals, against decimals that are divided one by one."""

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import rates

from work_data_hub.domain.kernel.errors import InputRefusedError, PermanentError
from work_data_hub.domain.retail.rules.conversion import Rates, fine_euros

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


@given(st.lists(st.integers(-(10**12), 10**12), max_size=8), st.integers(10**5, 10**13))
def test_amounts_are_divided_exactly_and_rounded_half_up_once(amounts: list[int], rate: int) -> None:
    found = fine_euros(np.array(amounts, np.int64), 4, rate)
    expected = [
        EXACT.divide(Decimal(amount).scaleb(-4), Decimal(rate).scaleb(-8)).quantize(
            Decimal("1e-6"), ROUND_HALF_UP, EXACT
        )
        for amount in amounts
    ]
    assert [Decimal(number).scaleb(-6) for number in found.tolist()] == expected


def test_half_a_millionth_goes_away_from_zero() -> None:
    # 0.0001 by 200 is half of a millionth
    assert fine_euros(np.array([1, -1, 3]), 4, 200 * 10**8).tolist() == [1, -1, 2]


@pytest.mark.parametrize(
    ("amount", "rate"), [(10**18, 10**8), (1, 0), (1, 10**18), (10**9, 1), (10**14, 10**6)]
)
def test_what_does_not_fit_is_refused_instead_of_running_over(amount: int, rate: int) -> None:
    with pytest.raises(PermanentError, match="too large"):
        fine_euros(np.array([amount]), 4, rate)


def test_a_currency_without_a_rate_is_refused_by_name() -> None:
    known = Rates.of(rates(EUR="1", GBP="0.85315"))
    assert known.rate("GBP") == 85_315_000
    with pytest.raises(InputRefusedError, match=r"rate of USD[\s\S]*EUR, GBP[\s\S]*Fix:"):
        known.rate("USD")
