"""Order lines as typed Arrow columns under the hub's own names, from which files and frames are made."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pricing.sample.catalogue import Catalogue, countries
from work_data_hub.domain.pricing.sample.law import Flags, Ints
from work_data_hub.domain.pricing.sample.lines import Lines, Mark
from work_data_hub.domain.pricing.sample.units import Unit

CENTS: Final = pa.decimal128(12, 2)
Cells = dict[str, pa.Array]
_FIRST_ORDER: Final = 100_000
_REPS: Final = 7


def order_cells(unit: Unit, catalogue: Catalogue, lines: Lines) -> Cells:
    """Give what a unit's system exports of its order lines."""
    sell = decimals(lines.sell_cents, CENTS, lines.mark == Mark.SELL_PRICE_NULL)
    return {**_shared(unit, catalogue, lines, unit.order_prefix), "sell_price": sell}


def quote_cells(unit: Unit, catalogue: Catalogue, quotes: Lines) -> Cells:
    """Give what a unit's system exports of its open quotes: all but the sell price."""
    cells = _shared(unit, catalogue, quotes, f"Q{unit.order_prefix}")
    return {**cells, "quote_id": cells["order_id"]} if unit.looks_up else cells


def _shared(unit: Unit, catalogue: Catalogue, lines: Lines, prefix: str) -> Cells:
    people, goods = catalogue.customers, catalogue.products
    foreign = lines.mark == Mark.OTHER_CURRENCY
    cells = {
        "order_id": numbered(prefix, lines.order + _FIRST_ORDER),
        "order_line_id": pa.array(lines.number.astype(np.int32)),
        "order_date": pa.array(lines.day),
        "customer_id": chosen(people.ids(), lines.customer),
        "product_id": chosen(goods.ids(), lines.product),
        "country": chosen(countries(unit), people.country[lines.customer]),
        "quantity": pa.array(lines.quantity.astype(np.int32)),
        "list_price": decimals(lines.list_cents, CENTS, lines.mark == Mark.LIST_PRICE_NULL),
        "currency": chosen((unit.currency, unit.other_currency), foreign.astype(np.int64)),
        "negotiated": pa.array(~np.isnan(people.contract[lines.customer])),
    }
    if unit.looks_up:
        cells["unit_cost"] = decimals(goods.cost_cents[lines.product], CENTS)
        quotes = numbered("Q", lines.order + _FIRST_ORDER)
        cells["quote_id"] = pc.if_else(pa.array(lines.quoted), quotes, pa.scalar(None, pa.string()))
        cells["sales_rep"] = chosen([f"rep-{rep}" for rep in range(1, _REPS + 1)], lines.customer % _REPS)
    else:
        cells |= segment_cells(unit, catalogue, lines)
    return cells


def segment_cells(unit: Unit, catalogue: Catalogue, lines: Lines) -> Cells:
    """Give region, family and tier of each line, null where the unit does not know them."""
    people, goods = catalogue.customers, catalogue.products
    return {
        "region": chosen([each.name for each in unit.regions], people.region[lines.customer]),
        "product_family": chosen([each.name for each in unit.families], goods.family[lines.product]),
        "customer_tier": chosen([each.name for each in unit.tiers], people.tier[lines.customer]),
    }


def product_cells(unit: Unit, catalogue: Catalogue) -> Cells:
    """Give the look-up of products; one that is not listed is missing."""
    goods = catalogue.products
    rows = np.flatnonzero(goods.listed)
    family = goods.family[rows]
    names = [each.name for each in unit.families]
    return {
        "product_id": chosen(goods.ids(), rows),
        "product_name": pa.array(
            [f"{names[at]} no. {row + 1}" for at, row in zip(family, rows, strict=True)]
        ),
        "product_family": chosen(names, family),
    }


def customer_cells(unit: Unit, catalogue: Catalogue) -> Cells:
    """Give the look-up of customers; the region of some is empty, and one that is not listed is missing."""
    people = catalogue.customers
    rows = np.flatnonzero(people.listed)
    return {
        "customer_id": chosen(people.ids(), rows),
        "customer_name": pa.array([f"Works {row + 1}" for row in rows]),
        "country": chosen(countries(unit), people.country[rows]),
        "region": chosen([each.name for each in unit.regions], people.region[rows]),
        "customer_tier": chosen([each.name for each in unit.tiers], people.tier[rows]),
    }


def chosen(names: Sequence[str], numbers: Ints) -> pa.Array:
    """Give names by their numbers; -1 is null."""
    return pa.array(list(names), pa.string()).take(pa.array(numbers, mask=numbers < 0))


def numbered(prefix: str, numbers: Ints) -> pa.Array:
    """Give ids that are numbers behind a prefix."""
    return pc.binary_join_element_wise(pa.scalar(prefix), pa.array(numbers).cast(pa.string()), "")


def decimals(units: Ints, dtype: pa.Decimal128Type, missing: Flags | None = None) -> pa.Array:
    """Give whole numbers of the type's last place as exact decimals."""
    # a decimal is its number in 16 bytes, the lower half first
    halves = np.empty((len(units), 2), dtype=np.int64)
    halves[:, 0], halves[:, 1] = units, units >> 63
    made = pa.Array.from_buffers(dtype, len(units), [None, pa.py_buffer(halves)])
    if missing is None:
        return made
    return pc.if_else(pa.array(missing), pa.scalar(None, dtype), made)
