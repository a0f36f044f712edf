"""Deal recommendations as rows of their table, from the recommendations of lines."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_DEAL
from work_data_hub.domain.pricing.contracts.shapes import LINE_KINDS
from work_data_hub.domain.pricing.deals.aggregator import DealAggregator, by_name
from work_data_hub.domain.pricing.deals.weighted import shares
from work_data_hub.domain.pricing.policy.rows import Values, codes, frame_of, no_rows, truths

_DEALS: Final = DealAggregator("order_id", ("list_value",))
_LINE_ID: Final = ("order_id", "order_line_id")
# what all lines of a deal, or of a month, have in common; the customer is that of its first line
_COMMON: Final = (
    "bu_id",
    "period",
    "line_kind",
    "customer_id",
    "model_name",
    "model_version",
    "policy_version",
    "feature_version",
)
# what of the lines' recommendations makes those of deals
LINE_COLUMNS: Final = (
    *_LINE_ID,
    *_COMMON,
    "asof_date",
    "list_value",
    "disc_q_0_10",
    "disc_q_0_50",
    "disc_q_0_90",
    "cap_hit",
    "floor_hit",
)


def deal_rows(lines: pd.DataFrame) -> pd.DataFrame:
    """Give a row per order and per quote; an order and a quote of one id are two deals."""
    lines = lines[list(LINE_COLUMNS)]
    kinds = arrow(lines, "line_kind").to_numpy(zero_copy_only=False)
    parts = [_of_kind(lines[kinds == kind]) for kind in LINE_KINDS if (kinds == kind).any()]
    return pd.concat(parts, ignore_index=True) if parts else no_rows(PRICE_RECS_DEAL)


def _of_kind(lines: pd.DataFrame) -> pd.DataFrame:
    keys = pa.table({name: arrow(lines, name) for name in _LINE_ID})
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in _LINE_ID])
    lines = lines.iloc[np.asarray(order)]
    of_row, deals = codes(arrow(lines, "order_id"))
    first = pa.array(np.flatnonzero(np.diff(of_row, prepend=-1)))
    columns: dict[str, Values] = {
        **by_name(_DEALS.aggregate(lines)),
        **{name: arrow(lines, name).take(first) for name in _COMMON},
        "asof_date": _latest(arrow(lines, "asof_date"), of_row),
        "cap_share": shares(of_row, len(deals), truths(lines, "cap_hit")),
        "floor_share": shares(of_row, len(deals), truths(lines, "floor_hit")),
    }
    return frame_of(PRICE_RECS_DEAL, columns)


def _latest(days: pa.Array, of_row: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> pa.Array:
    # lines stand by deal
    starts = np.flatnonzero(np.diff(of_row, prepend=-1))
    latest = np.maximum.reduceat(np.asarray(days.view(pa.int32())), starts)
    return pc.cast(pa.array(latest, pa.int32()), pa.date32())
