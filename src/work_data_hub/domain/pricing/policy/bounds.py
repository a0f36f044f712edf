"""Floor and cap of each line: those of its segment, the absolute ones, and the margin's; and which of them it was."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.config import Guardrails
from work_data_hub.domain.pricing.policy.rows import MILLION, Flags, millionths

SEGMENT, ABSOLUTE, MARGIN = 0, 1, 2
SOURCES: Final = ("segment", "absolute", "margin")
# a discount's type holds no surcharge beyond this
_LOWEST: Final = -(10**10) + 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of each line in millionths with their sources; where a cap lies below the floor, the floor yields."""

    floor: Integers
    cap: Integers
    floor_source: Integers
    cap_source: Integers
    yielded: Flags


def bounds_of(floor: Integers, cap: Integers, frame: pd.DataFrame, rules: Guardrails) -> Bounds:
    """Take the narrowest of what the segments, the rules and the costs allow."""
    floor_source = cap_source = np.full(len(frame), SEGMENT, np.int64)
    if rules.abs_floor is not None:
        limit = int(rules.abs_floor * MILLION)
        floor_source = np.where(floor < limit, ABSOLUTE, floor_source)
        floor = np.maximum(floor, limit)
    for source, limits in ((ABSOLUTE, _absolute_cap(rules, len(frame))), (MARGIN, _margin_cap(frame, rules))):
        if limits is not None:
            cap_source = np.where(limits < cap, source, cap_source)
            cap = np.minimum(cap, limits)
    return Bounds(np.minimum(floor, cap), cap, floor_source, cap_source, floor > cap)


def _absolute_cap(rules: Guardrails, rows: int) -> Integers | None:
    return None if rules.abs_cap is None else np.full(rows, int(rules.abs_cap * MILLION), np.int64)


def _margin_cap(frame: pd.DataFrame, rules: Guardrails) -> Integers | None:
    """Give the discount at which the margin on the price is the smallest allowed, rounded down; no cost, no cap."""
    if rules.min_margin is None or "unit_cost" not in frame.columns:
        return None
    kept = 1 - Fraction(rules.min_margin)
    # Python's own integers: cost times a million may be beyond int64
    cost = millionths(frame, "unit_cost").astype(object) * kept.denominator * MILLION
    listed = millionths(frame, "list_price").astype(object) * kept.numerator
    known = np.asarray(pc.is_valid(arrow(frame, "unit_cost")).to_numpy(zero_copy_only=False), np.bool_)
    known &= listed > 0
    share = -(-cost[known] // listed[known])
    caps = np.full(len(frame), np.iinfo(np.int64).max)
    caps[known] = np.maximum(MILLION - share, _LOWEST).astype(np.int64)
    return caps
