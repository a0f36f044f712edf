"""The fashion store's truth against a plain recount of its files, and what must be odd about them."""

from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.retail.sample.fashion import Fashion, make_fashion
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.rates import RATES

Record = dict[str, str]
ROWS = {
    "customers": 100,
    "products": 50,
    "sales": 90,
    "salesitems": 225,
    "stock": 100,
    "campaigns": 7,
    "channels": 2,
}


@pytest.fixture(scope="module")
def made() -> Fashion:
    return make_fashion(RetailOptions())


def records(made: Fashion) -> dict[str, list[Record]]:
    return {
        table.name: [dict(zip(table.headers, row, strict=True)) for row in table.rows]
        for table in made.tables
    }


def recount(made: Fashion) -> dict[str, Any]:
    tables = records(made)
    headers = {sale["sale_id"]: sale for sale in tables["sales"]}
    costs = {product["product_id"]: Decimal(product["cost_price"]) for product in tables["products"]}
    signups = {customer["customer_id"]: customer["signup_date"] for customer in tables["customers"]}
    items = tables["salesitems"]
    turned = [item for item in items if item["sale_date"] != headers[item["sale_id"]]["sale_date"]]
    off = [
        found
        for item in items
        if (found := abs(Decimal(item["item_total"]) - int(item["quantity"]) * Decimal(item["unit_price"])))
    ]
    pairs = Counter((item["sale_id"], item["product_id"]) for item in items)
    paid = sum((Decimal(sale["total_amount"]) for sale in headers.values()), Decimal(0))
    cost = sum((int(item["quantity"]) * costs[item["product_id"]] for item in items), Decimal(0))
    return {
        "rows": {name: len(found) for name, found in tables.items()},
        "turned_sales": len({item["sale_id"] for item in turned}),
        "turned_items": len(turned),
        "sales_before_signup": sum(
            sale["sale_date"] < signups[sale["customer_id"]] for sale in headers.values()
        ),
        "items_off_total": len(off),
        "largest_off_eur": max(off),
        "repeated_products": sum(many - 1 for many in pairs.values()),
        "discounted_sales": sum(sale["discounted"] == "1" for sale in headers.values()),
        "discounted_items": sum(item["discounted"] == "1" for item in items),
        "highest_sale_id": max(map(int, headers)),
        "buyers": len({sale["customer_id"] for sale in headers.values()}),
        "orders": len(headers),
        "gmv_list_eur": sum(
            (int(item["quantity"]) * Decimal(item["original_price"]) for item in items), Decimal(0)
        ),
        "gmv_paid_eur": paid,
        "cost_eur": cost,
        "margin_eur": paid - cost,
        "months": month_sums(items, headers),
    }


def month_sums(items: list[Record], headers: dict[str, Record]) -> tuple[dict[str, Any], ...]:
    found = []
    for month in sorted({sale["sale_date"][:7] for sale in headers.values()}):
        sold = [sale for sale in headers.values() if sale["sale_date"].startswith(month)]
        within = [item for item in items if headers[item["sale_id"]]["sale_date"].startswith(month)]
        found.append(
            {
                "month": month,
                "orders": len(sold),
                "units": sum(int(item["quantity"]) for item in within),
                "gmv_list_eur": sum(
                    (int(item["quantity"]) * Decimal(item["original_price"]) for item in within), Decimal(0)
                ),
                "gmv_paid_eur": sum((Decimal(sale["total_amount"]) for sale in sold), Decimal(0)),
            }
        )
    return tuple(found)


@given(seed=st.integers(0, 100_000))
def test_the_truth_is_what_the_files_say(seed: int) -> None:
    made = make_fashion(RetailOptions(seed=seed))
    assert recount(made) == asdict(made.truth)
    assert made.truth.rows == ROWS
    assert made.truth.turned_sales == 9
    assert made.truth.items_off_total == 3
    assert made.truth.largest_off_eur == Decimal("0.02")
    assert min(made.truth.sales_before_signup, made.truth.repeated_products, made.truth.discounted_sales) > 0


