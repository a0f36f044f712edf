"""Why a band is what it is, in plain English; whole columns at once, each distinct figure written once."""

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.policy.guardrails import Guarded
from work_data_hub.domain.pricing.policy.limits import Limits
from work_data_hub.domain.pricing.policy.rows import Flags
from work_data_hub.domain.pricing.policy.said import in_words
from work_data_hub.domain.pricing.policy.segments import JOINT

# a tenth of a percent, in millionths
_TENTH: Final = 1000


def each_once(values: Any, write: Callable[[Any], str | None]) -> pa.Array:
    """Write numbers as texts; the same number is written once."""
    distinct, of_row = np.unique(values, return_inverse=True)
    words = pa.array([write(value) for value in distinct.tolist()], TEXT)
    return words.take(pa.array(of_row.reshape(-1)))


def percents(discounts: Integers) -> pa.Array:
    """Write millionths as percentages with one digit at most, half away from zero."""
    tenths = np.sign(discounts) * ((np.abs(discounts) + _TENTH // 2) // _TENTH)
    return each_once(tenths, lambda tenth: f"{tenth / 10:g}")


def joined(*parts: pa.Array | str) -> pa.Array:
    """Put texts together row by row; where one is null, so is the whole."""
    return pc.binary_join_element_wise(*parts, "", null_handling="emit_null")


def listed(*parts: pa.Array, between: str) -> pa.Array:
    """Put together those texts of a row that are not null; null where all are."""
    # the library's own way to skip nulls loses the rows that have nothing else
    return reduce(lambda left, right: pc.coalesce(joined(left, between, right), left, right), parts)


def justification(
    guarded: Guarded, limits: Limits, keys: int, new: tuple[Flags, Flags], moved: pa.Array
) -> pa.Array:
    """Say the band, the similar lines, the limits that bound, what is new, and what moved the median."""
    customer, product = new
    distinct = pc.unique(guarded.bound_by)
    bound = pa.array([in_words(code) for code in distinct.to_pylist()], TEXT)
    return listed(
        _band(guarded),
        _similar(guarded.segment, limits, keys),
        bound.take(pc.index_in(guarded.bound_by, distinct)),
        only_where(customer, "New customer: no usable line in the year before."),
        only_where(product, "New product: no usable line in the year before."),
        moved,
        between=" ",
    )


def only_where(flags: Flags, said: str) -> pa.Array:
    """Give a sentence where it is true."""
    return pc.if_else(pa.array(flags), pa.scalar(said, TEXT), pa.scalar(None, TEXT))


def _band(guarded: Guarded) -> pa.Array:
    low, middle, high = (percents(guarded.q[:, at]) for at in (0, guarded.q.shape[1] // 2, -1))
    ranged = joined("Usual discount ", low, " to ", high, " %, median ", middle, " %.")
    single = joined("Usual discount ", middle, " %, without a range.")
    return pc.if_else(pa.array(guarded.band_collapsed), single, ranged)


def _similar(segment: Integers, limits: Limits, keys: int) -> pa.Array:
    """Tell of each segment once, then give every line that of its own."""
    used, of_row = np.unique(segment, return_inverse=True)
    p25, p75 = percents(limits.p25[used]), percents(limits.p75[used])
    middle = pc.if_else(pc.equal(p25, p75), joined("at ", p25), joined(p25, " to ", p75))
    support = each_once(limits.support[used], lambda lines: f"{lines:,}")
    names = pc.replace_substring(limits.segment.take(pa.array(used)), JOINT, f" {JOINT} ")
    where = [
        _place(level, keys, name)
        for level, name in zip(limits.level[used].tolist(), names.to_pylist(), strict=True)
    ]
    said = joined(support, " ", pa.array(where, TEXT), ": middle half ", middle, " %.")
    return said.take(pa.array(of_row.reshape(-1)))


def _place(level: int, keys: int, name: str) -> str:
    if level == keys:
        return f"similar lines ({name})"
    wider = f"the wider segment {name}" if level else "the whole business unit"
    return f"lines of {wider}, for too few in the line's own"
