"""What is known about the fashion store's files before they are read: sizes, quirks, sales and margin."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from work_data_hub.domain.retail.sample.fashion_sales import Sale, sold_items


@dataclass(frozen=True, slots=True)
class FashionMonth:
    """One month by the header's date; amounts in euro."""

    month: str
    orders: int
    units: int
    gmv_list_eur: Decimal
    gmv_paid_eur: Decimal


@dataclass(frozen=True, slots=True)
class FashionTruth:
    """Rows of each file, sales or items with each quirk, and what the season comes to, in euro."""

    rows: Mapping[str, int]
    turned_sales: int
    turned_items: int
    sales_before_signup: int
    items_off_total: int
    largest_off_eur: Decimal
    repeated_products: int
    discounted_sales: int
    discounted_items: int
    highest_sale_id: int
    buyers: int
    orders: int
    gmv_list_eur: Decimal
    gmv_paid_eur: Decimal
    cost_eur: Decimal
    margin_eur: Decimal
    months: tuple[FashionMonth, ...]


def euro(cents: int) -> Decimal:
    """Give cents as an exact amount."""
    return Decimal(cents).scaleb(-2)


def fashion_truth(rows: Mapping[str, int], sales: Sequence[Sale]) -> FashionTruth:
    """Add up what was sold, and count what is odd about it."""
    items = list(sold_items(sales))
    turned = [sale for sale in sales if sale.item_day != sale.day]
    off = [abs(item.off_cents) for item in items if item.off_cents]
    paid = sum(sale.total_cents for sale in sales)
    cost = sum(item.quantity * item.product.cost_cents for item in items)
    return FashionTruth(
        rows=dict(rows),
        turned_sales=len(turned),
        turned_items=sum(len(sale.items) for sale in turned),
        sales_before_signup=sum(sale.day < sale.customer.signup for sale in sales),
        items_off_total=len(off),
        largest_off_eur=euro(max(off)),
        repeated_products=sum(_repeats(sale) for sale in sales),
        discounted_sales=sum(sale.discounted for sale in sales),
        discounted_items=sum(item.percent > 0 for item in items),
        highest_sale_id=max(sale.sale_id for sale in sales),
        buyers=len({sale.customer.customer_id for sale in sales}),
        orders=len(sales),
        gmv_list_eur=euro(sum(item.list_cents for item in items)),
        gmv_paid_eur=euro(paid),
        cost_eur=euro(cost),
        margin_eur=euro(paid - cost),
        months=tuple(_months(sales)),
    )


def _repeats(sale: Sale) -> int:
    return len(sale.items) - len({item.product.product_id for item in sale.items})


def _months(sales: Sequence[Sale]) -> Iterator[FashionMonth]:
    by_month: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        by_month[f"{sale.day:%Y-%m}"].append(sale)
    for month, within in sorted(by_month.items()):
        items = list(sold_items(within))
        yield FashionMonth(
            month=month,
            orders=len(within),
            units=sum(item.quantity for item in items),
            gmv_list_eur=euro(sum(item.list_cents for item in items)),
            gmv_paid_eur=euro(sum(sale.total_cents for sale in within)),
        )
