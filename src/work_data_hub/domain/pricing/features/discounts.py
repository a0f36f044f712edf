"""The discount of a line, exactly: as it is told, or from its prices; a quote has none, whatever it says."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import RATE
from work_data_hub.domain.kernel.errors import InputRefusedError, Location
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import decimals, scaled
from work_data_hub.domain.pricing.contracts.shapes import PRICE

_THOUSAND: Final = 1000
# so that a thousand times twice a price is a whole number of 64 bits
_LARGEST: Final = np.iinfo(np.int64).max // (4 * _THOUSAND)


def discounts(lines: pd.DataFrame) -> pa.Array:
    """Give the discount of each line; null for quotes, and without a list price above 0 or a sell price."""
    if "discount_pct" in lines.columns:
        told = arrow(lines, "discount_pct")
    elif "sell_price" in lines.columns:
        told = discount_of(arrow(lines, "list_price"), arrow(lines, "sell_price"))
    else:
        return pa.nulls(len(lines), RATE)
    sold = pc.equal(arrow(lines, "line_kind"), "order").fill_null(False)
    return pc.if_else(sold, told, pa.scalar(None, told.type))


def discount_of(list_price: pa.Array, sell_price: pa.Array) -> pa.Array:
    """Give 1 - sell price / list price in millionths, rounded half up; null where it can't be told."""
    listed, sold = scaled(list_price.cast(PRICE)), scaled(sell_price.cast(PRICE))
    told = np.asarray(list_price.is_valid()) & np.asarray(sell_price.is_valid()) & (listed > 0)
    if (np.abs(listed) > _LARGEST).any() or (np.abs(sold) > _LARGEST).any():
        raise InputRefusedError(
            "a price is too large for an exact discount",
            where=Location(column="list_price, sell_price"),
            expected=f"at most {_LARGEST // 10**6}",
            fix="correct the price in its source",
        )
    listed = np.where(told, listed, 1)
    # in two steps of a thousand, so that nothing overflows
    whole, rest = np.divmod((listed - sold) * told * _THOUSAND, listed)
    last = (2 * rest * _THOUSAND + listed) // (2 * listed)
    return decimals(whole * _THOUSAND + last, RATE, ~told)
