"""Whatever the lines: the marts say what a slow reading in decimals says, and every way of adding up ties."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from hypothesis import HealthCheck, given, settings
from tests.unit.retail.gold_rows import (
    NOBODY,
    PRODUCTS,
    lines,
    made,
    order_fact,
    sales_of_a_month,
)
from tests.unit.retail.silver_rows import Row, records

from work_data_hub.domain.retail.contracts.gold import CATEGORY_PERF, ORDER_FACT, ORDERS_DAILY, SALES_DAILY
from work_data_hub.domain.retail.gold.category_perf import CATEGORY_PERF_INPUTS, make_category_perf
from work_data_hub.domain.retail.gold.orders import ORDER_FACT_INPUTS, make_order_fact
from work_data_hub.domain.retail.gold.orders_daily import ORDERS_DAILY_INPUTS, make_orders_daily
from work_data_hub.domain.retail.gold.sales_daily import SALES_DAILY_INPUTS, make_sales_daily

quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHARES = {"Apparel": Decimal("0.35"), "Footwear": Decimal("0.40")}
CATEGORIES = {
    ("EUROSTYLE", "A"): (11, "Apparel"),
    ("EUROSTYLE", "B"): (12, "Garden"),
    ("CONTOSO", "A"): (21, "Footwear"),
    ("CONTOSO", "B"): (22, "Apparel"),
    ("CONTOSO", "C"): (23, "Apparel"),
}
Lines = list[Row]


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, Lines]:
    groups: dict[Any, Lines] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def cents(amount: Decimal, rate: Decimal) -> Decimal:
    with localcontext(prec=60):
        return (amount / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def of_type(rows: Iterable[Row], *kinds: tuple[str, str]) -> Lines:
    return [row for row in rows if (row["line_type"], row["item_kind"]) in kinds]


SALE, RETURN = ("sale", "product"), ("cancellation", "product")
FEES = (("fee", "fee"), ("cancellation", "fee"))


def added(rows: Iterable[Row], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def margin(sales: Lines, share: Decimal) -> tuple[Decimal, str]:
    known = [row for row in sales if row["cost_local"] is not None]
    unknown = [row for row in sales if row["cost_local"] is None]
    earned = (
        added(known, "amount_local") - added(known, "cost_local") + share * added(unknown, "amount_local")
    )
    return earned, "Actual" if known and not unknown else "Estimated"


def slow_cell(rows: Lines, share: Decimal) -> tuple[Any, ...]:
    sales, returns, rate = of_type(rows, SALE), of_type(rows, RETURN), rows[0]["fx_rate"]
    earned, method = margin(sales, share)
    return (
        len({row["order_id"] for row in sales}),
        int(added(sales, "quantity")),
        cents(added(sales, "list_amount_local"), rate),
        cents(added(sales, "amount_local"), rate),
        -int(added(returns, "quantity")),
        cents(-added(returns, "amount_local"), rate),
        cents(earned, rate),
        method,
    )


@quick
@given(sales_of_a_month)
def test_sales_daily_says_what_a_slow_reading_says(month: Lines) -> None:
    frames = {"sales_line": lines(*month), "product_dim": PRODUCTS}
    outcome = made(SALES_DAILY, SALES_DAILY_INPUTS, make_sales_daily, frames, often=True)
    unknown = (-1, "Unmapped")
    cells = grouped(
        of_type(month, SALE, RETURN),
        lambda r: (
            r["order_date"],
            r["source_system"],
            *CATEGORIES.get((r["source_system"], r["sku"]), unknown),
        ),
    )
    right = {key[:3]: slow_cell(rows, SHARES.get(key[3], Decimal("0.40"))) for key, rows in cells.items()}
    columns = ("orders", "units", "gmv_list_eur", "revenue_eur", "return_units", "returns_eur", "margin_eur")
    found = {
        (r["order_date"], r["source_system"], r["product_sk"]): (
            *(r[name] for name in columns),
            r["margin_method"],
        )
        for r in records(outcome.accepted)
    }
    assert found == right


@quick
@given(sales_of_a_month)
def test_orders_daily_says_what_a_slow_reading_says(month: Lines) -> None:
    orders = order_fact(*month, often=True).accepted
    outcome = made(ORDERS_DAILY, ORDERS_DAILY_INPUTS, make_orders_daily, {"order_fact": orders}, often=True)
    days = grouped(month, lambda r: (r["order_date"], r["source_system"], r["region"]))
    for row in records(outcome.accepted):
        rows = days.pop((row["order_date"], row["source_system"], row["region"]))
        sales, returns, rate = of_type(rows, SALE), of_type(rows, RETURN), rows[0]["fx_rate"]
        paid, back = added(sales, "amount_local"), -added(returns, "amount_local")
        count = len({r["order_id"] for r in sales})
        assert row["orders"] == count
        assert row["gmv_paid_eur"] == cents(paid, rate)
        assert row["net_revenue_eur"] == cents(paid - back, rate)
        assert row["fees_eur"] == cents(added(of_type(rows, *FEES), "amount_local"), rate)
        assert row["aov_eur"] == (cents(paid, rate * count) if count else None)
        assert row["margin_eur"] == cents(margin(sales, Decimal("0.40"))[0], rate)
    assert days == {}


@quick
@given(sales_of_a_month)
def test_every_amount_counts_once_and_the_order_of_lines_does_not_matter(month: Lines) -> None:
    numbered = [{**row, "line_number": at} for at, row in enumerate(month, start=1)]
    orders, again = (records(order_fact(*rows, often=True).accepted) for rows in (numbered, numbered[::-1]))
    assert sorted(orders, key=str) == sorted(again, key=str)
    for system in ("EUROSTYLE", "CONTOSO"):
        own = [row for row in orders if row["source_system"] == system]
        parts = [added(own, name) for name in ("gmv_paid_local", "fees_local", "adjustments_local")]
        whole = added((row for row in month if row["source_system"] == system), "amount_local")
        assert sum(parts) - added(own, "returns_local") == whole
    assert added(orders, "lines") == len(month)


@quick
@given(sales_of_a_month)
def test_units_tie_whatever_they_are_added_up_by(month: Lines) -> None:
    frames = {"sales_line": lines(*month), "product_dim": PRODUCTS, "customer_dim": NOBODY}
    orders = made(ORDER_FACT, ORDER_FACT_INPUTS, make_order_fact, frames, often=True)
    frames["order_fact"] = orders.accepted
    by_product = made(SALES_DAILY, SALES_DAILY_INPUTS, make_sales_daily, frames, often=True)
    by_day = made(ORDERS_DAILY, ORDERS_DAILY_INPUTS, make_orders_daily, frames, often=True)
    by_category = made(CATEGORY_PERF, CATEGORY_PERF_INPUTS, make_category_perf, frames, often=True)
    sold = {added(records(each.accepted), "units") for each in (orders, by_product, by_day, by_category)}
    assert sold == {added(of_type(month, SALE), "quantity")}
    returned = {added(records(each.accepted), "return_units") for each in (orders, by_product, by_day)}
    assert returned == {-added(of_type(month, RETURN), "quantity")}
    # euro amounts of parts may differ from the whole by half a cent each
    parts, whole = records(by_product.accepted), records(by_day.accepted)
    off = abs(added(parts, "revenue_eur") - added(whole, "gmv_paid_eur"))
    assert off <= Decimal("0.005") * (len(parts) + len(whole))
