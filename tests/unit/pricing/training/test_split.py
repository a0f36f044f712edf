"""Splits: no deal on both sides, nothing learnt from the test's first day on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.pricing.training.errors import NotEnoughHistoryError
from work_data_hub.domain.pricing.training.split import deal_folds, time_split

LINES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), min_size=2, max_size=60)


def arrays(lines: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    deals, days = np.array(lines, np.int64).T
    return deals, days


@given(LINES, st.floats(0.05, 0.95))
def test_deals_never_straddle_and_no_training_line_lies_in_the_tests_time(
    lines: list[tuple[int, int]], size: float
) -> None:
    deals, days = arrays(lines)
    ends = {deal: max(day for d, day in lines if d == deal) for deal, _ in lines}
    if len(set(ends.values())) < 2:
        with pytest.raises(NotEnoughHistoryError, match="earlier and a later"):
            time_split(deals, days, size)
        return
    split = time_split(deals, days, size)
    assert (split.train ^ split.test).all()
    assert split.train.any()
    assert split.test.any()
    assert not set(deals[split.train]) & set(deals[split.test])
    assert days[split.train].max() < split.first_test_day
    # deals that ended on one day stay together
    on_train = {ends[deal] for deal in deals[split.train]}
    assert not on_train & {ends[deal] for deal in deals[split.test]}


def test_the_share_is_of_deals_and_the_nearest_day_is_taken() -> None:
    deals = np.arange(10)
    assert time_split(deals, deals, 0.2).test.tolist() == [False] * 8 + [True] * 2
    # the last day has half of the deals
    days = np.array([0, 1, 2, 3, 4, 9, 9, 9, 9, 9])
    assert time_split(deals, days, 0.2).first_test_day == 9


def test_a_deal_that_goes_on_into_the_test_is_judged_on_as_a_whole() -> None:
    split = time_split(np.array([0, 1, 1, 2]), np.array([0, 1, 5, 5]), 0.5)
    assert split.train.tolist() == [True, False, False, False]


def test_the_test_may_begin_later() -> None:
    deals = np.arange(10)
    assert time_split(deals, deals, 0.5, 8).first_test_day == 8
    assert time_split(deals, deals, 0.5, 2).first_test_day == 5


@given(st.lists(st.integers(0, 15), min_size=1, max_size=80), st.integers(2, 6), st.integers(0, 9))
def test_folds_keep_deals_together_and_repeat(given_deals: list[int], folds: int, seed: int) -> None:
    deals = np.array(given_deals)
    distinct = len(set(given_deals))
    if distinct < 2:
        with pytest.raises(NotEnoughHistoryError, match="folds"):
            deal_folds(deals, folds, seed)
        return
    found = deal_folds(deals, folds, seed)
    assert np.array_equal(found, deal_folds(deals, folds, seed))
    by_deal = {deal: set(found[deals == deal]) for deal in given_deals}
    assert all(len(of) == 1 for of in by_deal.values())
    held = np.bincount([next(iter(of)) for of in by_deal.values()])
    assert len(held) == min(folds, distinct)
    assert held.max() - held.min() <= 1
