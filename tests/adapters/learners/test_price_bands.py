"""The price desk's training on the real learner: repeatable, better than naive bands, collapsed where it must be."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.pricing.feature_rows import features
from tests.unit.pricing.training.lines import FIRST, history, line, unit

from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.training.model import PriceModel
from work_data_hub.domain.pricing.training.pipeline import PriceTrainingPipeline
from work_data_hub.io.learners.gbm import GbmLearner

LEARNER = GbmLearner()


def small(**training: object) -> BuConfig:
    return unit(learner={"n_estimators": 30, "quantile_estimators": 15, "num_leaves": 4}, **training)


def test_two_trainings_are_one_version_and_beat_naive_bands() -> None:
    frame = history()
    once, again = (PriceTrainingPipeline(small(), LEARNER).fit(frame) for _ in range(2))
    assert once.model.to_content() == again.model.to_content()
    assert once.metrics["pinball"] < once.metrics["segment_quantiles"]["pinball"]
    assert once.metrics["coverage"] == pytest.approx(0.8, abs=0.12)


def test_the_model_comes_back_from_its_text() -> None:
    frame = history()
    model = PriceTrainingPipeline(small(), LEARNER).fit(frame).model
    again = PriceModel.from_content(model.to_content(), LEARNER)
    assert np.array_equal(again.predict_bands(frame).q, model.predict_bands(frame).q)
    told = again.drivers(frame[:5], top=2)
    assert told.names.shape == (5, 2)
    assert (np.abs(told.effects[:, 0]) >= np.abs(told.effects[:, 1])).all()
    # of features that can tell anything, the others are constant
    assert set(told.names.ravel()) <= {"product_family", "customer_tier"}


def shared(lines: int = 600) -> pd.DataFrame:
    """All but a few lines have one discount."""
    draw = np.random.default_rng(4)
    days = pd.date_range(FIRST, periods=60).date
    return features(
        *(
            line(i, 1, days[i * 60 // lines], 0.4 if draw.random() < 0.95 else float(draw.uniform(0.1, 0.7)))
            for i in range(lines)
        )
    )


def test_bands_collapse_on_a_discount_that_nearly_all_lines_share() -> None:
    result = PriceTrainingPipeline(small(), LEARNER).fit(shared())
    bands = result.exam.bands
    assert (bands.q == 0.4).all()
    assert not bands.offsets.any()
    assert not bands.repaired.any()
    assert result.metrics["collapsed"] == 1.0
    assert result.metrics["coverage"] == pytest.approx(0.8, abs=0.05)
    assert result.metrics["coverage_closed"] > 0.9
