"""What a line is worth and what discount it had: exact, rounded once, half away from zero."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import RATE
from work_data_hub.domain.pipelines.exact import Integers, decimals, scaled
from work_data_hub.domain.pricing.contracts.shapes import QUANTITY, VALUE

Flags = npt.NDArray[np.bool_]
_RATE_UNITS: Final = 10**RATE.scale
_MOST_DISCOUNT: Final = 10**RATE.precision
_LARGEST_VALUE: Final = 1e17
_LIMIT: Final = int(np.iinfo(np.int64).max)


def list_values(prices: pa.Array, quantities: pa.Array) -> pa.Array:
    """Give list price times quantity; null where either is missing or where the product is too large."""
    kept = pa.array(~too_large(prices, quantities))
    products = pc.multiply(prices, pc.if_else(kept, quantities, pa.scalar(None, QUANTITY)))
    return pc.round(products, ndigits=VALUE.scale, round_mode="half_towards_infinity").cast(VALUE)


def too_large(prices: pa.Array, quantities: pa.Array) -> Flags:
    """Say where a price times its quantity is beyond what a value may be."""
    product = np.abs(_floats(prices)) * np.abs(_floats(quantities))
    return np.asarray(product > _LARGEST_VALUE, bool)


def discounts(list_prices: pa.Array, sell_prices: pa.Array) -> pa.Array:
    """Give 1 - sell price / list price to six places; null where the list price is not above zero or one is missing.

    A discount that six digits before the point can't hold is null too.
    """
    full, paid = scaled(list_prices), scaled(sell_prices)
    known = np.asarray(pc.and_(list_prices.is_valid(), sell_prices.is_valid())) & (full > 0)
    full = np.where(known, full, 1)
    paid = np.where(known, paid, full)
    sizes = _quotients(np.abs(full - paid), full)
    return decimals(np.where(paid > full, -sizes, sizes), RATE, ~known | (sizes >= _MOST_DISCOUNT))


def _quotients(parts: Integers, wholes: Integers) -> Integers:
    """Divide into millionths, half up; the rare ones beyond int64 in Python's integers."""
    fits = parts <= (_LIMIT - wholes) // (2 * _RATE_UNITS)
    small = np.where(fits, parts, 0)
    found: Integers = (2 * small * _RATE_UNITS + wholes) // (2 * wholes)
    for at in np.flatnonzero(~fits).tolist():
        part, whole = int(parts[at]), int(wholes[at])
        found[at] = min((2 * part * _RATE_UNITS + whole) // (2 * whole), _MOST_DISCOUNT)
    return found


def _floats(numbers: pa.Array) -> npt.NDArray[np.float64]:
    return np.asarray(numbers.cast(pa.float64()).fill_null(0.0))
