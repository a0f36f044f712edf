"""The month's scores: with a champion, without one, and what is read for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from tests.unit.pricing.bu_config import bu_config, pricing_config
from tests.unit.pricing.feature_rows import feature_row, features, given

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.models import ModelVersion
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.contracts.feature import FEATURES
from work_data_hub.domain.pricing.policy.build import make_price_limits
from work_data_hub.domain.pricing.ports import Regressor
from work_data_hub.domain.pricing.scoring.build import (
    PRICE_RECS_LINE_INPUTS,
    make_price_recs_deal,
    make_price_recs_line,
)
from work_data_hub.domain.pricing.training.bands import Calibration
from work_data_hub.domain.pricing.training.model import PriceModel

CONFIG = bu_config()
Floats = npt.NDArray[np.float64]


@dataclass
class FlatRegressor:
    """Says the same of every row."""

    bands: tuple[float, ...] = (0.05, 0.1, 0.2)

    def fit(self, features: pd.DataFrame, target: Floats, categorical: Sequence[str]) -> Self:
        return self

    def predict(self, features: pd.DataFrame) -> Floats:
        return np.full(len(features), self.bands[1])

    def predict_quantiles(self, features: pd.DataFrame, quantiles: Sequence[float]) -> Floats:
        return np.tile(self.bands, (len(features), 1))

    def get_params(self) -> Mapping[str, Any]:
        return {}

    def set_params(self, **params: Any) -> Self:
        return self


class FlatLearner:
    """Keeps a flat regressor as a word."""

    def new(self, params: Mapping[str, Any], seed: int) -> Regressor:
        return FlatRegressor()

    def dump(self, regressor: Regressor) -> str:
        return "flat"

    def load(self, text: str) -> Regressor:
        assert text == "flat"
        return FlatRegressor()

    def contributions(self, regressor: Regressor, features: pd.DataFrame, quantile: float) -> Floats:
        return np.tile(np.linspace(0.001, 0.024, len(FEATURES) + 1), (len(features), 1))

    def importances(self, regressor: Regressor) -> Mapping[str, float]:
        return dict.fromkeys(FEATURES, 1.0)


def champion() -> ModelVersion:
    calibration = Calibration((-0.01, 0.0, 0.01), {}, {})
    model = PriceModel(FEATURES, (0.1, 0.5, 0.9), calibration, (FlatRegressor(),), FlatLearner())
    return ModelVersion("price_rec_BU1", model.to_content())


def context(frames: Mapping[str, pd.DataFrame], model: ModelVersion | None = None) -> BuildContext:
    return BuildContext(Period(2025, 3), frames, pricing_config(CONFIG), member="BU1", champion=model)


def limits(*discounts: str) -> pd.DataFrame:
    return make_price_limits(context({"order_features@before": given(*discounts)})).accepted


def scored(lines: pd.DataFrame, model: ModelVersion | None, held: pd.DataFrame | None = None) -> Outcome:
    held = limits(*(f"0.{n:02d}" for n in range(1, 41))) if held is None else held
    return make_price_recs_line(FlatLearner())(
        context({"order_features": lines, "price_limits": held}, model)
    )


def metrics(outcome: Outcome) -> Mapping[str, Any]:
    found = outcome.facts["metrics"]
    assert isinstance(found, Mapping)
    return found


def test_the_champion_scores_the_month() -> None:
    model = champion()
    outcome = scored(features(feature_row(1), feature_row(2, line_kind="quote")), model)
    rows = outcome.accepted
    assert (outcome.counts.read, outcome.counts.published) == (2, 2)
    assert set(rows["model_version"]) == {model.version}
    assert rows["raw_q_0_90"].astype(float).tolist() == [0.21, 0.21]
    assert rows["calibration_offset"].round(6).tolist() == [0.02, 0.02]
    assert outcome.facts["model_version"] == model.version
    assert metrics(outcome)["scored"] == 2
    assert outcome.facts["policy_version"] == rows["policy_version"].iloc[0]


def test_without_a_champion_nothing_is_scored_and_it_is_said() -> None:
    outcome = scored(features(feature_row(1), feature_row(2)), None)
    assert outcome.accepted.empty
    assert (outcome.counts.read, outcome.counts.published, outcome.counts.skipped) == (2, 0, 2)
    assert outcome.counts.balanced
    assert outcome.facts == {"metrics": {"scored": 0, "unscored": 2}}
    assert outcome.warnings == ("no model has been promoted for this month: nothing is scored (2 lines)",)


def test_without_limits_nothing_is_scored_and_it_is_said() -> None:
    outcome = scored(features(feature_row(1)), champion(), limits())
    assert outcome.accepted.empty
    assert "no limits" in outcome.warnings[0]


def test_a_month_without_lines_has_no_scores() -> None:
    outcome = scored(features(), champion())
    assert outcome.accepted.empty
    assert outcome.warnings == ()


def test_what_a_line_was_sold_for_is_not_read() -> None:
    ref = PRICE_RECS_LINE_INPUTS[0]
    assert ref.scope(Period(2025, 3), "BU1").key == "bu_id=BU1,period=2025-03-01"
    assert not {"discount_pct", "usable", "sell_price"} & set(ref.columns)
    read = features(feature_row(1))[list(ref.columns)]
    assert len(scored(read, champion()).accepted) == 1


def test_deals_come_from_the_months_lines() -> None:
    lines = scored(features(feature_row(1), feature_row(2)), champion()).accepted
    outcome = make_price_recs_deal(context({"price_recs_line": lines}))
    assert metrics(outcome)["deals"] == 2
    assert outcome.accepted["model_version"].tolist() == lines["model_version"].tolist()
    none = make_price_recs_deal(context({"price_recs_line": lines.iloc[:0]}))
    assert none.accepted.empty


def test_deals_of_no_value_are_counted() -> None:
    lines = scored(features(feature_row(1, list_value=0), feature_row(2)), champion()).accepted
    outcome = make_price_recs_deal(context({"price_recs_line": lines}))
    assert metrics(outcome)["deals_without_value"] == 1
    assert "no band: 1" in outcome.warnings[0]
