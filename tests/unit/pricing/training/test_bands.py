"""Calibration: right coverage, by tier, nothing moved that many rows share."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from work_data_hub.domain.pricing.training.atoms import Atoms
from work_data_hub.domain.pricing.training.bands import Bands, Calibration, in_order, movable

QUANTILES = (0.1, 0.5, 0.9)
RAW = arrays(np.float64, st.tuples(st.integers(1, 20), st.just(3)), elements=st.floats(-2, 2))


@given(RAW)
def test_rows_are_put_in_order_and_those_that_crossed_are_told(raw: np.ndarray) -> None:
    ordered, crossed = in_order(raw)
    assert (np.diff(ordered, axis=1) >= 0).all()
    rounded = np.round(raw, 6)
    assert np.abs(np.sort(rounded, axis=1) - ordered).max() <= 1e-6 + 1e-9
    assert (crossed >= (np.diff(raw, axis=1) < -2e-6).any(axis=1)).all()
    assert not (crossed & (np.diff(raw, axis=1) >= 0).all(axis=1)).any()


def skewed(rows: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    draw = np.random.default_rng(seed)
    tier = draw.integers(0, 2, rows)
    target = np.round(0.2 + draw.gamma(2, np.where(tier == 0, 0.01, 0.03)), 6)
    # too narrow for both tiers, and lopsided
    raw = np.tile([0.205, 0.22, 0.24], (rows, 1))
    return raw, target, pa.array(np.array(["A", "B"])[tier])


def test_each_tier_gets_what_it_lacks_on_either_side() -> None:
    raw, target, tiers = skewed(20_000)
    calibration = Calibration.learn(raw, target, tiers, QUANTILES, shrinkage=200)
    raw, target, tiers = skewed(20_000, seed=4)
    moved, crossed, added = calibration.apply(raw, tiers)
    for tier in ("A", "B"):
        mine = np.asarray(tiers) == tier
        low, _, high = moved[mine].T
        assert (target[mine] < low).mean() == pytest.approx(0.1, abs=0.015)
        assert (target[mine] > high).mean() == pytest.approx(0.1, abs=0.015)
    assert not crossed.any()
    assert added[np.asarray(tiers) == "B", 2].min() > added[np.asarray(tiers) == "A", 2].max()


def test_small_groups_lean_on_all_rows() -> None:
    raw, target, tiers = skewed(1000)
    names = np.asarray(tiers).astype(object)
    names[:4] = "rare"
    target[:4] = 0.9
    offsets = {
        shrinkage: Calibration.learn(raw, target, pa.array(names), QUANTILES, shrinkage)
        for shrinkage in (0.0, 200.0, 1e9)
    }
    own, shrunk, wide = (offsets[s].groups["rare"][2] - offsets[s].overall[2] for s in (0.0, 200.0, 1e9))
    assert own == pytest.approx(0.9 - 0.24 - offsets[0.0].overall[2], abs=1e-6)
    assert shrunk == pytest.approx(own * 4 / 204, abs=2e-6)
    assert abs(wide) < 2e-6
    assert offsets[200.0].lines["rare"] == (4, 4, 4)


def test_an_unknown_tier_takes_the_offset_of_all_rows() -> None:
    raw, target, tiers = skewed(500)
    calibration = Calibration.learn(raw, target, tiers, QUANTILES, 200)
    _, _, added = calibration.apply(raw[:2], pa.array(["new", None]))
    assert added.tolist() == [list(calibration.overall)] * 2


def test_a_band_on_a_discount_that_nearly_all_share_stays_collapsed() -> None:
    draw = np.random.default_rng(1)
    shared = draw.random(2000) < 0.95
    target = np.round(draw.uniform(0, 0.8, 2000), 6)
    target[shared] = 0.4
    # learners come near, never quite there
    raw, _ = in_order(0.4 + np.sort(draw.normal(0, 0.001, (2000, 3)), axis=1))
    tiers = pa.array(["A"] * 2000)
    calibration = Calibration.learn(raw, target, tiers, QUANTILES, 200)
    moved, crossed, added = calibration.apply(raw, tiers)
    assert calibration.atoms.values == (0.4,)
    assert (moved == 0.4).all()
    assert not crossed.any()
    assert not added.any()


def test_calibration_never_moves_a_bound_that_lies_on_a_shared_discount() -> None:
    atoms = Atoms((0.0, 0.4), 0.0)
    found = movable(np.array([[0.0, 0.1, 0.2], [0.1, 0.1, 0.2], [0.1, 0.2, 0.4]]), atoms)
    assert found.tolist() == [[False, True, True], [False, False, True], [True, True, False]]


def test_no_rows_calibrate_nothing() -> None:
    calibration = Calibration.learn(
        np.empty((0, 3)), np.empty(0, np.float64), pa.array([], pa.string()), QUANTILES, 200
    )
    moved, crossed, added = calibration.apply(np.array([[0.1, 0.2, 0.3]]), pa.array(["A"]))
    assert moved.tolist() == [[0.1, 0.2, 0.3]]
    assert crossed.tolist() == [False]
    assert not added.any()


def test_calibration_that_makes_rows_cross_says_so() -> None:
    calibration = Calibration((0.2, 0.0, -0.2), {}, {})
    moved, crossed, _ = calibration.apply(np.array([[0.1, 0.15, 0.2]]), pa.array(["A"]))
    assert crossed.tolist() == [True]
    assert (np.diff(moved, axis=1) >= 0).all()


def test_a_calibration_is_kept_as_plain_values() -> None:
    raw, target, tiers = skewed(300)
    target[:100] = 0.25
    calibration = Calibration.learn(raw, target, tiers, QUANTILES, 50)
    assert calibration.atoms.values == (0.25,)
    assert Calibration.from_json(calibration.as_json()) == calibration


def test_what_was_added_to_the_width_is_told() -> None:
    bands = Bands(np.zeros((1, 3)), np.zeros(1, bool), np.array([[-0.01, 0.0, 0.02]]))
    assert bands.widened.tolist() == pytest.approx([0.03])
