"""Diagnostics: figures that tie with hand calculation, quotes left out, and a reason for every verdict."""

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.pricing.bu_config import bu_config, pricing_config
from tests.unit.pricing.fake_model import FakeModel
from tests.unit.pricing.feature_rows import feature_row, features, frame_of, given

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.contracts.gold import PRICE_DIAGNOSTICS, PRICE_DRIFT
from work_data_hub.domain.pricing.diagnostics.build import make_price_diagnostics
from work_data_hub.domain.pricing.policy.guardrails import GuardrailPolicy
from work_data_hub.domain.pricing.scoring.pipeline import PriceInferencePipeline

CONFIG = bu_config({"min_lines": 1}, {"min_lines": 4})
POLICY = GuardrailPolicy.fit(given(*(f"0.{n:02d}" for n in range(1, 26))), CONFIG)  # floor 0.03, cap 0.19


def drift(*states: str) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "bu_id": "BU1",
            "period": date(2025, 3, 1),
            "feature": f"f{n}",
            "missing": 0.0,
            "missing_reference": 0.0,
            "unseen": 0.0,
            "line_count": 9,
            "state": state,
        }
        for n, state in enumerate(states)
    ]
    return frame_of(PRICE_DRIFT, rows)


def made(frame: pd.DataFrame, *states: str) -> Outcome:
    # P10, P50 and P90 are 0.08, 0.14 and 0.21, and the segment's cap brings P90 to 0.19
    scores, _ = PriceInferencePipeline(CONFIG, FakeModel(), POLICY, "abc").run(frame)
    frames = {"price_recs_line": scores, "order_features": frame, "price_drift": drift(*states)}
    return make_price_diagnostics(BuildContext(Period(2025, 3), frames, pricing_config(CONFIG), member="BU1"))


def of_unit(outcome: Outcome) -> dict[str, Any]:
    rows = outcome.accepted
    return {str(k): v for k, v in rows[(rows["dimension"] == "all").to_numpy(bool)].iloc[0].items()}


def sold(*discounts: str, **values: Any) -> pd.DataFrame:
    return given(*discounts, **values)


def test_figures_tie_with_hand_calculation() -> None:
    row = of_unit(made(sold("0.05", "0.10", "0.14", "0.20", "0.30")))
    assert (row["scored"], row["actuals"], row["model_version"]) == (5, 5, "abc")
    assert (row["coverage"], row["coverage_closed"]) == (pytest.approx(0.6), pytest.approx(0.6))
    assert (row["below"], row["above"]) == (pytest.approx(0.2), pytest.approx(0.2))
    assert row["mae"] == pytest.approx((0.09 + 0.04 + 0 + 0.06 + 0.16) / 5)
    assert row["width"] == pytest.approx(0.13)
    low = (0.9 * 0.03 + 0.1 * (0.02 + 0.06 + 0.12 + 0.22)) / 5
    middle = 0.5 * (0.09 + 0.04 + 0.06 + 0.16) / 5
    high = (0.1 * (0.16 + 0.11 + 0.07 + 0.01) + 0.9 * 0.09) / 5
    assert row["pinball"] == pytest.approx((low + middle + high) / 3)
    assert (row["cap_rate"], row["floor_rate"]) == (1.0, 0.0)
    assert row["adoption"] == pytest.approx(0.4)  # 0.10 and 0.14 lie within 0.08 to 0.19
    assert row["distance"] == pytest.approx((-0.09 - 0.04 + 0 + 0.06 + 0.16) / 5)
    assert row["mean_discount"] == Decimal("0.158")


def test_on_an_atom_coverage_is_shared_out_by_lot() -> None:
    # all lie on P90: closed says all are covered, by lot so many are that P90 holds nine in ten
    row = of_unit(made(sold(*["0.21"] * 10)))
    assert row["coverage_closed"] == 1.0
    assert row["coverage"] == pytest.approx(0.9)


def test_rows_are_by_unit_and_by_each_key() -> None:
    frame = pd.concat([sold("0.1", "0.1"), sold("0.1", region="FR").assign(order_id="X")], ignore_index=True)
    rows = made(frame).accepted
    found = {(d, s): n for d, s, n in zip(rows["dimension"], rows["segment"], rows["scored"], strict=True)}
    assert found == {
        ("all", "all"): 3,
        ("product_family", "tools"): 3,
        ("region", "DE"): 2,
        ("region", "FR"): 1,
        ("customer_tier", "B"): 3,
        ("qty_band", "10-99"): 3,
    }
    kept = [(c.name, c.dtype) for c in PRICE_DIAGNOSTICS.columns if c.role is not Role.STAMP]
    assert [(str(n), pa.array(rows[n]).type) for n in rows.columns] == kept


def test_quotes_and_lines_that_are_not_usable_are_no_actuals() -> None:
    row = of_unit(
        made(
            features(
                feature_row(1),
                feature_row(2, usable=False, discount_pct=Decimal(1)),
                feature_row(3, line_kind="quote", discount_pct=None, usable=False),
                # an order of a quote's id is another line
                feature_row(3, discount_pct=Decimal("0.1")),
            )
        )
    )
    assert (row["scored"], row["actuals"]) == (3, 2)


def test_without_actuals_nothing_is_said_of_them() -> None:
    row = of_unit(made(features(feature_row(1, usable=False, discount_pct=None))))
    assert row["coverage"] is pd.NA
    assert row["mean_discount"] is pd.NA
    assert (row["retrain"], row["retrain_reason"]) == (
        False,
        "0 actuals of 4 that a verdict on coverage needs",
    )


@pytest.mark.parametrize(
    ("discounts", "states", "asked", "reason"),
    [
        (["0.1"] * 4 + ["0.3"], ("ok",), False, "coverage 0.800 lies within 0.7 to 0.9"),
        (["0.1", "0.3", "0.3", "0.3"], (), True, "coverage 0.250 lies outside 0.7 to 0.9"),
        (["0.1"] * 4, (), True, "coverage 1.000 lies outside 0.7 to 0.9"),
        (["0.1"] * 4, ("alert",), True, "coverage 1.000 lies outside 0.7 to 0.9; drift of f0"),
        # the bands hold although an input drifted
        (["0.1"] * 4 + ["0.3"], ("alert",), False, "coverage 0.800 lies within 0.7 to 0.9; drift of f0"),
        (["0.3"] * 3, ("warn",), False, "3 actuals of 4 that a verdict on coverage needs"),
        (["0.3"] * 3, ("ok", "alert"), True, "drift of f1; 3 actuals of 4 that a verdict on coverage needs"),
    ],
)
def test_a_retrain_is_asked_for_with_its_reason(
    discounts: list[str], states: tuple[str, ...], asked: bool, reason: str
) -> None:
    outcome = made(sold(*discounts), *states)
    row = of_unit(outcome)
    assert (row["retrain"], row["retrain_reason"]) == (asked, reason)
    assert bool(outcome.warnings) == asked
    segment = outcome.accepted.iloc[1]
    assert "drift" not in segment["retrain_reason"]


def test_a_month_without_scores_has_no_diagnostics() -> None:
    assert made(features()).accepted.empty
    assert made(features(feature_row(1, line_kind="quote"))).accepted.empty
