"""Segments of lines at each level of the key hierarchy: their names, and percentiles of what each was given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.config import UNKNOWN
from work_data_hub.domain.pricing.contracts.model import ALL_KEYS
from work_data_hub.domain.pricing.policy.rows import codes, repeated

JOINT: Final = "|"


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """Segments of one level: how many lines each has, and percentiles of their discounts in millionths."""

    level: int
    names: pa.Array
    support: Integers
    percentiles: Mapping[float, Integers]


def segment_names(frame: pd.DataFrame, keys: Sequence[str]) -> pa.Array:
    """Name each row's segment: the values of its keys joined by |, or all without a key."""
    missing = [key for key in keys if key not in frame.columns]
    if missing:
        raise PermanentError(
            f"the lines have no {', '.join(missing)}, a key of their segments",
            fix="say in the business unit's file how the key is obtained, or take it out of segments.keys",
        )
    if not keys:
        return repeated(ALL_KEYS, len(frame), TEXT)
    return pc.binary_join_element_wise(*(_plain(arrow(frame, key)) for key in keys), JOINT)


def _plain(values: pa.Array) -> pa.Array:
    # a bar within a value must not look like the next key
    escaped = pc.replace_substring(pc.cast(values, TEXT), "\\", "\\\\")
    return pc.fill_null(pc.replace_substring(escaped, JOINT, f"\\{JOINT}"), UNKNOWN)


def percentiles_by_level(
    frame: pd.DataFrame, given: Integers, keys: Sequence[str], shares: Sequence[float]
) -> Iterator[SegmentFacts]:
    """Give facts of all segments, the widest level first; every percentile is a discount that was given."""
    for level in range(len(keys) + 1):
        of_row, names = codes(segment_names(frame, keys[:level]))
        support = np.bincount(of_row, minlength=len(names)).astype(np.int64)
        ordered = given[np.lexsort((given, of_row))]
        first = np.cumsum(support) - support
        found = {share: ordered[first + _rank(support, share)] for share in shares}
        yield SegmentFacts(level, names, support, found)


def _rank(support: Integers, share: float) -> Integers:
    # in whole numbers: 0.1 * 70 is more than 7 in binary floats
    exact = Fraction(str(share))
    ranks: Integers = -(-support * exact.numerator // exact.denominator) - 1
    return ranks
