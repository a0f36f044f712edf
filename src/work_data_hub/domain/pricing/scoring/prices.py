"""Recommended prices: the list price less the discount, rounded once."""

import numpy as np

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.policy.rows import MILLION

_LIMIT = np.iinfo(np.int64).max


def discounted(listed: Integers, discounts: Integers) -> Integers:
    """Take discounts off list prices, all in millionths; half a millionth goes away from zero."""
    whole, rest = np.divmod(listed, MILLION)
    kept = MILLION - discounts
    if len(listed) and int(np.abs(whole).max() + 1) > _LIMIT // (int(np.abs(kept).max()) + 1):
        raise PermanentError(
            "a list price is too large for exact prices", fix="correct the price in its source"
        )
    rounded = (2 * np.abs(rest * kept) + MILLION) // (2 * MILLION)
    prices: Integers = whole * kept + np.sign(kept) * rounded
    return prices
