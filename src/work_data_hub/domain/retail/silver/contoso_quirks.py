"""What is odd about Contoso's items: swapped dates, early orders, totals that differ, repeated products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.retail.frames.row_codes import Flags, codes_of, joint_codes
from work_data_hub.domain.retail.silver.brand_lines import products_fit
from work_data_hub.domain.retail.silver.joined_items import JoinedItems


@dataclass(frozen=True, slots=True)
class Quirks:
    """Flags of the contract, and the oddities that are only counted."""

    flags: Mapping[str, Flags]
    other_dates: Flags
    unknown_product: Flags
    unknown_customer: Flags
    country_differs: Flags
    list_price_differs: Flags
    below_cost: Flags
    total_differences: Integers

    @classmethod
    def of(cls, joined: JoinedItems) -> Self:
        """Look at all items; what can't be compared, because something is missing, is not odd."""
        items, sale = joined.items.read, joined.sale
        ordered, said = sale.column("sale_date"), items["sale_date"]
        swapped = _swapped(ordered, said)
        differences = _total_differences(joined)
        return cls(
            {
                "date_swapped": swapped,
                "before_signup": _true(pc.less(ordered, joined.customer.column("signup_date"))),
                "total_differs": differences != 0,
                "repeated_product": _repeated_product(joined),
            },
            other_dates=_true(pc.not_equal(ordered, said)) & ~swapped,
            unknown_product=_true(joined.product.missing),
            unknown_customer=_true(pc.and_(sale.column("customer_id").is_valid(), joined.customer.missing)),
            country_differs=_true(pc.not_equal(sale.column("country"), joined.customer.column("country"))),
            list_price_differs=_true(
                pc.not_equal(items["original_price"], joined.product.column("catalog_price"))
            ),
            below_cost=_true(pc.less(items["unit_price"], joined.product.column("cost_price"))),
            total_differences=differences,
        )


def _swapped(ordered: pa.Array, said: pa.Array) -> Flags:
    """Find days that are not the header's, but would be with day and month the other way round."""
    reverse = pc.and_(
        pc.and_(pc.equal(pc.day(said), pc.month(ordered)), pc.equal(pc.month(said), pc.day(ordered))),
        pc.equal(pc.year(said), pc.year(ordered)),
    )
    return _true(pc.and_(reverse, pc.not_equal(said, ordered)))


def _total_differences(joined: JoinedItems) -> Integers:
    """Give by how much totals are not quantity times unit price; zero where a cell is missing."""
    items = joined.items.read
    quantity, price, said = (scaled(items[name]) for name in ("quantity", "unit_price", "item_total"))
    known = pc.and_(
        pc.and_(items["quantity"].is_valid(), items["unit_price"].is_valid()), items["item_total"].is_valid()
    )
    comparable = np.asarray(known) & products_fit(quantity, price)
    return np.where(comparable, said - np.where(comparable, quantity, 0) * price, 0)


def _repeated_product(joined: JoinedItems) -> Flags:
    items = joined.items.read
    pairs = joint_codes((codes_of(items["sale_id"]), codes_of(items["product_id"])), len(joined.items))
    _, codes, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    return np.asarray(counts[codes] > 1) & _true(
        pc.and_(items["sale_id"].is_valid(), items["product_id"].is_valid())
    )


def _true(flags: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(flags, False), bool)
