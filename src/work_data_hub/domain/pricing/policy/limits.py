"""Limits of all segments as one value, and which of them hold for a line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.config import Guardrails
from work_data_hub.domain.pricing.policy.rows import Flags
from work_data_hub.domain.pricing.policy.segments import percentiles_by_level, segment_names

_QUARTILES: Final = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits and facts of segments, in millionths; a thin segment's floor and cap are those of the wider one."""

    level: Integers
    segment: pa.Array
    support: Integers
    floor: Integers
    cap: Integers
    p25: Integers
    p50: Integers
    p75: Integers
    thin: Flags

    def __len__(self) -> int:
        """Count the segments."""
        return len(self.level)

    def rows_of(self, frame: pd.DataFrame, keys: Sequence[str]) -> Integers:
        """Give the place of the segment whose limits hold for each line: the finest that is not thin, or the unit."""
        found = np.full(len(frame), int(np.flatnonzero(self.level == 0)[0]), np.int64)
        for level in range(1, len(keys) + 1):
            fit = np.flatnonzero((self.level == level) & ~self.thin)
            found = _finer(found, segment_names(frame, keys[:level]), self.segment, fit)
        return found


def _finer(found: Integers, names: pa.Array, segments: pa.Array, fit: Integers) -> Integers:
    at = pc.fill_null(pc.index_in(names, segments.take(pa.array(fit))), -1).to_numpy(zero_copy_only=False)
    return np.where(at >= 0, fit[at], found) if len(fit) else found


def limits_of(frame: pd.DataFrame, given: Integers, keys: Sequence[str], rules: Guardrails) -> Limits | None:
    """Learn limits from past lines and the discounts given; without a line there are none."""
    if frame.empty:
        return None
    shares = (rules.floor_percentile, rules.cap_percentile, *_QUARTILES)
    levels = tuple(percentiles_by_level(frame, given, keys, tuple(dict.fromkeys(shares))))
    support = np.concatenate([facts.support for facts in levels])
    floor, cap, p25, p50, p75 = (
        np.concatenate([facts.percentiles[share] for facts in levels]) for share in shares
    )
    made = Limits(
        level=np.repeat([facts.level for facts in levels], [len(facts.names) for facts in levels]),
        segment=pa.concat_arrays([facts.names for facts in levels]),
        support=support,
        floor=floor,
        cap=cap,
        p25=p25,
        p50=p50,
        p75=p75,
        thin=support < rules.min_lines,
    )
    return _with_wider(made, frame, keys)


def _with_wider(limits: Limits, frame: pd.DataFrame, keys: Sequence[str]) -> Limits:
    """Give thin segments the floor and cap that hold for their lines."""
    held = np.arange(len(limits))
    start = 0
    for level in range(len(keys) + 1):
        names = limits.segment.filter(pa.array(limits.level == level))
        # one line of each segment tells the wider ones
        example = np.asarray(pc.index_in(names, segment_names(frame, keys[:level])), np.int64)
        held[start : start + len(names)] = limits.rows_of(frame.iloc[example], keys[:level])
        start += len(names)
    return replace(limits, floor=limits.floor[held], cap=limits.cap[held])
