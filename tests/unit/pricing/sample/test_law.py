"""The distribution of discounts: quantiles and shares undo each other, contracts are one point, draws obey it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.pricing.sample.law import DiscountLaw

SHAPE = st.floats(1.1, 6.0)


def law(
    low: float = 0.1, span: float = 0.3, rise: float = 1.3, fall: float = 5.0, fixed: float = np.nan
) -> DiscountLaw:
    return DiscountLaw(*(np.array([value]) for value in (low, span, rise, fall, fixed)))


@given(low=st.floats(0, 0.5), span=st.floats(0.05, 0.5), rise=SHAPE, fall=SHAPE, p=st.floats(0.001, 0.999))
def test_the_share_at_a_quantile_is_its_level(
    low: float, span: float, rise: float, fall: float, p: float
) -> None:
    one = law(low, span, rise, fall)
    assert one.cdf(one.quantile(p))[0] == pytest.approx(p, abs=1e-9)
    assert low <= one.quantile(p)[0] <= low + span


@given(rise=SHAPE, fall=SHAPE)
def test_quantiles_rise(rise: float, fall: float) -> None:
    one = law(rise=rise, fall=fall)
    found = [one.quantile(p)[0] for p in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == pytest.approx((0.1, 0.4))


def test_a_contract_is_one_point() -> None:
    one = law(fixed=0.25)
    assert [one.quantile(p)[0] for p in (0.01, 0.5, 0.99)] == [0.25, 0.25, 0.25]
    assert [one.cdf(x)[0] for x in (0.2499, 0.25, 0.2501)] == [0, 1, 1]
    assert [one.below(x)[0] for x in (0.2499, 0.25, 0.2501)] == [0, 0, 1]


def test_coverage_counts_what_equals_a_bound_half() -> None:
    one = law(fixed=0.25)
    assert one.coverage(0.2, 0.3)[0] == 1
    assert one.coverage(0.25, 0.3)[0] == 0.5
    assert one.coverage(0.25, 0.25)[0] == 0
    smooth = law()
    assert smooth.coverage(smooth.quantile(0.1), smooth.quantile(0.9))[0] == pytest.approx(0.8)


def test_draws_obey_the_law() -> None:
    many = 40_000
    one = DiscountLaw(*(np.full(many, value) for value in (0.1, 0.3, 1.3, 5.0, np.nan)))
    drawn = one.draw(np.random.default_rng(1))
    for p in (0.1, 0.5, 0.9):
        # four standard deviations of a share
        assert (drawn <= one.quantile(p)).mean() == pytest.approx(p, abs=4 * (p * (1 - p) / many) ** 0.5)
    assert drawn.mean() > np.median(drawn)


def test_a_law_goes_into_columns_and_comes_back() -> None:
    one = law(fixed=0.3)
    back = DiscountLaw.of(pd.DataFrame(one.columns()))
    assert back.columns() == one.columns()
    assert len(back.take(np.array([0, 0]))) == 2
