"""Training as a whole: judged on later deals, refused where a feature tells the target."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np
import pandas as pd
import pytest
from tests.unit.pricing.training.lines import (
    EchoLearner,
    FamilyLearner,
    FamilyQuantiles,
    history,
    unit,
)

from work_data_hub.domain.pricing.contracts.feature import FEATURES
from work_data_hub.domain.pricing.ports import Floats, Regressor
from work_data_hub.domain.pricing.training.errors import LeakageError, NotEnoughHistoryError
from work_data_hub.domain.pricing.training.pipeline import PriceTrainingPipeline


def test_a_training_gives_model_features_target_and_metrics() -> None:
    result = PriceTrainingPipeline(unit(), FamilyLearner()).fit(history())
    assert result.feature_columns == FEATURES
    assert result.target_column == "discount_pct"
    assert result.model.facts["lines"] == 360
    metrics = result.metrics
    assert metrics["train_lines"] + metrics["test_lines"] == 360
    assert metrics["test_lines"] == pytest.approx(72, abs=6)
    assert metrics["pinball"] < metrics["segment_quantiles"]["pinball"]
    assert set(metrics["by"]) == {"customer_tier", "product_family", "region"}
    assert metrics["by"]["product_family"]["tools"]["lines"] > 0
    assert 0 < metrics["coverage"] <= 1
    assert set(metrics["calibration"]) == {"q_0_10", "q_0_50", "q_0_90"}
    assert metrics["last_period"]["lines"] == metrics["test_lines"]


def test_the_order_of_rows_changes_nothing() -> None:
    frame = history()
    pipeline = PriceTrainingPipeline(unit(), FamilyLearner())
    once, again = pipeline.fit(frame), pipeline.fit(frame.sample(frac=1, random_state=2))
    assert once.model.to_content() == again.model.to_content()
    assert once.metrics == again.metrics


class Watching(FamilyQuantiles):
    """A Regressor that keeps the rows it was shown."""

    seen: list[set[int]] = []  # noqa: RUF012

    def fit(self, features: pd.DataFrame, target: Floats, categorical: Sequence[str]) -> Self:
        self.seen.append(set(np.round(target * 1e6).astype(int).tolist()))
        assert list(features.columns) == list(FEATURES)
        assert categorical == FEATURES[:5]
        return super().fit(features, target, categorical)


class WatchingLearner(FamilyLearner):
    """A Learner of regressors that keep what they were shown."""

    def new(self, params: object, seed: int) -> Regressor:
        return Watching({**params, "seed": seed})  # type: ignore[dict-item]


def test_the_examined_model_never_saw_a_later_deal() -> None:
    Watching.seen.clear()
    frame = history()
    exam = PriceTrainingPipeline(unit(), WatchingLearner()).fit(frame).exam
    later = set(np.round(exam.test.target * 1e6).astype(int).tolist())
    earlier = set(np.round(exam.train.target * 1e6).astype(int).tolist())
    folds = Watching.seen[:3]
    assert set().union(*folds) == earlier
    assert not set().union(*folds) & (later - earlier)
    assert all(fold < earlier for fold in folds)
    # no fold model saw a part of a deal that calibrates it
    shown = np.round(exam.train.target * 1e6).astype(int)
    for fold in folds:
        inside = np.isin(shown, list(fold))
        assert all(len(set(inside[exam.train.deals == deal])) == 1 for deal in set(exam.train.deals))
    # the model that is handed over learnt from all of them
    assert later <= set().union(*Watching.seen[3:])
    assert exam.train.days.max() < exam.test.days.min()
    assert not set(exam.train.frame["order_id"]) & set(exam.test.frame["order_id"])


def test_sell_price_among_the_features_is_refused() -> None:
    frame = history().assign(sell_price=1.0)
    with pytest.raises(LeakageError, match="sell_price"):
        PriceTrainingPipeline(unit(), FamilyLearner(), (*FEATURES, "sell_price")).fit(frame)


def test_a_model_that_is_too_good_is_refused() -> None:
    frame = history()
    told = frame.assign(pair_last_discount=frame["discount_pct"].astype("double[pyarrow]"))
    with pytest.raises(LeakageError, match="tells the target"):
        PriceTrainingPipeline(unit(), EchoLearner()).fit(told)
    # one that says a constant is bad, but tells nothing
    PriceTrainingPipeline(unit(), EchoLearner()).fit(frame)


def test_a_target_that_never_changes_is_no_leak() -> None:
    frame = history()
    one = frame.assign(discount_pct=frame["discount_pct"].iloc[0]).astype(
        {"discount_pct": frame["discount_pct"].dtype}
    )
    result = PriceTrainingPipeline(unit(), FamilyLearner()).fit(one)
    assert result.metrics["r_squared"] is None
    assert result.metrics["collapsed"] == 1.0
    assert result.metrics["coverage"] == pytest.approx(0.8)


def test_too_few_lines_days_or_deals_are_told() -> None:
    few = unit(min_lines=400)
    with pytest.raises(NotEnoughHistoryError, match="not enough history: 360 usable lines"):
        PriceTrainingPipeline(few, FamilyLearner()).fit(history())
    with pytest.raises(NotEnoughHistoryError, match="1 day"):
        PriceTrainingPipeline(unit(), FamilyLearner()).fit(history(days=1))
    with pytest.raises(NotEnoughHistoryError, match="1 deal"):
        PriceTrainingPipeline(unit(), FamilyLearner()).fit(history(deals=2, lines=80, days=2))


def test_the_test_may_begin_where_another_model_stopped_learning() -> None:
    pipeline = PriceTrainingPipeline(unit(), FamilyLearner())
    usual = pipeline.fit(history()).exam
    later = pipeline.fit(history(), test_from=int(usual.test.days.max()) - 3).exam
    assert len(later.test) < len(usual.test)
    assert replace(later, bands=usual.bands).train.days.max() == later.test.days.min() - 1
