"""Why a line trains no model: the first reason that holds, or none."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.silver.money import Flags

_REASONS: Final = (
    *("quote", "return", "no_list_price"),
    *("no_sell_price", "free_sample", "discount_out_of_bounds"),
)


def exclusions(
    unit: BuConfig,
    *,
    quote: bool,
    quantity: pa.Array,
    list_price: pa.Array,
    sell_price: pa.Array,
    discount: pa.Array,
) -> pa.Array:
    """Say of each line why it is not usable; null where it is."""
    free = _holds(pc.equal(sell_price, pa.scalar(0)))
    reasons = (
        np.full(len(quantity), quote),
        _holds(pc.less_equal(quantity, pa.scalar(0))),
        ~_holds(pc.greater(list_price, pa.scalar(0))),
        np.asarray(sell_price.is_null()),
        free & (unit.lines.free_samples == "exclude"),
        # a discount that can't be written down lies far outside
        ~_holds(pc.and_(pc.greater_equal(discount, pa.scalar(-1)), pc.less_equal(discount, pa.scalar(1)))),
    )
    first = np.select(reasons, range(len(_REASONS)), len(_REASONS))
    return pa.array([*_REASONS, None], TEXT).take(pa.array(first))


def _holds(flags: pa.Array) -> Flags:
    return np.asarray(flags.fill_null(False), bool)
