"""Orders from lines: what each amount counts as, whose order it is, and when."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.retail.gold_rows import DAY, customer, customers, line, order_fact
from tests.unit.retail.silver_rows import column, metric, records, total

from work_data_hub.domain.kernel.errors import PermanentError


def test_each_line_counts_once_as_what_it_is() -> None:
    outcome = order_fact(
        line("2", 3, list_price="2.5"),
        line("1", 4, sku="B"),
        line("5", 1, sku="POST", item_kind="fee", line_type="fee"),
        line("-7", 1, sku="M", item_kind="adjustment", line_type="adjustment"),
        line("2", -2, order_id="C2", line_type="cancellation"),
        line("5", -1, order_id="C2", line_type="cancellation", item_kind="fee", sku="POST"),
        line("3", -1, order_id="C2", line_type="cancellation", item_kind="adjustment", sku="M"),
    )
    sale, refund = records(outcome.accepted)
    assert (sale["gmv_list_local"], sale["gmv_paid_local"]) == (Decimal("11.5"), Decimal(10))
    assert (sale["units"], sale["products"], sale["lines"], sale["is_order"]) == (7, 2, 4, True)
    assert (sale["fees_local"], sale["adjustments_local"], sale["returns_local"]) == (5, -7, 0)
    assert sale["gmv_paid_eur"] == Decimal("11.72")
    assert (refund["is_order"], refund["units"], refund["return_units"]) == (False, 0, 2)
    assert (refund["returns_local"], refund["fees_local"], refund["adjustments_local"]) == (4, -5, -3)
    assert outcome.counts.read == 7
    assert total(outcome, "fees_local").read == 0
    assert (metric(outcome, "orders"), metric(outcome, "without_a_sale")) == (1, 1)


def test_the_first_line_says_whose_order_it_is_and_when() -> None:
    later: dict[str, Any] = {
        "customer_id": "9",
        "country_code": "FR",
        "region": "South",
        "order_date": date(2010, 12, 2),
    }
    outcome = order_fact(line(line_number=2, **later), line(line_number=1), line(line_number=3))
    (order,) = records(outcome.accepted)
    assert (order["customer_id"], order["country_code"], order["order_date"]) == ("17850", "GB", DAY)
    several = [metric(outcome, name) for name in ("several_customers", "several_countries", "several_days")]
    assert several == [1, 1, 1]


def test_the_customer_is_the_one_of_the_day() -> None:
    known = customers(
        customer(5, date(2009, 12, 1), date(2010, 12, 1)),
        customer(6, date(2010, 12, 2), date(2010, 12, 10)),
        customer(7, date(2010, 12, 20)),
        customer(8, date(2009, 1, 1), name="9", source_system="CONTOSO"),
    )
    days = [1, 2, 10, 11, 19, 20, 31]
    rows = [line(order_id=str(day), order_date=date(2010, 12, day)) for day in days]
    outcome = order_fact(*rows, line(order_id="other", customer_id="9"), known=known)
    keys = dict(zip(column(outcome, "order_id"), column(outcome, "customer_sk"), strict=True))
    assert [keys[str(day)] for day in days] == [5, 6, 6, -1, -1, 7, 7]
    assert keys["other"] == -1
    assert metric(outcome, "customer_unknown") == 3


def test_an_order_before_the_first_row_of_its_customer_is_nobodys() -> None:
    outcome = order_fact(line(), known=customers(customer(5, date(2010, 12, 2))))
    assert column(outcome, "customer_sk") == [-1]


def test_a_line_without_a_customer_is_the_unknown_ones() -> None:
    outcome = order_fact(line(customer_id=None))
    assert (column(outcome, "customer_id"), column(outcome, "customer_sk")) == ([None], [-1])
    assert (metric(outcome, "customer_missing"), metric(outcome, "customer_unknown")) == (1, 0)


def test_brands_may_use_the_same_order_number() -> None:
    outcome = order_fact(line("2"), line("3", source_system="CONTOSO", cost_local=Decimal(1)))
    assert sorted(column(outcome, "gmv_paid_eur")) == [Decimal("2.34"), Decimal("3.00")]
    assert column(outcome, "cost_local") == [None, Decimal(1)]


def test_a_cost_is_only_known_where_every_sale_has_one() -> None:
    half = (line(cost_local=Decimal(1)), line(sku="B"))
    outcome = order_fact(
        *half, line(order_id="2", line_type="cancellation", quantity=-1, cost_local=Decimal(-1))
    )
    assert column(outcome, "cost_local") == [None, None]


def test_two_rates_of_one_brand_are_refused() -> None:
    with pytest.raises(PermanentError, match="two exchange rates"):
        order_fact(line(), line(fx_rate=Decimal("0.86")))


def test_a_month_without_a_line_is_empty() -> None:
    outcome = order_fact()
    assert (len(outcome.accepted), outcome.counts.read) == (0, 0)
    assert {line.read for line in outcome.totals} == {0}
