"""Naive bands: the quantiles of what a segment was given, of a wider segment where it has few lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.policy.segments import percentiles_by_level, segment_names
from work_data_hub.domain.pricing.ports import Floats
from work_data_hub.domain.pricing.training.rows import MILLION, TrainingRows, day_of


@dataclass(frozen=True, slots=True)
class SegmentLevel:
    """Segments with enough lines at one level of the key hierarchy, and their quantiles."""

    names: pa.Array
    quantiles: Floats


@dataclass(frozen=True, slots=True)
class SegmentBands:
    """Quantiles by segment, the widest level first."""

    keys: tuple[str, ...]
    levels: tuple[SegmentLevel, ...]

    @classmethod
    def fit(cls, rows: TrainingRows, keys: Sequence[str], quantiles: Sequence[float], min_lines: int) -> Self:
        """Learn from rows; a segment below `min_lines` has no bands of its own, all rows together always do."""
        given = np.round(rows.target * MILLION).astype(np.int64)
        levels = []
        for facts in percentiles_by_level(rows.frame, given, keys, quantiles):
            enough = (facts.support >= min_lines) | (facts.level == 0)
            found = np.column_stack([facts.percentiles[level] for level in quantiles]) / MILLION
            levels.append(SegmentLevel(facts.names.filter(pa.array(enough)), found[enough]))
        return cls(tuple(keys), tuple(levels))

    def predict(self, frame: pd.DataFrame) -> Floats:
        """Give each row the quantiles of its finest segment with enough lines."""
        widest = self.levels[0].quantiles
        found = np.repeat(widest[:1], len(frame), axis=0)
        for depth, level in enumerate(self.levels[1:], start=1):
            names = segment_names(frame, self.keys[:depth])
            at = pc.fill_null(pc.index_in(names, level.names), -1).to_numpy(zero_copy_only=False)
            found[at >= 0] = level.quantiles[at[at >= 0]]
        return found


def last_month(rows: TrainingRows) -> TrainingRows:
    """Give the rows of the newest month, from which last period's bands are made."""
    return rows.since(Period.of(day_of(int(rows.days.max()))))
