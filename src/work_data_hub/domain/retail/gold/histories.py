"""Dimensions as look-ups: the customer row that held on a day, the product of a code."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.config import UNMAPPED
from work_data_hub.domain.retail.contracts.gold import UNKNOWN
from work_data_hub.domain.retail.frames.grouping import NOTHING, Codes, Groups, combined
from work_data_hub.domain.retail.frames.shaping import integers
from work_data_hub.domain.retail.frames.surrogates import joined

# days from 1970 on, moved above zero, and room for each customer's
PRODUCT_COLUMNS: Final = ("product_sk", "source_system", "source_product_id", "category")
CUSTOMER_COLUMNS: Final = ("customer_sk", "source_system", "source_customer_id", "valid_from", "valid_to")
_ZERO_DAY: Final = 1 << 20
_SPAN: Final = 1 << 22
_FOREVER: Final = _ZERO_DAY - 1


@dataclass(frozen=True, slots=True)
class CustomerHistory:
    """The rows of customer_dim by customer and first day."""

    customers: pa.Array
    starts: Integers
    ends: Integers
    keys: Integers

    @classmethod
    def of(cls, dimension: pd.DataFrame) -> Self:
        """Put the dimension's rows in order; the unknown member is left out."""
        known = pc.is_valid(arrow(dimension, "source_customer_id"))
        system, customer, first, last, key = (
            arrow(dimension, name).filter(known)
            for name in ("source_system", "source_customer_id", "valid_from", "valid_to", "customer_sk")
        )
        encoded = joined(system, customer).dictionary_encode()
        starts = integers(encoded.indices) * _SPAN + integers(first.view(pa.int32())) + _ZERO_DAY
        ends = integers(last.view(pa.int32()).fill_null(_FOREVER))
        order = np.argsort(starts)
        return cls(encoded.dictionary, starts[order], ends[order], integers(key)[order])

    def at(self, customers: pa.Array, days: Integers) -> Integers:
        """Give the key of each customer, written as brand|customer, on a day; -1 where no row holds."""
        codes = integers(pc.index_in(customers, self.customers).fill_null(NOTHING))
        place = np.searchsorted(self.starts, codes * _SPAN + days + _ZERO_DAY, side="right") - 1
        found = np.maximum(place, 0)
        if not len(self.starts):
            return np.full(len(days), UNKNOWN)
        holds = (
            (place >= 0) & (codes >= 0) & (self.starts[found] // _SPAN == codes) & (days <= self.ends[found])
        )
        return np.where(holds, self.keys[found], UNKNOWN)


@dataclass(frozen=True, slots=True)
class Products:
    """The rows of product_dim by brand and code; the last of `keys` and of `category` is the unknown member's."""

    codes: pa.Array
    keys: Integers
    categories: pa.Array
    category: Integers

    @classmethod
    def of(cls, dimension: pd.DataFrame) -> Self:
        """Take the known products as they are; the unknown one has no code that could be asked for."""
        known = pc.is_valid(arrow(dimension, "source_product_id"))
        system, product, key, category = (
            arrow(dimension, name).filter(known)
            for name in ("source_system", "source_product_id", "product_sk", "category")
        )
        named = Codes.of(pa.concat_arrays([category, pa.array([UNMAPPED])]))
        return cls(joined(system, product), np.append(integers(key), UNKNOWN), named.texts, named.rows)

    def of_lines(self, systems: Codes, skus: Codes) -> Integers:
        """Give the row of each line's product, looked up once per product; -1 where there is none."""
        pairs = Groups.of(*combined((systems.rows, systems.size), (skus.rows, skus.size)))
        system, sku = np.divmod(pairs.keys, max(1, skus.size))
        asked = joined(systems.of_rows(system), skus.of_rows(sku))
        return integers(pc.index_in(asked, self.codes).fill_null(NOTHING))[pairs.rows]
