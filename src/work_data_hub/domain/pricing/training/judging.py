"""The verdict on a month's challenger: itself, the champion before it and naive bands, on rows none has seen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np

from work_data_hub.domain.kernel.models import Judgement, ModelVersion
from work_data_hub.domain.pipelines.champions import Candidate, PromotionRule, judge
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.ports import Learner
from work_data_hub.domain.pricing.training.bands import GROUP
from work_data_hub.domain.pricing.training.metrics import by_group
from work_data_hub.domain.pricing.training.model import PriceModel
from work_data_hub.domain.pricing.training.pipeline import PriceTrainingResult
from work_data_hub.domain.pricing.training.rows import TrainingRows, day_number

NAIVE: Final = "segment quantiles"
# fewer lines that neither model has seen say too little
FEWEST_UNSEEN: Final = 200


def unseen_from(rows: TrainingRows, incumbent: PriceModel | None) -> int | None:
    """Give the first day of the test: no line of it has the incumbent seen, where enough lines follow its training.

    Of these lines the earlier half is left to the challenger: one that learns from what the incumbent learnt from
    is the incumbent again, and nothing is judged.
    """
    if incumbent is None:
        return None
    start = day_number(_trained_until(incumbent)) + 1
    unseen = np.sort(rows.days[rows.days >= start])
    if len(unseen) < FEWEST_UNSEEN:
        return None
    middle = int(unseen[len(unseen) // 2])
    return middle if int((unseen >= middle).sum()) >= FEWEST_UNSEEN else start


def judged(
    result: PriceTrainingResult,
    version: str,
    incumbent: ModelVersion | None,
    config: BuConfig,
    learner: Learner,
    *,
    withdrawn: tuple[str, ...] = (),
) -> Judgement:
    """Judge the challenger, by what it learnt from earlier deals alone, under the version that all rows make."""
    exam, rule = result.exam, config.training.promotion
    other = PriceModel.from_content(incumbent.content, learner) if incumbent else None
    rival = _incumbent(result, incumbent.version, other) if incumbent and other else None
    judgement = judge(
        challenger=_candidate(version, _told(result.metrics)),
        incumbent=rival,
        naive=_candidate(NAIVE, exam.measures(exam.naive)),
        rule=PromotionRule(rule.margin, rule.naive_margin, rule.coverage),
        rows=exam.test.fingerprint,
        withdrawn=withdrawn,
    )
    more = {
        "last_period": exam.measures(exam.last_period),
        "learnt_until": exam.model.facts["trained_until"],
        "test_from": result.metrics["test_from"],
        "incumbent_had_seen": _seen(exam.test, other) if other else 0,
    }
    return replace(judgement, evidence={**judgement.evidence, **more})


def _incumbent(result: PriceTrainingResult, version: str, model: PriceModel) -> Candidate:
    exam = result.exam
    q = model.predict_bands(exam.test.frame).q
    tiers = by_group(exam.test.target, q, model.quantiles, exam.tiers)
    return _candidate(version, {**exam.measures(q), "by_tier": tiers})


def _candidate(name: str, figures: Mapping[str, Any]) -> Candidate:
    return Candidate(name, figures["pinball"], figures["coverage"], figures)


def _told(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Give the challenger's own figures, overall and per tier."""
    apart = ("by", "segment_quantiles", "last_period")
    kept = {name: value for name, value in metrics.items() if name not in apart}
    return {**kept, "by_tier": metrics["by"][GROUP]}


def _seen(test: TrainingRows, incumbent: PriceModel) -> int:
    """Count the test lines that lie within what the incumbent learnt from: to its advantage."""
    return int(np.count_nonzero(test.days <= day_number(_trained_until(incumbent))))


def _trained_until(model: PriceModel) -> date:
    return date.fromisoformat(model.facts["trained_until"])
