"""How far a month's inputs and discounts are from what its champion learnt from."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import RATIO, TEXT
from work_data_hub.domain.kernel.models import ModelVersion
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.drift import DriftRule, FeatureDrift, psi
from work_data_hub.domain.pricing.config import DriftRules
from work_data_hub.domain.pricing.contracts.feature import FEATURES, ORDER_FEATURES, TARGET
from work_data_hub.domain.pricing.contracts.gold import PRICE_DRIFT
from work_data_hub.domain.pricing.policy.guardrails import usable_lines
from work_data_hub.domain.pricing.policy.rows import Values, frame_of, month_columns, no_rows

PRICE_DRIFT_INPUTS: Final = (
    InputRef(ORDER_FEATURES, columns=("line_kind", "order_id", *FEATURES, TARGET, "usable")),
)
_NO_REFERENCE: Final = "there is no champion with a frozen reference: drift is not known"


def make_price_drift(context: BuildContext) -> Outcome:
    """Compare usable order lines of the month, which is what models learn from, with the champion's reference."""
    lines = context.frame(ORDER_FEATURES.name)
    reference = reference_of(context.champion)
    if not reference:
        return _unknown(len(lines))
    rules: DriftRules = context.config.unit(context.member).drift
    compared = usable_lines(lines)
    found = psi(reference, compared, _rule(rules), together="order_id")
    rows = _rows(found, context)
    states = {state: sum(drift.state == state for drift in found) for state in ("warn", "alert", "too_few")}
    # no warning: what drift means for the bands, the diagnostics say
    facts = {
        "metrics": {"lines": len(compared), "features": len(found), **states},
        "drifted": [drift.feature for drift in found if drift.state == "alert"],
    }
    return Outcome(rows, Counts(len(lines), len(rows)), facts=facts)


def reference_of(champion: ModelVersion | None) -> Mapping[str, Any]:
    """Give the reference that was frozen with a model; without one, nothing."""
    reference: Mapping[str, Any] = json.loads(champion.content).get("reference", {}) if champion else {}
    return reference


def _unknown(read: int) -> Outcome:
    facts = {"metrics": {"features": 0}, "why_not": _NO_REFERENCE}
    return Outcome(no_rows(PRICE_DRIFT), Counts(read, 0, skipped=read), facts=facts)


def _rule(rules: DriftRules) -> DriftRule:
    return DriftRule(
        warn=rules.psi_warn,
        alert=rules.psi_alert,
        missing_change=rules.missing_change,
        min_rows=rules.min_lines,
    )


def _rows(found: Sequence[FeatureDrift], context: BuildContext) -> pd.DataFrame:
    shares = {"psi": "psi", "psi_expected": "expected", "unseen": "unseen"}
    shares |= {name: name for name in ("missing", "missing_reference")}
    columns: dict[str, Values] = {
        **month_columns(context.member, context.period.start, len(found)),
        **{name: pa.array([getattr(drift, own) for drift in found], RATIO) for name, own in shares.items()},
        "feature": pa.array([drift.feature for drift in found], TEXT),
        "line_count": pa.array([drift.rows for drift in found], pa.int64()),
        "state": pa.array([drift.state for drift in found], TEXT),
    }
    return frame_of(PRICE_DRIFT, columns)
