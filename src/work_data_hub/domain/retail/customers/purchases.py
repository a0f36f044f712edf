"""The orders of one brand's customers as arrays: who bought when, for how much; unknown buyers have no place here."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.exact import Integers, grouped_sums, scaled
from work_data_hub.domain.retail.frames.grouping import Flags
from work_data_hub.domain.retail.frames.shaping import column, day_numbers, integers
from work_data_hub.domain.retail.rules.money import RATE_DIGITS, euros

PURCHASE_COLUMNS: Final = (
    *("source_system", "customer_id", "order_date", "is_order", "products", "units"),
    *("gmv_paid_local", "returns_local", "fx_rate"),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """The exchange rate of a brand's newest order, scaled, and how many different ones its orders hold."""

    scaled: int
    different: int

    def cents(self, amounts: Integers, orders: Integers | int = 1) -> Integers:
        """Give local amounts by a number of orders in euro cents; rounded once."""
        return euros(amounts, np.multiply(orders, self.scaled))

    @property
    def units_per_eur(self) -> Decimal:
        """The rate itself."""
        return Decimal(self.scaled).scaleb(-RATE_DIGITS)


@dataclass(frozen=True)
class Purchases:
    """Rows of order_fact of one brand; `customer` points into `ids`, which are in order."""

    ids: pa.Array
    customer: Integers
    day: Integers
    is_order: Flags
    products: Integers
    units: Integers
    gmv: Integers
    returns: Integers

    @classmethod
    def of(cls, frames: Sequence[pd.DataFrame], keep: Flags) -> Self:
        """Take the rows of `keep` whose buyer is known, from frames one below the other."""
        buyers = column(frames, "customer_id")
        known = pa.array(keep & np.asarray(pc.is_valid(buyers)))
        ids, customer = sorted_codes(buyers.filter(known))
        rows = {name: column(frames, name).filter(known) for name in PURCHASE_COLUMNS[2:-1]}
        return cls(
            ids=ids,
            customer=customer,
            day=day_numbers(rows["order_date"]),
            is_order=np.asarray(rows["is_order"]),
            products=integers(rows["products"]),
            units=integers(rows["units"]),
            gmv=scaled(rows["gmv_paid_local"]),
            returns=scaled(rows["returns_local"]),
        )

    @cached_property
    def orders(self) -> "Purchases":
        """The orders alone, of those who have one."""
        return self.where(self.is_order)

    def where(self, keep: Flags) -> "Purchases":
        """Give some of the rows; the customers stay those who are left."""
        left, customer = np.unique(self.customer[keep], return_inverse=True)
        return Purchases(
            ids=self.ids.take(pa.array(left)),
            customer=customer,
            day=self.day[keep],
            is_order=self.is_order[keep],
            products=self.products[keep],
            units=self.units[keep],
            gmv=self.gmv[keep],
            returns=self.returns[keep],
        )

    def count(self, keep: Flags | None = None) -> Integers:
        """Count rows of each customer."""
        rows = self.customer if keep is None else self.customer[keep]
        return np.bincount(rows, minlength=len(self.ids)).astype(np.int64)

    def sum(self, values: Integers, keep: Flags | None = None) -> Integers:
        """Add up whole numbers of each customer, exactly."""
        if keep is None:
            return grouped_sums(self.customer, len(self.ids), values)
        return grouped_sums(self.customer[keep], len(self.ids), values[keep])

    @cached_property
    def first_day(self) -> Integers:
        """Day of each customer's first row."""
        first = np.full(len(self.ids), np.iinfo(np.int64).max)
        np.minimum.at(first, self.customer, self.day)
        return first

    @cached_property
    def last_day(self) -> Integers:
        """Day of each customer's last row."""
        last = np.full(len(self.ids), np.iinfo(np.int64).min)
        np.maximum.at(last, self.customer, self.day)
        return last

    def distinct_days(self) -> Integers:
        """Count the different days of each customer's rows."""
        span = int(self.day.max(initial=0)) + 1
        pairs = np.unique(self.customer * span + self.day)
        return np.bincount(pairs // span, minlength=len(self.ids)).astype(np.int64)


def sorted_codes(texts: pa.Array) -> tuple[pa.Array, Integers]:
    """Give the different texts in order, and where each row's text stands among them."""
    encoded = texts.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    place = np.empty(len(order), np.int64)
    place[np.asarray(order)] = np.arange(len(order))
    return encoded.dictionary.take(order), place[np.asarray(encoded.indices)]


def brand_rows(frames: Sequence[pd.DataFrame], system: str) -> Flags:
    """Mark the rows of a brand."""
    return np.asarray(pc.equal(column(frames, "source_system"), system))


def rate_of(frames: Sequence[pd.DataFrame], rows: Flags) -> Rate:
    """Give the exchange rate of the newest of some rows; there must be one."""
    rates, day = scaled(column(frames, "fx_rate"))[rows], day_numbers(column(frames, "order_date"))[rows]
    return Rate(int(rates[np.argmax(day)]), len(np.unique(rates)))


def rate_warnings(rates: dict[str, Rate]) -> tuple[str, ...]:
    """Tell of brands whose orders were valued at several rates; the newest order's holds for all."""
    return tuple(
        f"{system}: orders hold {rate.different} exchange rates; the newest order's is used for all, "
        "build the earlier months of order_fact again"
        for system, rate in rates.items()
        if rate.different > 1
    )
