"""Drift of a month against what its champion learnt from."""

import json
from typing import Any

import pandas as pd
import pyarrow as pa
from tests.unit.pricing.bu_config import bu_config, pricing_config
from tests.unit.pricing.feature_rows import given

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.models import ModelVersion
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.drift import freeze_reference
from work_data_hub.domain.pricing.contracts.feature import CATEGORICAL, FEATURES, TARGET
from work_data_hub.domain.pricing.contracts.gold import PRICE_DRIFT
from work_data_hub.domain.pricing.diagnostics.drift import make_price_drift

CONFIG = bu_config(drift={"min_lines": 50})
BEFORE = given(*(f"0.{n:02d}" for n in range(1, 61)))


def champion(frame: pd.DataFrame = BEFORE) -> ModelVersion:
    reference = freeze_reference(frame, (*FEATURES, TARGET), (*CATEGORICAL, "negotiated"), 10)
    return ModelVersion("price_rec_BU1", json.dumps({"reference": reference}))


def made(lines: pd.DataFrame, model: ModelVersion | None) -> Outcome:
    frames = {"order_features": lines}
    return make_price_drift(
        BuildContext(Period(2025, 3), frames, pricing_config(CONFIG), member="BU1", champion=model)
    )


def states(outcome: Outcome) -> dict[str, Any]:
    return dict(zip(outcome.accepted["feature"], outcome.accepted["state"], strict=True))


def test_the_same_lines_have_not_drifted() -> None:
    outcome = made(BEFORE, champion())
    assert set(states(outcome)) == {*FEATURES, TARGET}
    assert set(states(outcome).values()) == {"ok"}
    kept = [(c.name, c.dtype) for c in PRICE_DRIFT.columns if c.role is not Role.STAMP]
    assert [(str(n), pa.array(outcome.accepted[n]).type) for n in outcome.accepted.columns] == kept


def test_what_drifted_is_named() -> None:
    outcome = made(given(*["0.6"] * 60, country="FR", cust_lines_365=None, negotiated=True), champion())
    drifted = {name for name, state in states(outcome).items() if state == "alert"}
    assert drifted == {"country", "cust_lines_365", TARGET, "negotiated"}
    row = outcome.accepted.set_index("feature").loc["country"]
    assert row["unseen"] == 1.0
    assert outcome.facts["drifted"] == [name for name in states(outcome) if name in drifted]
    assert outcome.warnings == ()


def test_lines_that_models_do_not_learn_from_are_left_out() -> None:
    others = given(*["0.9"] * 60, usable=False, country="FR")
    outcome = made(pd.concat([BEFORE, others], ignore_index=True), champion())
    assert set(states(outcome).values()) == {"ok"}
    assert outcome.accepted["line_count"].iloc[0] == 60


def test_few_lines_decide_nothing() -> None:
    assert set(states(made(given("0.6"), champion())).values()) == {"too_few"}
    assert set(states(made(given(), champion())).values()) == {"too_few"}


def test_without_a_reference_drift_is_not_known() -> None:
    for model in (None, ModelVersion("price_rec_BU1", "{}")):
        outcome = made(BEFORE, model)
        assert outcome.accepted.empty
        assert "not known" in str(outcome.facts["why_not"])
