"""Figures of bands: by hand, and right for the truth where many discounts are equal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.pricing.training.metrics import (
    by_group,
    coverages,
    measures,
    pinball,
    r_squared,
    shares_below,
)

QUANTILES = (0.1, 0.5, 0.9)


def test_figures_tie_with_hand_calculation() -> None:
    target = np.array([0.10, 0.30, 0.005])
    bands = np.array([[0.05, 0.12, 0.20], [0.10, 0.20, 0.25], [0.0, 0.01, 0.02]])
    found = measures(target, bands, QUANTILES)
    assert found["lines"] == 3
    assert found["pinball_0_10"] == pytest.approx((0.1 * 0.05 + 0.1 * 0.20 + 0.1 * 0.005) / 3)
    assert found["pinball_0_50"] == pytest.approx(0.5 * (0.02 + 0.10 + 0.005) / 3)
    assert found["pinball_0_90"] == pytest.approx((0.1 * 0.10 + 0.9 * 0.05 + 0.1 * 0.015) / 3)
    assert found["pinball"] == pytest.approx(
        np.mean([found["pinball_0_10"], found["pinball_0_50"], found["pinball_0_90"]])
    )
    assert found["mae"] == pytest.approx((0.02 + 0.10 + 0.005) / 3)
    assert found["rmse"] == pytest.approx(np.sqrt((0.02**2 + 0.1**2 + 0.005**2) / 3))
    # the discount of half a percent has no percentage error
    assert found["mape"] == pytest.approx((0.02 / 0.10 + 0.10 / 0.30) / 2)
    assert found["width"] == pytest.approx((0.15 + 0.15 + 0.02) / 3)
    assert found["coverage"] == found["coverage_closed"] == pytest.approx(2 / 3)


def test_what_can_not_be_said_is_not_said() -> None:
    assert measures(np.array([]), np.empty((0, 3)), QUANTILES) == {"lines": 0}
    assert measures(np.array([0.0]), np.zeros((1, 3)), QUANTILES)["mape"] is None
    assert r_squared(np.array([0.4, 0.4]), np.array([0.1, 0.2])) is None
    assert r_squared(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 1.0


@given(
    st.lists(
        st.tuples(st.sampled_from((0.0, 0.1, 0.2, 0.4)), st.integers(1, 30)), min_size=1, max_size=4
    ).filter(lambda atoms: len({value for value, _ in atoms}) == len(atoms))
)
def test_by_lot_the_true_quantiles_of_any_shared_discounts_cover_what_they_promise(
    atoms: list[tuple[float, int]],
) -> None:
    target = np.concatenate([np.full(lines * 10, value) for value, lines in atoms])
    truth = np.quantile(target, QUANTILES, method="inverted_cdf")
    bands = np.tile(truth, (len(target), 1))
    found = coverages(target, bands, QUANTILES)
    assert found["coverage"] == pytest.approx(0.8)
    assert shares_below(target, bands, QUANTILES) == pytest.approx(QUANTILES)
    assert found["coverage_closed"] >= 0.8 - 1e-12


def test_a_band_on_the_wrong_shared_discount_is_not_excused() -> None:
    target = np.repeat([0.2, 0.4], [30, 70])
    bands = np.full((100, 3), 0.4)
    assert coverages(target, bands, QUANTILES)["coverage"] == pytest.approx(0.6)
    assert coverages(target, np.full((100, 3), 0.3), QUANTILES)["coverage"] == 0


def test_shared_discounts_do_not_excuse_bands_that_are_too_narrow_elsewhere() -> None:
    shared, spread = np.full(100, 0.4), np.linspace(0, 1, 101)[1:] - 0.005
    bands = np.vstack([np.full((100, 3), 0.4), np.tile([0.3, 0.5, 0.7], (100, 1))])
    found = coverages(np.concatenate([shared, spread]), bands, QUANTILES)["coverage"]
    assert found == pytest.approx((0.8 + 0.4) / 2)


def test_mid_points_tell_of_bounds_on_shared_discounts_apart() -> None:
    target = np.repeat([0.0, 0.1, 0.3], [20, 60, 20])
    bands = np.tile([0.0, 0.1, 0.3], (100, 1))
    found = coverages(target, bands, QUANTILES)
    assert found["coverage_midpoint"] == pytest.approx(0.8)
    assert found["coverage_closed"] == 1.0
    collapsed = coverages(np.full(9, 0.4), np.full((9, 3), 0.4), QUANTILES)
    # mid-points of one shared discount meet; by lot the band is what it promises
    assert collapsed["coverage_midpoint"] == 0.0
    assert collapsed["coverage"] == pytest.approx(0.8)


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=9),
    st.floats(-1, 1),
)
def test_sorting_a_row_never_raises_its_loss(rows: list[tuple[float, float, float]], value: float) -> None:
    raw = np.array(rows)
    target = np.full(len(rows), value)
    before, after = (pinball(target, q, QUANTILES).sum(axis=1) for q in (raw, np.sort(raw, axis=1)))
    assert (after <= before + 1e-12).all()


def test_groups_are_told_apart_and_a_missing_name_is_one() -> None:
    target, bands = np.array([0.1, 0.2, 0.3]), np.tile([0.1, 0.1, 0.1], (3, 1))
    found = by_group(target, bands, QUANTILES, ["B", None, "B"])
    assert list(found) == ["", "B"]
    assert found["B"]["mae"] == pytest.approx(0.1)
    assert found[""]["lines"] == 1
