"""The month's limits from the months before it, and the policy that they make."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.config import SEGMENT_KEYS, BuConfig
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES, TARGET
from work_data_hub.domain.pricing.contracts.model import PRICE_LIMITS
from work_data_hub.domain.pricing.policy.guardrails import GuardrailPolicy, usable_lines
from work_data_hub.domain.pricing.policy.limits import Limits
from work_data_hub.domain.pricing.policy.rows import (
    frame_of,
    millionths,
    month_columns,
    no_rows,
    repeated,
    truths,
)

PRICE_LIMITS_INPUTS: Final = (
    InputRef(ORDER_FEATURES, history=True, columns=("line_kind", *SEGMENT_KEYS, TARGET, "usable")),
)
_NOTHING: Final = "no line before the month has a discount: there are no limits yet"
_FIGURES: Final = ("floor", "cap", "p25", "p50", "p75")


def make_price_limits(context: BuildContext) -> Outcome:
    """Learn the limits of a business unit's segments from its lines before the month."""
    config: BuConfig = context.config.unit(context.member)
    history = context.frames.get(PRICE_LIMITS_INPUTS[0].name)
    read = 0 if history is None else len(history)
    if history is None or usable_lines(history).empty:
        facts: dict[str, object] = {"metrics": {"segments": 0}, "why_not": _NOTHING}
        return Outcome(no_rows(PRICE_LIMITS), Counts(read, 0, skipped=read), facts=facts)
    policy = GuardrailPolicy.fit(history, config)
    rows = _rows(policy, context)
    metrics = {
        "segments": len(rows),
        "thin_segments": int(policy.limits.thin.sum()),
        "lines": int(policy.limits.support[0]),
    }
    facts = {"metrics": metrics, "policy_version": policy.version}
    return Outcome(rows, Counts(read, len(rows)), facts=facts)


def _rows(policy: GuardrailPolicy, context: BuildContext) -> pd.DataFrame:
    limits = policy.limits
    columns = {
        **month_columns(context.member, context.period.start, len(limits)),
        **{name: getattr(limits, name) for name in ("level", "segment", "support", "thin", *_FIGURES)},
        "policy_version": repeated(policy.version, len(limits), pa.string()),
    }
    return frame_of(PRICE_LIMITS, columns)


def policy_from_limits(frame: pd.DataFrame, config: BuConfig) -> GuardrailPolicy | None:
    """Give the policy whose limits were published; of a month without limits there is none."""
    if frame.empty:
        return None
    # in the order in which they were learnt, so that the version is the same
    frame = frame.sort_values(["level", "segment"])
    limits = Limits(
        level=_whole(frame, "level"),
        segment=arrow(frame, "segment"),
        support=_whole(frame, "support"),
        thin=truths(frame, "thin"),
        **{name: millionths(frame, name) for name in _FIGURES},
    )
    return GuardrailPolicy(config.guardrails, config.segments.keys, limits)


def _whole(frame: pd.DataFrame, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.asarray(arrow(frame, name).to_numpy(zero_copy_only=False), np.int64)
