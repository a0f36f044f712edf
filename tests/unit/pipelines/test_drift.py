"""Drift: an index that ties with hand calculation, buckets for missing and unseen, limits that know chance."""

import json
from decimal import Decimal
from math import log, nan
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.drift import (
    DriftRule,
    FeatureDrift,
    chance_limit,
    expected_by_chance,
    freeze_reference,
    psi,
)

ANY = DriftRule(min_rows=1)


def frame(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=pd.ArrowDtype(pa.array(values).type))
            for name, values in columns.items()
        }
    )


def one(before: list[Any], now: list[Any], rule: DriftRule = ANY, **how: Any) -> FeatureDrift:
    reference = freeze_reference(frame(x=before), ["x"], **how)
    (found,) = psi(json.loads(json.dumps(reference)), frame(x=now), rule)
    return found


def test_quantile_bins_are_frozen_as_plain_json() -> None:
    made = freeze_reference(frame(x=[1.0, 2.0, 3.0, 4.0, None]), ["x"], bins=4)
    assert made == {
        "rows": 5,
        "features": {"x": {"edges": [1.0, 2.0, 3.0], "atoms": [], "counts": [1, 1, 1, 1], "missing": 1}},
    }


def test_the_index_ties_with_hand_calculation() -> None:
    found = one([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 4.0], bins=2)  # two and two, then three and one
    assert found.psi == pytest.approx(0.25 * log(1.5) - 0.25 * log(0.5))
    assert found.expected == pytest.approx(1 * (1 / 4 + 1 / 4))


def test_an_empty_bin_counts_as_half_a_row() -> None:
    found = one([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 2.0, 2.0], bins=2)
    assert found.psi == pytest.approx((1 - 0.5) * log(1 / 0.5) + (0.125 - 0.5) * log(0.125 / 0.5))


def test_a_value_that_takes_several_quantiles_is_a_bin_of_its_own() -> None:
    before = [0.4] * 95 + [0.3] * 2 + [0.5] * 3
    told = freeze_reference(frame(x=before), ["x"])["features"]["x"]
    assert (told["edges"], told["atoms"], told["counts"]) == ([0.4], [0.4], [2, 95, 3])
    # quantile bins that merge the atom with what lies below it would not see this
    assert one(before, [0.39] * 95 + [0.5] * 5).state == "alert"


def test_missing_values_have_a_bucket_and_a_rule() -> None:
    found = one([1.0] * 100, [1.0] * 50 + [None] * 50)
    assert (found.missing, found.missing_reference, found.state) == (0.5, 0.0, "alert")
    mild = one([1.0] * 1000, [1.0] * 940 + [None] * 60, DriftRule(warn=9, alert=9))
    assert mild.state == "warn"
    assert one([1.0] * 1000, [1.0] * 960 + [None] * 40, DriftRule(warn=9, alert=9)).state == "ok"


def test_what_is_no_number_is_missing() -> None:
    reference = freeze_reference(pd.DataFrame({"x": [1.0, nan]}), ["x"])
    assert reference["features"]["x"]["missing"] == 1


def test_unseen_categories_have_a_bucket() -> None:
    found = one(["a"] * 60 + ["b"] * 40, ["a"] * 60 + ["c"] * 40, categorical=["x"])
    assert found.unseen == 0.4
    assert found.psi == pytest.approx(
        (0.005 - 0.4) * log(0.005 / 0.4) + (0.4 - 0.005) * log(0.4 / 0.005)  # b is gone, c is new
    )
    assert found.state == "alert"


def test_rare_categories_are_known_though_counted_together() -> None:
    names = [f"c{n:03d}" for n in range(60)]
    told = freeze_reference(frame(x=names), ["x"], ["x"])["features"]["x"]
    assert (len(told["counts"]), told["other"], told["rare"]) == (50, 10, names[50:])
    assert one(names, names, categorical=["x"]).unseen == 0


