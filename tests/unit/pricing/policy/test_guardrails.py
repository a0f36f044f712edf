"""Guardrails: percentiles of segments with a fallback, other limits beside them, and bands that keep to all."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from tests.unit.pricing.bu_config import bu_config
from tests.unit.pricing.feature_rows import feature_row, features, given

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.domain.pricing.policy.guardrails import Guarded, GuardrailPolicy
from work_data_hub.domain.pricing.policy.said import in_words

TEN = [f"0.{n:02d}" for n in range(1, 11)]


def band(*shares: float) -> Any:
    return np.array([[round(share * 1_000_000) for share in shares]], np.int64)


def applied(history: pd.DataFrame, rules: dict[str, Any], *shares: float, **line: Any) -> Guarded:
    policy = GuardrailPolicy.fit(history, bu_config({"min_lines": 1, **rules}))
    return policy.apply(band(*shares), features(feature_row(**line)))


def test_limits_are_discounts_that_were_given() -> None:
    policy = GuardrailPolicy.fit(given(*TEN), bu_config({"min_lines": 1}))
    limits = policy.limits
    assert limits.segment.to_pylist() == ["all", "tools", "tools|DE", "tools|DE|B", "tools|DE|B|10-99"]
    assert limits.support.tolist() == [10] * 5
    # the smallest value that so many lines do not exceed: 1, 8, 3, 5 and 8 of ten
    assert [v[4] for v in (limits.floor, limits.cap, limits.p25, limits.p50, limits.p75)] == [
        10_000,
        80_000,
        30_000,
        50_000,
        80_000,
    ]


def test_ranks_do_not_suffer_from_binary_floats() -> None:
    history = given(*(f"0.{n:03d}" for n in range(1, 101)))
    policy = GuardrailPolicy.fit(history, bu_config({"min_lines": 1, "floor_percentile": 0.07}))
    assert policy.limits.floor[0] == 7_000  # 0.07 * 100 is 7, in binary floats a little more


def test_lines_that_are_not_usable_teach_nothing() -> None:
    history = features(
        feature_row(1, discount_pct=Decimal("0.1")),
        feature_row(2, discount_pct=Decimal("0.9"), usable=False),
        feature_row(3, discount_pct=Decimal("0.9"), line_kind="quote"),
        feature_row(4, discount_pct=None),
    )
    policy = GuardrailPolicy.fit(history, bu_config())
    assert policy.limits.support.tolist() == [1] * 5
    assert policy.limits.cap.tolist() == [100_000] * 5


def test_without_past_lines_there_is_no_policy() -> None:
    with pytest.raises(PermanentError, match="no past line"):
        GuardrailPolicy.fit(given(), bu_config())


def test_a_thin_segment_takes_the_limits_of_the_next_wider_one() -> None:
    history = pd.concat([given(*TEN), given("0.5", "0.6", qty_band="1-9")], ignore_index=True)
    policy = GuardrailPolicy.fit(history, bu_config({"min_lines": 3}))
    limits = policy.limits
    at = limits.segment.to_pylist().index("tools|DE|B|1-9")
    wider = limits.segment.to_pylist().index("tools|DE|B")
    assert limits.thin.tolist() == [False, False, False, False, True, False]
    assert (limits.floor[at], limits.cap[at]) == (limits.floor[wider], limits.cap[wider])
    assert limits.p50[at] == 500_000  # what was given there stays told
    lines = features(feature_row(qty_band="1-9"), feature_row(qty_band="10-99"), feature_row(region="FR"))
    assert limits.segment.take(policy.limits.rows_of(lines, policy.keys)).to_pylist() == [
        "tools|DE|B",
        "tools|DE|B|10-99",
        "tools",
    ]


def test_a_unit_with_few_lines_has_limits_all_the_same() -> None:
    policy = GuardrailPolicy.fit(given("0.1", "0.2"), bu_config({"min_lines": 30}))
    assert policy.limits.thin.all()
    assert policy.limits.rows_of(given("0"), policy.keys).tolist() == [0]


def test_a_bar_within_a_value_is_not_the_next_key() -> None:
    history = features(
        *(feature_row(i, product_family="a|b", region="c") for i in range(3)),
        *(feature_row(i, product_family="a", region="b|c", discount_pct=Decimal("0.5")) for i in range(3)),
    )
    policy = GuardrailPolicy.fit(history, bu_config({"min_lines": 1}))
    assert sum(policy.limits.level == 2) == 2


def test_a_missing_key_is_named() -> None:
    with pytest.raises(PermanentError, match="no region"):
        GuardrailPolicy.fit(given("0.1").drop(columns="region"), bu_config())


@pytest.mark.parametrize(
    ("shares", "held", "code", "collapsed"),
    [
        ((0.02, 0.05, 0.07), (20_000, 50_000, 70_000), None, False),
        ((0.02, 0.05, 0.50), (20_000, 50_000, 80_000), "cap:segment@q0.9", False),
        ((0.00, 0.05, 0.50), (10_000, 50_000, 80_000), "cap:segment@q0.9; floor:segment@q0.1", False),
        ((0.30, 0.40, 0.50), (80_000, 80_000, 80_000), "cap:segment@q0.1,q0.5,q0.9", True),
        ((-0.3, -0.2, -0.1), (10_000, 10_000, 10_000), "floor:segment@q0.1,q0.5,q0.9", True),
        ((0.07, 0.05, 0.02), (20_000, 50_000, 70_000), None, False),
    ],
)
def test_bands_are_held_within_the_segment(
    shares: tuple[float, ...], held: tuple[int, ...], code: str | None, collapsed: bool
) -> None:
    guarded = applied(given(*TEN), {}, *shares)
    assert tuple(guarded.q[0]) == held
    assert guarded.bound_by.to_pylist() == [code]
    assert guarded.band_collapsed.tolist() == [collapsed]
    assert guarded.cap_hit.tolist() == ["cap" in (code or "")]
    assert guarded.floor_hit.tolist() == ["floor" in (code or "")]


def test_every_row_of_a_batch_has_the_code_of_its_own() -> None:
    bands = [
        (0.0, 0.05, 0.06),
        (0.0, 0.0, 0.06),
        (0.02, 0.3, 0.4),
        (0.02, 0.03, 0.4),
        (0.0, 0.3, 0.4),
        (0.02,) * 3,
    ]
    policy = GuardrailPolicy.fit(given(*TEN), bu_config({"min_lines": 1}))
    lines = features(*(feature_row(n) for n in range(len(bands))))
    batch = policy.apply(np.vstack([band(*shares) for shares in bands]), lines).bound_by.to_pylist()
    assert batch == [applied(given(*TEN), {}, *shares).bound_by[0].as_py() for shares in bands]
    assert len(set(batch)) == len(bands)


def test_absolute_limits_hold_where_they_are_narrower() -> None:
    guarded = applied(given(*TEN), {"abs_floor": "0.03", "abs_cap": "0.06"}, 0.02, 0.05, 0.07)
    assert tuple(guarded.q[0]) == (30_000, 50_000, 60_000)
    assert guarded.bound_by.to_pylist() == ["cap:absolute@q0.9; floor:absolute@q0.1"]
    wide = applied(given(*TEN), {"abs_floor": "-1", "abs_cap": "0.9"}, 0.0, 0.05, 0.5)
    assert wide.bound_by.to_pylist() == ["cap:segment@q0.9; floor:segment@q0.1"]


def test_the_margin_caps_where_the_cost_is_known() -> None:
    # cost 80 of 100 and a margin of 15 %: a price of at least 94.117…, so a discount of 0.058823, rounded down
    rules = {"min_margin": "0.15"}
    guarded = applied(given(*TEN), rules, 0.02, 0.05, 0.07, unit_cost=Decimal(80))
    assert tuple(guarded.q[0]) == (20_000, 50_000, 58_823)
    assert guarded.bound_by.to_pylist() == ["cap:margin@q0.9"]
    assert applied(given(*TEN), rules, 0.02, 0.05, 0.07).bound_by.to_pylist() == [None]


def test_where_the_margins_cap_lies_below_the_floor_the_cap_wins() -> None:
    guarded = applied(given(*TEN), {"min_margin": "0.1"}, 0.02, 0.05, 0.07, unit_cost=Decimal(120))
    assert tuple(guarded.q[0]) == (-333_334,) * 3  # 1 - 120 / 0.9 / 100, rounded down
    assert guarded.bounds.floor.tolist() == guarded.bounds.cap.tolist()
    assert guarded.bound_by.to_pylist() == ["cap:margin@q0.1,q0.5,q0.9; floor yields to cap"]
    assert in_words(guarded.bound_by[0].as_py()) == (
        "Cap for the margin bound P10, P50 and P90. The cap lies below the floor and wins."
    )


def test_a_whole_price_as_margin_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="min_margin"):
        GuardrailPolicy.fit(given(*TEN), bu_config({"min_margin": "1"}))


def test_bands_are_widened_around_their_median_first() -> None:
    rules = {"widen_factor_negotiated": 1.5, "widen_factor_default": 1.1}
    line = applied(given(*TEN), rules, 0.04, 0.05, 0.06)
    assert tuple(line.q[0]) == (39_000, 50_000, 61_000)
    contract = applied(given(*TEN), rules, 0.04, 0.05, 0.06, negotiated=True)
    assert tuple(contract.q[0]) == (35_000, 50_000, 65_000)


def test_the_version_tells_rules_and_limits_apart() -> None:
    one = GuardrailPolicy.fit(given(*TEN), bu_config())
    assert one.version == GuardrailPolicy.fit(given(*reversed(TEN)), bu_config()).version
    assert one.version != GuardrailPolicy.fit(given(*TEN, "0.9"), bu_config()).version
    assert one.version != GuardrailPolicy.fit(given(*TEN), bu_config({"abs_cap": "0.9"})).version
    assert len(one.version) == 12


SHARES = st.integers(-2_000_000, 2_000_000)
CENTS = st.decimals("-0.5", "0.9", places=2)


@settings(max_examples=25, deadline=None)
@for_all(
    past=st.lists(st.tuples(CENTS, st.sampled_from("AB")), min_size=1, max_size=40),
    asked=st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=8),
    rules=st.fixed_dictionaries(
        {"min_lines": st.integers(1, 20)},
        optional={"abs_floor": st.just("0.05"), "abs_cap": st.just("0.2"), "min_margin": st.just("0.1")},
    ),
    cost=st.none() | st.decimals(1, 200, places=2),
)
def test_held_bands_obey_their_limits(
    past: list[tuple[Decimal, str]],
    asked: list[tuple[int, int, int]],
    rules: dict[str, Any],
    cost: Decimal | None,
) -> None:
    history = features(*(feature_row(i, discount_pct=d, customer_tier=t) for i, (d, t) in enumerate(past)))
    policy = GuardrailPolicy.fit(history, bu_config(rules))
    lines = features(*(feature_row(i, unit_cost=cost, customer_tier="ABC"[i % 3]) for i in range(len(asked))))
    bands = np.array(asked, np.int64)
    guarded = policy.apply(bands, lines)
    low, high = guarded.bounds.floor[:, None], guarded.bounds.cap[:, None]
    assert (low <= guarded.q).all()
    assert (guarded.q <= high).all()
    assert (np.diff(guarded.q, axis=1) >= 0).all()
    again = policy.apply(guarded.q, lines)
    assert (again.q == guarded.q).all()
    assert not (again.cap_hit | again.floor_hit).any()
    ordered = np.sort(bands, axis=1)
    moved = (ordered != guarded.q).any(axis=1)
    assert (moved == (guarded.cap_hit | guarded.floor_hit)).all()
    assert (moved == guarded.bound_by.is_valid().to_numpy(zero_copy_only=False)).all()
    assert (guarded.cap_hit == (ordered > guarded.q).any(axis=1)).all()
    inside = ((low <= ordered) & (ordered <= high)).all(axis=1)
    assert (guarded.q[inside] == ordered[inside]).all()
    assert ((guarded.q[:, 0] == guarded.q[:, -1]) == guarded.band_collapsed).all()
