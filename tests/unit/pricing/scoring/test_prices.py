"""Recommended prices: exact, and rounded once."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pricing.scoring.prices import discounted


@given(st.lists(st.tuples(st.integers(1, 10**15), st.integers(-2_000_000, 2_000_000)), min_size=1))
def test_prices_are_those_of_decimals(lines: list[tuple[int, int]]) -> None:
    found = discounted(np.array([listed for listed, _ in lines]), np.array([share for _, share in lines]))
    exact = [Decimal(listed) * (1_000_000 - share) / 1_000_000 for listed, share in lines]
    assert found.tolist() == [int(price.to_integral_value(ROUND_HALF_UP)) for price in exact]


def test_a_price_beyond_exact_numbers_is_refused() -> None:
    with pytest.raises(PermanentError, match="too large"):
        discounted(np.array([9 * 10**18]), np.array([-2_000_000]))
