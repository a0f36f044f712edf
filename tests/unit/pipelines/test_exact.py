"""Exact sums and divisions against Python's own decimals."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.exact import cents_at, decimals, grouped_sums, scaled, total_of

MONEY = pa.decimal128(18, 4)
AMOUNTS = st.lists(st.integers(-(10**11), 10**11), max_size=40)


@given(AMOUNTS)
def test_there_and_back(numbers: list[int]) -> None:
    array = decimals(np.array(numbers, np.int64), MONEY)
    assert array.to_pylist() == [Decimal(n).scaleb(-4) for n in numbers]
    assert scaled(array).tolist() == numbers
    assert scaled(array.slice(1)).tolist() == numbers[1:]


def test_nulls_are_zero_in_and_missing_out() -> None:
    assert scaled(pa.array([Decimal("1.5"), None], MONEY)).tolist() == [15000, 0]
    assert decimals(np.array([1, 2]), MONEY, np.array([True, False])).to_pylist() == [None, Decimal("0.0002")]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(PermanentError, match="too large"):
        scaled(pa.array([Decimal(10) ** 20], pa.decimal128(38, 0)))
    with pytest.raises(PermanentError, match="too large"):
        cents_at(np.array([10**17]), 4, 85315000, 8)


@given(AMOUNTS, st.integers(1, 10**10))
def test_cents_round_half_up_as_decimals_do(numbers: list[int], rate: int) -> None:
    cents = cents_at(np.array(numbers, np.int64), 4, rate, 8)
    for number, cent in zip(numbers, cents.tolist(), strict=True):
        exact = Decimal(number).scaleb(-4) * 10**2 / Decimal(rate).scaleb(-8)
        assert abs(Decimal(cent) - exact.quantize(Decimal(1), ROUND_HALF_UP)) <= (exact % 1 == Decimal("0.5"))


def test_half_a_cent_goes_away_from_zero() -> None:
    assert cents_at(np.array([50, -50, 49, 150]), 4, 10**8, 8).tolist() == [1, -1, 0, 2]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-(10**15), 10**15)), max_size=50))
def test_groups_add_up(rows: list[tuple[int, int]]) -> None:
    codes, numbers = np.array([r[0] for r in rows], np.int64), np.array([r[1] for r in rows], np.int64)
    sums = grouped_sums(codes, 5, numbers)
    assert sums.tolist() == [sum(n for c, n in rows if c == group) for group in range(5)]
    assert total_of(numbers, 4) == sum((Decimal(n).scaleb(-4) for _, n in rows), Decimal(0))
