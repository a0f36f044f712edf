"""How a model of bands is learnt: a model per fold of deals, calibrated on the rows that each has not seen."""

from typing import Any

import numpy as np

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.drift import freeze_reference
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.contracts.feature import FLAGS, TARGET
from work_data_hub.domain.pricing.ports import Learner
from work_data_hub.domain.pricing.training.bands import GROUP, Calibration, in_order
from work_data_hub.domain.pricing.training.model import PriceModel
from work_data_hub.domain.pricing.training.rows import TrainingRows, day_of, feature_frame, texts_among
from work_data_hub.domain.pricing.training.split import deal_folds


def fit_model(
    rows: TrainingRows, config: BuConfig, learner: Learner, features: tuple[str, ...]
) -> PriceModel:
    """Learn from all rows: every one is seen by all fold models but one, and calibrates that one."""
    rules = config.training
    frame, texts = feature_frame(rows.frame, features), texts_among(features)
    params = {**rules.learner, "quantiles": rules.quantiles}
    fold = deal_folds(rows.deals, rules.folds, rules.random_state)
    unseen = np.empty((len(rows), len(rules.quantiles)))
    members = []
    for number in range(int(fold.max()) + 1):
        away = fold == number
        member = learner.new(params, rules.random_state + number)
        member.fit(frame[~away], rows.target[~away], texts)
        unseen[away] = member.predict_quantiles(frame[away], rules.quantiles)
        members.append(member)
    calibration = Calibration.learn(
        in_order(unseen)[0],
        rows.target,
        arrow(rows.frame, GROUP),
        rules.quantiles,
        rules.calibration_shrinkage,
    )
    return PriceModel(
        features,
        rules.quantiles,
        calibration,
        tuple(members),
        learner,
        _facts(rows, config),
        _reference(rows, config, features),
    )


def _facts(rows: TrainingRows, config: BuConfig) -> dict[str, Any]:
    rules = config.training
    return {
        "bu_id": config.bu_id,
        "target": TARGET,
        "lines": len(rows),
        "deals": len(np.unique(rows.deals)),
        "trained_from": day_of(int(rows.days.min())).isoformat(),
        "trained_until": day_of(int(rows.days.max())).isoformat(),
        "rows": rows.fingerprint,
        "seed": rules.random_state,
        "folds": rules.folds,
        "learner": dict(rules.learner),
    }


def _reference(rows: TrainingRows, config: BuConfig, features: tuple[str, ...]) -> dict[str, Any]:
    """Freeze how inputs and target were spread, for later comparisons."""
    categorical = (*texts_among(features), *(name for name in FLAGS if name in features))
    return freeze_reference(rows.frame, (*features, TARGET), categorical, config.drift.bins)