def test_header_totals_are_the_sums_of_the_items(made: Fashion) -> None:
    tables = records(made)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for item in tables["salesitems"]:
        totals[item["sale_id"]] += Decimal(item["item_total"])
    assert totals == {sale["sale_id"]: Decimal(sale["total_amount"]) for sale in tables["sales"]}


def test_keys_are_unique_and_every_reference_is_known(made: Fashion) -> None:
    tables = records(made)
    known = {
        name: {row[key] for row in tables[name]}
        for name, key in (
            ("customers", "customer_id"),
            ("products", "product_id"),
            ("sales", "sale_id"),
            ("salesitems", "item_id"),
        )
    }
    assert {name: len(keys) for name, keys in known.items()} == {name: ROWS[name] for name in known}
    assert {sale["customer_id"] for sale in tables["sales"]} <= known["customers"]
    assert {item["product_id"] for item in tables["salesitems"]} <= known["products"]
    assert {item["sale_id"] for item in tables["salesitems"]} == known["sales"]
    assert {row["country"] for row in tables["stock"]} == {"France", "Germany"}


def test_turned_dates_are_the_headers_the_other_way_round(made: Fashion) -> None:
    tables = records(made)
    headers = {sale["sale_id"]: sale["sale_date"] for sale in tables["sales"]}
    for item in tables["salesitems"]:
        year, month, day = headers[item["sale_id"]].split("-")
        possible = int(day) <= 12 and day != month
        assert item["sale_date"] == (
            f"{year}-{day}-{month}" if possible and day in {"04", "05", "06"} else headers[item["sale_id"]]
        )


def test_only_the_known_days_have_sales(made: Fashion) -> None:
    days = {date.fromisoformat(sale["sale_date"]) for sale in records(made)["sales"]}
    assert (min(days), max(days)) == (date(2025, 4, 4), date(2025, 6, 17))
    assert {day.day for day in days} & {1, 2, 3, 7, 8, 9, 10, 11, 12} == set()


def test_discounts_are_those_of_the_campaign_of_the_day(made: Fashion) -> None:
    tables = records(made)
    headers = {sale["sale_id"]: sale for sale in tables["sales"]}
    kinds = {
        (c["channel"], c["discount_value"]) for c in tables["campaigns"] if c["discount_type"] == "Percentage"
    }
    assert {item["discount_percent"] for item in tables["salesitems"]} == {"0.00%", "10.00%", "30.00%"}
    for item in tables["salesitems"]:
        assert item["channel"] == headers[item["sale_id"]]["channel"]
        assert item["discounted"] == headers[item["sale_id"]]["discounted"]
        prices = (item["original_price"], item["unit_price"], item["discount_applied"])
        catalog, unit, off = map(Decimal, prices)
        assert catalog - unit == off
        if item["discounted"] == "1":
            assert (item["channel_campaigns"], item["discount_percent"]) in kinds
    assert {row["discount_value"] for row in tables["campaigns"] if row["discount_type"] == "Fixed"} == {
        "10",
        "12",
    }


def test_nothing_is_sold_below_cost_and_original_is_the_catalogue_price(made: Fashion) -> None:
    tables = records(made)
    products = {product["product_id"]: product for product in tables["products"]}
    for item in tables["salesitems"]:
        product = products[item["product_id"]]
        assert item["original_price"] == product["catalog_price"]
        assert Decimal(product["cost_price"]) < Decimal(item["unit_price"])


def test_the_rates_are_the_five_true_ones() -> None:
    assert set(RATES) == {
        ("2011-12-09", "GBP", "0.85315"),
        ("2011-12-09", "USD", "1.3384"),
        ("2009-12-01", "GBP", "0.90985"),
        ("2024-01-19", "GBP", "0.85825"),
        ("2024-01-19", "USD", "1.0887"),
    }
