"""The month's diagnostics: a row for the unit and for each segment by each single key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import RATE, TEXT, Role
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.exact import decimals
from work_data_hub.domain.pricing.config import SEGMENT_KEYS, DriftRules
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES, TARGET
from work_data_hub.domain.pricing.contracts.gold import PRICE_DIAGNOSTICS, PRICE_DRIFT
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_LINE
from work_data_hub.domain.pricing.diagnostics.figures import ALL, KEY, ScoredLines
from work_data_hub.domain.pricing.diagnostics.retrain import retrain
from work_data_hub.domain.pricing.policy.rows import Values, frame_of, month_columns, no_rows

_SCORES: Final = (
    *KEY,
    *SEGMENT_KEYS,
    *(f"{prefix}_0_{q}" for prefix in ("disc_q", "raw_q") for q in (10, 50, 90)),
    "cap_hit",
    "floor_hit",
    "model_version",
)
PRICE_DIAGNOSTICS_INPUTS: Final = (
    InputRef(PRICE_RECS_LINE, columns=_SCORES),
    InputRef(ORDER_FEATURES, columns=(*KEY, TARGET, "usable")),
    InputRef(PRICE_DRIFT, columns=("feature", "state")),
)
_CHARTED: Final = ("scored", "actuals", "coverage", "pinball", "width", "cap_rate", "floor_rate", "adoption")
_DIMENSIONS: Final = (ALL, *SEGMENT_KEYS)


def make_price_diagnostics(context: BuildContext) -> Outcome:
    """Hold the month's scores against what was sold, in all and by segment."""
    scores = context.frame(PRICE_RECS_LINE.name)
    lines = ScoredLines.of(scores, context.frame(ORDER_FEATURES.name))
    if lines.lines.empty:
        return Outcome(no_rows(PRICE_DIAGNOSTICS), Counts(len(scores), 0), facts={"metrics": {"scored": 0}})
    rules: DriftRules = context.config.unit(context.member).drift
    told = list(_told(lines, rules, drifted(context.frame(PRICE_DRIFT.name))))
    rows = _rows(told, lines.lines["model_version"].iloc[0], context)
    unit = told[0]
    metrics = {name: unit[name] for name in _CHARTED if unit.get(name) is not None}
    facts = {"metrics": metrics, "retrain": unit["retrain"], "retrain_reason": unit["retrain_reason"]}
    warnings = (f"a model should be trained again: {unit['retrain_reason']}",) if unit["retrain"] else ()
    return Outcome(rows, Counts(len(scores), len(rows)), warnings=warnings, facts=facts)


def drifted(drift: pd.DataFrame) -> tuple[str, ...]:
    """Name the features that drifted so far that a model should know."""
    return tuple(drift.loc[(drift["state"] == "alert").to_numpy(bool), "feature"])


def _told(lines: ScoredLines, rules: DriftRules, alerts: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for dimension in _DIMENSIONS:
        of_row, names = lines.segments(dimension)
        for at, name in enumerate(names):
            figures = lines.figures(np.asarray(of_row == at))
            # drift is known of the whole unit alone
            asked, reason = retrain(figures, alerts if dimension == ALL else (), rules)
            yield {
                "dimension": dimension,
                "segment": name,
                **figures,
                "retrain": asked,
                "retrain_reason": reason,
            }


def _rows(told: Sequence[Mapping[str, Any]], model_version: str, context: BuildContext) -> pd.DataFrame:
    columns: dict[str, Values] = {
        **month_columns(context.member, context.period.start, len(told)),
        "model_version": pa.array([model_version] * len(told), TEXT),
        "mean_discount": _discounts([row.get("mean_discount") for row in told]),
    }
    for column in PRICE_DIAGNOSTICS.columns:
        if column.name not in columns and column.role is not Role.STAMP:
            columns[column.name] = pa.array([row.get(column.name) for row in told], column.dtype)
    return frame_of(PRICE_DIAGNOSTICS, columns)


def _discounts(values: Sequence[int | None]) -> pa.Array:
    missing = np.array([value is None for value in values], np.bool_)
    return decimals(np.array([value or 0 for value in values], np.int64), RATE, missing)
