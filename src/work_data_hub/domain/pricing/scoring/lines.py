"""Line recommendations as rows of their table: bands, prices, limits, and what explains them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.config import quantile_column
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_LINE
from work_data_hub.domain.pricing.policy.guardrails import Guarded, GuardrailPolicy
from work_data_hub.domain.pricing.policy.rows import (
    Flags,
    Values,
    frame_of,
    millionths,
    numbers,
    repeated,
)
from work_data_hub.domain.pricing.scoring.drivers import as_json, as_words
from work_data_hub.domain.pricing.scoring.ports import Moved, PredictedBands
from work_data_hub.domain.pricing.scoring.prices import discounted
from work_data_hub.domain.pricing.scoring.words import justification

QUANTILES: Final = (0.1, 0.5, 0.9)
_TAKEN: Final = tuple(name for name in ORDER_FEATURES.column_names if name in PRICE_RECS_LINE.column_names)


@dataclass(frozen=True, slots=True)
class Versions:
    """What a score was made with."""

    model_name: str
    model_version: str
    policy_version: str
    feature_version: str = ORDER_FEATURES.version

    def columns(self, rows: int) -> dict[str, Values]:
        """Give the versions of every row."""
        return {name: repeated(getattr(self, name), rows, TEXT) for name in VERSIONS}


VERSIONS: Final = ("model_name", "model_version", "policy_version", "feature_version")


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model and the guardrails made of each row; `raw` are the model's quantiles in millionths."""

    raw: Integers
    guarded: Guarded
    bands: PredictedBands
    moved: Moved


def line_rows(
    frame: pd.DataFrame, scored: Scored, policy: GuardrailPolicy, versions: Versions
) -> pd.DataFrame:
    """Give the table's rows, in the order of the lines."""
    guarded = scored.guarded
    new = (_never(frame, "cust_lines_365"), _never(frame, "prod_lines_365"))
    taken = {name: arrow(frame, name) for name in _TAKEN if name in frame.columns}
    columns: dict[str, Values] = {
        **taken,
        "asof_date": arrow(frame, "order_date"),
        **_bands(frame, scored.raw, guarded),
        "quantile_repaired": scored.bands.repaired,
        "cap_hit": guarded.cap_hit,
        "floor_hit": guarded.floor_hit,
        "band_collapsed": guarded.band_collapsed,
        "bound_by": guarded.bound_by,
        "floor": guarded.bounds.floor,
        "cap": guarded.bounds.cap,
        **_limits(guarded.segment, policy),
        "unseen_customer": new[0],
        "unseen_product": new[1],
        "calibration_offset": scored.bands.widened,
        "drivers": as_json(scored.moved),
        "justification": justification(guarded, policy.limits, len(policy.keys), new, as_words(scored.moved)),
        **versions.columns(len(frame)),
    }
    return frame_of(PRICE_RECS_LINE, columns)


def _bands(frame: pd.DataFrame, raw: Integers, guarded: Guarded) -> dict[str, Values]:
    listed = millionths(frame, "list_price")
    columns: dict[str, Values] = {}
    for at, quantile in enumerate(QUANTILES):
        columns[quantile_column(quantile)] = guarded.q[:, at]
        columns[quantile_column(quantile, "raw_q")] = raw[:, at]
        columns[quantile_column(quantile, "rec_price_q")] = discounted(listed, guarded.q[:, at])
    return columns


def _limits(segment: Integers, policy: GuardrailPolicy) -> dict[str, Values]:
    limits = policy.limits
    return {
        "limit_level": limits.level[segment],
        "limit_segment": limits.segment.take(pa.array(segment)),
        "support": limits.support[segment],
        "similar_p25": limits.p25[segment],
        "similar_p50": limits.p50[segment],
        "similar_p75": limits.p75[segment],
    }


def _never(frame: pd.DataFrame, name: str) -> Flags:
    lines = numbers(frame, name)
    never: Flags = np.isnan(lines) | (lines == 0)
    return never
