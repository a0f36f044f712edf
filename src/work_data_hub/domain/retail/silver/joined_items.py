"""A Contoso item with the sale, the product and the buyer it points at, and what forbids to publish it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.exact import scaled
from work_data_hub.domain.pipelines.lineage import Fault
from work_data_hub.domain.retail.frames.row_codes import codes_of, joint_codes, repeats
from work_data_hub.domain.retail.silver.brand_lines import products_fit
from work_data_hub.domain.retail.silver.contoso_frames import Cells, Found

_REQUIRED: Final = (
    *("item_id", "sale_id", "product_id", "quantity"),
    *("original_price", "unit_price", "item_total", "sale_date"),
)
_OF_THE_SALE: Final = ("sale_date", "customer_id")


@dataclass(frozen=True, slots=True)
class JoinedItems:
    """All items with what was found for them."""

    items: Cells
    sales: Cells
    products: Cells
    customers: Cells
    sale: Found
    product: Found
    customer: Found

    @classmethod
    def of(cls, items: Cells, sales: Cells, products: Cells, customers: Cells) -> Self:
        """Look up what the items point at."""
        sale = sales.found("sale_id", items.read["sale_id"])
        product = products.found("product_id", items.read["product_id"])
        customer = customers.found("customer_id", sale.column("customer_id"))
        return cls(items, sales, products, customers, sale, product, customer)

    def faults(self) -> list[Fault]:
        """Name what is wrong with the items."""
        own = (*self.items.faults, *self.items.required(_REQUIRED))
        return [*own, *self._of_sales(), *self._repeated(), *self._too_large()]

    def _of_sales(self) -> Iterator[Fault]:
        ids = self.items.read["sale_id"]
        orphans = np.asarray(pc.and_(ids.is_valid(), self.sale.missing))
        for at in np.flatnonzero(orphans).tolist():
            yield _fault(at, "sale_id", "unknown_sale", "is no sale of contoso_sales", ids)
        several = np.asarray(pc.is_in(ids, self.sales.repeated("sale_id")))
        for at in np.flatnonzero(several).tolist():
            yield _fault(at, "sale_id", "repeated_sale", "stands in several rows of contoso_sales", ids)
        for name in _OF_THE_SALE:
            blank = np.asarray(self.sale.column(name).is_null()) & ~np.asarray(self.sale.missing)
            for at in np.flatnonzero(blank).tolist():
                yield _fault(at, "sale_id", "incomplete_sale", f"has a sale without a readable {name}", ids)

    def _repeated(self) -> Iterator[Fault]:
        ids, sales = self.items.read["item_id"], self.items.read["sale_id"]
        known = np.asarray(pc.and_(ids.is_valid(), sales.is_valid()))
        again = repeats(joint_codes((codes_of(ids), codes_of(sales)), len(ids)))
        for at in np.flatnonzero(again & known).tolist():
            yield _fault(at, "item_id", "repeated_item", "stands in its sale a second time", ids)

    def _too_large(self) -> Iterator[Fault]:
        quantity = scaled(self.items.read["quantity"])
        prices = {name: self.items.read[name] for name in ("original_price", "unit_price")}
        prices["product_id"] = self.product.column("cost_price")
        for name, price in prices.items():
            for at in np.flatnonzero(~products_fit(quantity, scaled(price))).tolist():
                yield Fault(at, name, "too_large", "times the quantity is too large", "a sensible price")
        for at in np.flatnonzero(~products_fit(scaled(self.items.read["item_total"]), 1)).tolist():
            yield Fault(at, "item_total", "too_large", "is too large", "a sensible total")


def _fault(at: int, column: str, rule: str, reason: str, values: pa.Array) -> Fault:
    return Fault(at, column, rule, reason, None, values[at].as_py())
