"""What is told about Contoso's items: figures for the quality log, totals held against headers, warnings."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.outcome import Comparison
from work_data_hub.domain.pipelines.exact import grouped_sums, scaled, total_of
from work_data_hub.domain.pipelines.lineage import Fault
from work_data_hub.domain.retail.frames.row_codes import Flags
from work_data_hub.domain.retail.silver.brand_lines import MONEY_DIGITS
from work_data_hub.domain.retail.silver.contoso_quirks import Quirks
from work_data_hub.domain.retail.silver.joined_items import JoinedItems

# rounding each unit's price may move a total by a cent
_CENT: Final = 10 ** (MONEY_DIGITS - 2)
_COUNTED: Final = (
    "other_dates",
    "unknown_product",
    "unknown_customer",
    "country_differs",
    "list_price_differs",
    "below_cost",
)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures about the published items."""

    joined: JoinedItems
    quirks: Quirks
    published: Flags

    def metrics(self, faults: Sequence[Fault]) -> dict[str, float]:
        """Count lines, and the sales they are of, by what is odd about them."""
        tied, headers = self._tied()
        ordered = self._taken(self.joined.sale.column("sale_date"))
        return {
            **{f"rejected.{rule}": n for rule, n in Counter(fault.rule for fault in faults).items()},
            "sales": self._sales(self.published),
            "order_days": pc.count_distinct(ordered).as_py(),
            "days_spanned": _span(ordered),
            **dict(self._oddities()),
            "total_differs_by_more_than_a_cent": int((np.abs(self._differences()) > _CENT).sum()),
            "total_difference_largest": float(np.abs(self._differences()).max(initial=0)) / 10**MONEY_DIGITS,
            "repeated_product_pairs": self._repeated_pairs(),
            **dict(self._discounts()),
            "headers": headers,
            "headers_that_tie": tied,
            "sales_without_items": self._headers_without_items(),
            "repeated_product_ids": len(self.joined.products.repeated("product_id")),
            "repeated_customer_ids": len(self.joined.customers.repeated("customer_id")),
        }

    def comparisons(self) -> tuple[Comparison, ...]:
        """Hold the items' totals against the totals of their sales."""
        tied, headers = self._tied()
        said = total_of(scaled(self.joined.sales.read["total_amount"]), MONEY_DIGITS)
        added = total_of(scaled(self.joined.items.read["item_total"])[self.published], MONEY_DIGITS)
        return (
            Comparison(
                "header_totals", "sales whose items add up to their total", Decimal(headers), Decimal(tied)
            ),
            Comparison("header_totals", "sum of all sales", said, added),
        )

    def warnings(self) -> tuple[str, ...]:
        """Tell what somebody should look at."""
        tied, headers = self._tied()
        found = {
            "sales whose items do not add up to their total": headers - tied,
            "items of products that the product list lacks; their cost is not known": self._lines(
                self.quirks.unknown_product
            ),
            "items of buyers that the customer list lacks": self._lines(self.quirks.unknown_customer),
            "items whose date differs from their sale's otherwise than by a swap": self._lines(
                self.quirks.other_dates
            ),
            "product ids that stand in several rows; the first counts": len(
                self.joined.products.repeated("product_id")
            ),
            "customer ids that stand in several rows; the first counts": len(
                self.joined.customers.repeated("customer_id")
            ),
        }
        return tuple(f"{number} {what}" for what, number in found.items() if number)

    def _oddities(self) -> Iterator[tuple[str, float]]:
        counted = {name: getattr(self.quirks, name) for name in _COUNTED}
        for name, flags in {**self.quirks.flags, **counted}.items():
            yield f"{name}_lines", self._lines(flags)
            yield f"{name}_sales", self._sales(flags & self.published)

    def _discounts(self) -> Iterator[tuple[str, float]]:
        shares = scaled(self.joined.items.read["discount_percent"])
        given = (shares != 0) & self.published
        yield "discounted_lines", int(given.sum())
        yield "discounted_sales", self._sales(given)
        for share in np.unique(shares[self.published]).tolist():
            yield f"discount_lines.{share // 10**4}_percent", int((shares[self.published] == share).sum())

    def _tied(self) -> tuple[int, int]:
        """Count the sales whose published items add up to their total, and all sales."""
        sales = self.joined.sales
        at = np.asarray(self.joined.sale.at.fill_null(0), np.int64)[self.published]
        amounts = scaled(self.joined.items.read["item_total"])[self.published]
        sums = grouped_sums(at, len(sales), amounts)
        total = sales.read["total_amount"]
        return int(((sums == scaled(total)) & np.asarray(total.is_valid())).sum()), len(sales)

    def _headers_without_items(self) -> int:
        found = pc.is_in(self.joined.sales.read["sale_id"], self.joined.items.read["sale_id"])
        return int((~np.asarray(found)).sum())

    def _repeated_pairs(self) -> int:
        flags = self.quirks.flags["repeated_product"] & self.published
        items = self.joined.items.read
        pairs = pc.binary_join_element_wise(items["sale_id"], items["product_id"], "|")
        return int(pc.count_distinct(pairs.filter(pa.array(flags))).as_py())

    def _differences(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return self.quirks.total_differences[self.published]

    def _taken(self, values: pa.Array) -> pa.Array:
        return values.filter(pa.array(self.published))

    def _lines(self, flags: Flags) -> int:
        return int((flags & self.published).sum())

    def _sales(self, flags: Flags) -> int:
        return int(pc.count_distinct(self.joined.items.read["sale_id"].filter(pa.array(flags))).as_py())


def _span(days: pa.Array) -> int:
    if not len(days):
        return 0
    ends = pc.min_max(days)
    return int((ends["max"].as_py() - ends["min"].as_py()).days) + 1
