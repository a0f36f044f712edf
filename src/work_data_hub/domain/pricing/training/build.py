"""The month's price bands: trained on what was sold before the month, judged, and handed over with the verdict."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.models import Judgement, ModelVersion, Trained
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.contracts.feature import CATEGORICAL, FEATURES, ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS
from work_data_hub.domain.pricing.features.manifest import feature_manifest
from work_data_hub.domain.pricing.policy.rows import no_rows
from work_data_hub.domain.pricing.ports import Learner
from work_data_hub.domain.pricing.readiness.contracts import refuse
from work_data_hub.domain.pricing.training.errors import NotEnoughHistoryError
from work_data_hub.domain.pricing.training.judging import judged, unseen_from
from work_data_hub.domain.pricing.training.model import PriceModel
from work_data_hub.domain.pricing.training.pipeline import PriceTrainingPipeline, PriceTrainingResult
from work_data_hub.domain.pricing.training.rows import NEEDED, TrainingRows

_HISTORY: Final = InputRef(
    ORDER_FEATURES, history=True, columns=tuple(dict.fromkeys(("bu_id", "period", *NEEDED, *FEATURES)))
)
PRICE_BANDS_INPUTS: Final = (_HISTORY,)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a training made: the result, the version that all rows make, and its verdict."""

    result: PriceTrainingResult
    version: ModelVersion
    judgement: Judgement


def price_bands(learner: Learner) -> Callable[[BuildContext], Outcome]:
    """Give the build of price_bands that learns with a learner."""

    def make(context: BuildContext) -> Outcome:
        """Train and judge the month's challenger of a business unit, where one is due."""
        return _make_bands(context, learner)

    return make


def _make_bands(context: BuildContext, learner: Learner) -> Outcome:
    config: BuConfig = context.config.unit(context.member)
    refuse(config.training.scenario)
    history = context.frames.get(_HISTORY.name)
    if history is None or history.empty:
        return _none(0, "no order lines before this month")
    rows = TrainingRows.of(history)
    wait = waiting(rows, context.period, config)
    if wait:
        return _none(len(history), wait)
    try:
        made = _trained(_recent(rows, context.period, config), context, config, learner)
    except NotEnoughHistoryError as error:
        return _none(len(history), f"{error.what}; expected {error.expected}")
    return _outcome(made, context, len(history))


def waiting(rows: TrainingRows, month: Period, config: BuConfig) -> str | None:
    """Say why no model is due in a month: history is too short, or the last one was made not long enough ago."""
    fewest, every = config.training.min_lines, config.training.every_months
    if len(rows) < fewest:
        return f"not enough history: {len(rows)} usable lines; expected {fewest} (training.min_lines)"
    first = rows.months_until(fewest).next()
    since = (month.year - first.year) * 12 + month.month - first.month
    if since % every:
        return f"not due: every {every} months from {first}"
    return None


def _recent(rows: TrainingRows, month: Period, config: BuConfig) -> TrainingRows:
    """Leave out what is older than a model may learn from."""
    months = config.training.history_months
    return rows.since(month.shift(-months)) if months else rows


def _trained(rows: TrainingRows, context: BuildContext, config: BuConfig, learner: Learner) -> _Made:
    champion = context.champion
    incumbent = _read(champion, learner) if champion else None
    start = unseen_from(rows, incumbent)
    result = PriceTrainingPipeline(config, learner).fit(rows.frame, test_from=start)
    version = ModelVersion(
        config.model_name, result.model.to_content(), _about(result, config, context.period)
    )
    judgement = judged(result, version.version, champion, config, learner, withdrawn=context.withdrawn)
    return _Made(result, version, judgement)


def _read(champion: ModelVersion, learner: Learner) -> PriceModel:
    return PriceModel.from_content(champion.content, learner)


def _about(result: PriceTrainingResult, config: BuConfig, month: Period) -> Mapping[str, Any]:
    """Say what is known of the model, in plain JSON values."""
    facts = result.model.facts
    return {
        "bu_id": config.bu_id,
        "scenario": config.training.scenario,
        "month": month.key,
        "experiment": config.experiment_name,
        "features": list(result.feature_columns),
        "categorical": list(CATEGORICAL),
        "manifest": [asdict(note) for note in feature_manifest()],
        "target": result.target_column,
        "quantiles": list(result.model.quantiles),
        "feature_version": ORDER_FEATURES.version,
        "params": {
            **result.model.members[0].get_params(),
            "folds": facts["folds"],
            "quantiles": list(result.model.quantiles),
        },
        "seed": facts["seed"],
        "lines": facts["lines"],
        "trained_from": facts["trained_from"],
        "trained_until": facts["trained_until"],
        "rows": facts["rows"],
        "calibration": result.model.calibration.as_json(),
        "importances": result.model.importances(),
        "metrics": dict(result.metrics),
    }


def _outcome(made: _Made, context: BuildContext, read: int) -> Outcome:
    row = _row(made, context)
    metrics = {name: value for name, value in made.result.metrics.items() if isinstance(value, int | float)}
    facts = {
        "metrics": metrics,
        "verdict": str(made.judgement.verdict),
        "reason": made.judgement.reason,
        "model_version": made.version.version,
        "trained_until": made.version.about["trained_until"],
        "test_from": made.result.metrics["test_from"],
        "importances": made.version.about["importances"],
        "calibration": made.result.metrics["calibration"],
    }
    return Outcome(_frame(row), Counts(read, 1), facts=facts, trained=Trained(made.version, made.judgement))


def _row(made: _Made, context: BuildContext) -> dict[str, Any]:
    metrics, judgement = made.result.metrics, made.judgement
    rival = judgement.evidence["candidates"]["incumbent"]
    figures = {name: metrics[name] for name in ("pinball", "coverage", "width", "mae", "rmse", "mape")}
    return {
        "bu_id": context.member,
        "period": context.period.start,
        "model_name": made.version.name,
        "model_version": made.version.version,
        "verdict": str(judgement.verdict),
        "reason": judgement.reason,
        "incumbent_version": judgement.incumbent,
        "train_lines": metrics["train_lines"],
        "test_lines": metrics["test_lines"],
        **figures,
        "pinball_incumbent": rival["loss"] if rival else None,
        "pinball_naive": metrics["segment_quantiles"]["pinball"],
        "repaired": metrics["repaired"],
        "rows_fingerprint": judgement.rows,
        "importances": json.dumps(made.version.about["importances"]),
        "calibration": json.dumps(metrics["calibration"]),
    }


def _frame(row: Mapping[str, Any]) -> pd.DataFrame:
    fields = [f for f in PRICE_BANDS.arrow_schema if PRICE_BANDS.column(f.name).role is not Role.STAMP]
    return to_pandas(pa.Table.from_pylist([dict(row)], schema=pa.schema(fields)))


def _none(read: int, why: str) -> Outcome:
    """Give no row and no model, with the reason."""
    return Outcome(
        no_rows(PRICE_BANDS), Counts(read, 0, skipped=read), facts={"trained": False, "why_not": why}
    )