def test_flags_are_categories_too() -> None:
    found = one([True, False, False, False], [True, True, False, False], categorical=["x"])
    assert found.psi == pytest.approx(0.25 * log(2) - 0.25 * log(2 / 3))


def test_decimals_are_numbers() -> None:
    values = pa.array([Decimal(n) for n in (1, 2, 3, 4)], pa.decimal128(10, 6))
    given = pd.DataFrame({"x": pd.Series(pd.arrays.ArrowExtensionArray(values))})
    assert freeze_reference(given, ["x"], bins=2)["features"]["x"]["edges"] == [2.0]


def test_too_few_rows_decide_nothing() -> None:
    assert one([1.0, 2.0], [5.0, 6.0], DriftRule(min_rows=3)).state == "too_few"
    nothing = one([1.0, 2.0], [5.0])
    assert nothing.psi is not None
    (none,) = psi(freeze_reference(frame(x=[1.0]), ["x"]), frame(x=[1.0]).iloc[:0])
    assert (none.psi, none.expected, none.state) == (None, None, "too_few")


def test_a_feature_that_is_gone_is_named() -> None:
    with pytest.raises(PermanentError, match="no x"):
        psi(freeze_reference(frame(x=[1.0]), ["x"]), frame(y=[1.0]))


def test_states_follow_the_rule_where_chance_is_small() -> None:
    before = ["a"] * 5000 + ["b"] * 5000
    states = [
        one(before, ["a"] * a + ["b"] * (10_000 - a), categorical=["x"]).state
        for a in (5000, 6200, 6700, 8000)
    ]
    assert states == ["ok", "ok", "warn", "alert"]


def drawn(seed: int, rows: int, reference_rows: int, bins: int) -> FeatureDrift:
    draw = np.random.default_rng(seed)
    reference = freeze_reference(pd.DataFrame({"x": draw.normal(size=reference_rows)}), ["x"], bins=bins)
    (found,) = psi(reference, pd.DataFrame({"x": draw.normal(size=rows)}), DriftRule(1e-9, 1e-9, 1, 1))
    return found


@pytest.mark.parametrize(("rows", "reference_rows"), [(100, 1000), (200, 200), (1000, 5000)])
def test_the_index_by_chance_is_what_chance_gives(rows: int, reference_rows: int) -> None:
    found = [drawn(seed, rows, reference_rows, bins=10) for seed in range(400)]
    indices = [drift.psi or 0 for drift in found]
    assert np.mean(indices) == pytest.approx(expected_by_chance(10, rows, reference_rows), rel=0.15)
    # without the limit, every one of these would have been an alert
    assert sum(drift.state == "alert" for drift in found) <= 4


def test_rows_that_belong_together_tell_chance_no_more_than_one() -> None:
    draw = np.random.default_rng(1)
    reference = freeze_reference(pd.DataFrame({"x": draw.normal(size=5000)}), ["x"])
    # one order of 400 lines beside a hundred of one line
    values = np.concatenate([draw.normal(size=100), np.full(400, 0.3)])
    rows = pd.DataFrame({"x": values, "order": [*range(100), *[100] * 400]})
    (alone,) = psi(reference, rows)
    (together,) = psi(reference, rows, together="order")
    assert (alone.state, together.state) == ("alert", "ok")
    assert alone.psi == together.psi
    assert together.expected == pytest.approx(9 * ((100 + 400**2) / 500**2 + 1 / 5000))
    singles = rows.assign(order=range(500), x=draw.normal(size=500) + 1)
    assert [psi(reference, singles, together=column)[0].state for column in (None, "order")] == ["alert"] * 2


def test_the_limit_by_chance_is_that_of_chi_squared() -> None:
    # the 99.865 % quantile of chi-squared over its degrees of freedom: 3 normal deviations
    for freedom, quantile in ((2, 13.22), (4, 17.80), (9, 27.10), (24, 49.06)):
        assert chance_limit(1.0, freedom + 1, 3.0) == pytest.approx(quantile / freedom, rel=0.03)
