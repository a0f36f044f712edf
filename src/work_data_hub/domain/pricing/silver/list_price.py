"""A list price from what was paid: a quantile of a product's daily highest prices, strictly before the line's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.exact import Integers, decimals, scaled
from work_data_hub.domain.pricing.config import TrailingQuantile
from work_data_hub.domain.pricing.contracts.shapes import PRICE

# more days than any window and any span of days that is read at once
_SPAN: Final = 1 << 20
_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def months_before(days: int) -> int:
    """Give how many months before a line's own hold all the days before it, wherever in the year it lies.

    >>> months_before(90)
    4
    """
    months = 1
    while _shortest(months) < days:
        months += 1
    return months


def _shortest(months: int) -> int:
    """Give the days of the shortest run of so many months."""
    lengths = _LENGTHS * (months // len(_LENGTHS) + 2)
    return min(sum(lengths[start : start + months]) for start in range(len(_LENGTHS)))


@dataclass(frozen=True, slots=True)
class DailyPrices:
    """The highest price of each product on each day it was sold, in order of product and day."""

    products: pa.Array
    keys: Integers
    prices: Integers

    @classmethod
    def of(cls, products: pa.Array, days: pa.Array, prices: pa.Array) -> Self:
        """Take sales; what has no product, day or price above zero counts for nothing."""
        known = pc.and_(pc.and_(products.is_valid(), days.is_valid()), pc.greater(prices, pa.scalar(0)))
        known = known.fill_null(False)
        encoded = products.filter(known).dictionary_encode()
        codes = np.asarray(encoded.indices, np.int64)
        frame = pd.DataFrame(
            {
                "key": codes * _SPAN + _numbers(days.filter(known)),
                "price": scaled(prices.filter(known)),
            }
        )
        highest = frame.groupby("key")["price"].max()
        return cls(encoded.dictionary, highest.index.to_numpy(np.int64), highest.to_numpy(np.int64))

    def before(self, rule: TrailingQuantile, products: pa.Array, days: pa.Array) -> pa.Array:
        """Give the list price of each line; null without enough days of sale in the window."""
        codes = pc.index_in(products, self.products, skip_nulls=True)
        known = np.asarray(pc.and_(codes.is_valid(), days.is_valid()))
        keys = np.where(known, np.asarray(codes.fill_null(0), np.int64) * _SPAN + _numbers(days), 0)
        distinct, rows = np.unique(keys, return_inverse=True)
        first, last = np.searchsorted(self.keys, (distinct - rule.days, distinct))
        enough = last - first >= rule.min_days
        quantile = Fraction(str(rule.quantile))
        found = np.zeros(len(distinct), np.int64)
        for at in np.flatnonzero(enough).tolist():
            found[at] = exact_quantile(np.sort(self.prices[first[at] : last[at]]).tolist(), quantile)
        return decimals(found[rows], PRICE, ~(known & enough[rows]))


def exact_quantile(ordered: Sequence[int], quantile: Fraction) -> int:
    """Give a quantile of whole numbers in order, between two of them by their distance, half up.

    >>> exact_quantile([100, 200, 400], Fraction("0.75"))
    300
    """
    at, part = divmod((len(ordered) - 1) * quantile.numerator, quantile.denominator)
    if not part:
        return ordered[at]
    parts = ordered[at] * quantile.denominator + (ordered[at + 1] - ordered[at]) * part
    return (2 * parts + quantile.denominator) // (2 * quantile.denominator)


def _numbers(days: pa.Array) -> Integers:
    return np.asarray(days.view(pa.int32()).fill_null(0), np.int64)
