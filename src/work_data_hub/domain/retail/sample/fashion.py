"""The seven files of the fashion store as they will be written, and the truth about them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.fashion_goods import (
    CAMPAIGNS,
    CHANNELS,
    FashionCustomer,
    FashionProduct,
    make_customers,
    make_products,
    make_stock,
)
from work_data_hub.domain.retail.sample.fashion_sales import Item, Sale, make_sales
from work_data_hub.domain.retail.sample.fashion_truth import FashionTruth, fashion_truth
from work_data_hub.domain.retail.sample.options import RetailOptions

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One file: its name between the prefix and the ending, its headers and its rows, all as text."""

    name: str
    headers: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fashion:
    """The seven files and what they come to."""

    tables: tuple[CsvTable, ...]
    truth: FashionTruth


_CUSTOMERS: Final = "customer_id,country,age_range,signup_date"
_PRODUCTS: Final = "product_id,product_name,category,brand,color,size,catalog_price,cost_price,gender"
_SALES: Final = "sale_id,channel,discounted,total_amount,sale_date,customer_id,country"
_ITEMS: Final = (
    "item_id,sale_id,product_id,quantity,original_price,unit_price,discount_applied,discount_percent,"
    "discounted,item_total,sale_date,channel,channel_campaigns"
)
_STOCK: Final = "country,product_id,stock_quantity"
_CAMPAIGNS: Final = "campaign_id,campaign_name,start_date,end_date,channel,discount_type,discount_value"
_CHANNELS: Final = "channel,description"
_BRAND, _GENDER = "Tiva", "Female"


def make_fashion(options: RetailOptions) -> Fashion:
    """Invent a season of the fashion store, a tenth of the real one."""
    draw = options.draws
    customers, products = make_customers(draw("customers")), make_products(draw("products"))
    sales = make_sales(customers, products, draw("sales"))
    stock = tuple((country, str(number), str(many)) for country, number, many in make_stock(draw("stock")))
    tables = (
        _table("sales", _SALES, map(_sale, sorted(sales, key=_as_listed))),
        _table("salesitems", _ITEMS, _items(sales, draw("order of items"))),
        _table("products", _PRODUCTS, map(_product, products)),
        _table("customers", _CUSTOMERS, map(_customer, customers)),
        _table("stock", _STOCK, stock),
        _table("campaigns", _CAMPAIGNS, _campaigns()),
        _table("channels", _CHANNELS, CHANNELS),
    )
    sizes = {table.name: len(table.rows) for table in tables}
    return Fashion(tables, fashion_truth(sizes, sales))


def _table(name: str, headers: str, rows: Iterable[Row]) -> CsvTable:
    return CsvTable(name, tuple(headers.split(",")), tuple(rows))


def amount(cents: int) -> str:
    """Write cents as the files do: a point, and no zeros at the end."""
    text = str(Decimal(cents).scaleb(-2))
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_listed(sale: Sale) -> str:
    # the real files are in the order of the ids as text
    return str(sale.sale_id)


def _sale(sale: Sale) -> Row:
    start = (str(sale.sale_id), sale.channel, str(int(sale.discounted)), amount(sale.total_cents))
    return (*start, str(sale.day), str(sale.customer.customer_id), sale.customer.country)


def _items(sales: Sequence[Sale], rng: np.random.Generator) -> Iterator[Row]:
    rows = [_item(sale, item) for sale in sales for item in sale.items]
    return (rows[int(place)] for place in rng.permutation(len(rows)))


def _item(sale: Sale, item: Item) -> Row:
    numbers = (item.item_id, sale.sale_id, item.product.product_id, item.quantity)
    catalog = item.product.catalog_cents
    amounts = (catalog, item.unit_cents, catalog - item.unit_cents)
    return (
        *map(str, numbers),
        *map(amount, amounts),
        f"{item.percent}.00%",
        str(int(item.percent > 0)),
        amount(item.total_cents),
        str(sale.item_day),
        sale.channel,
        sale.medium,
    )


def _product(product: FashionProduct) -> Row:
    start = (str(product.product_id), product.name, product.category, _BRAND, product.colour, product.size)
    return (*start, amount(product.catalog_cents), amount(product.cost_cents), _GENDER)


def _customer(customer: FashionCustomer) -> Row:
    return (str(customer.customer_id), customer.country, customer.age_range, str(customer.signup))


def _campaigns() -> Iterator[Row]:
    for each in CAMPAIGNS:
        kind = "Fixed" if each.percent is None else "Percentage"
        days = (str(each.first), str(each.last))
        yield (str(each.campaign_id), each.name, *days, each.medium, kind, each.value)
