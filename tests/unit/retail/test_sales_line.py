"""EuroStyle's and Contoso's lines in the common form, case by case."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.retail.silver_rows import (
    DECEMBER,
    EARLIER,
    LATER,
    MAY,
    Row,
    column,
    config,
    contoso_line,
    eurostyle,
    metric,
    rates,
    records,
    rules_of,
    sales_lines,
    total,
)

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import InputRefusedError
from work_data_hub.domain.retail.silver.sales_line import make_sales_line


def test_a_line_is_typed_and_valued_in_full() -> None:
    (line,) = records(sales_lines({"stock_code": " 85123a ", "description": " WHITE HEART "}).accepted)
    assert line == {
        "period": date(2010, 12, 1),
        "file_id": "f" * 16,
        "sheet": LATER,
        "row_number": 2,
        "source_system": "EUROSTYLE",
        "order_id": "536365",
        "line_number": 1,
        "sku": "85123A",
        "customer_id": "17850",
        "order_date": date(2010, 12, 1),
        "ordered_at": datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        "line_type": "sale",
        "item_kind": "product",
        "description": "WHITE HEART",
        "quantity": 6,
        "unit_price": Decimal("2.5500"),
        "list_price": Decimal("2.5500"),
        "currency": "GBP",
        "amount_local": Decimal("15.3000"),
        "list_amount_local": Decimal("15.3000"),
        "cost_local": None,
        "fx_rate": Decimal("0.85315000"),
        # 15.30 / 0.85315 = 17.93354041…
        "amount_eur": Decimal("17.933540"),
        "country_name": "United Kingdom",
        "country_code": "GB",
        "region": "North",
        "channel": None,
        **dict.fromkeys(("exact_duplicate", "zero_price", "positive_cancellation"), False),
        **dict.fromkeys(("date_swapped", "before_signup", "total_differs"), False),
    }


@pytest.mark.parametrize(
    ("change", "line_type", "item_kind"),
    [
        ({}, "sale", "product"),
        ({"price": "0"}, "sale", "product"),
        ({"price": "0", "customer_id": None}, "sale", "product"),
        ({"invoice": "C536379", "quantity": "-1"}, "cancellation", "product"),
        ({"invoice": "C536379", "quantity": "1"}, "cancellation", "product"),
        ({"invoice": "C536379", "stock_code": "POST", "quantity": "-1"}, "cancellation", "fee"),
        ({"invoice": "C536379", "stock_code": "D", "quantity": "-1"}, "cancellation", "adjustment"),
        (
            {"invoice": "A563185", "stock_code": "B", "price": "-11062.06", "quantity": "1"},
            *["adjustment"] * 2,
        ),
        ({"stock_code": "gift_0001_20"}, "fee", "fee"),
        ({"stock_code": "POST", "quantity": "-2"}, "fee", "fee"),
        ({"stock_code": "m"}, "adjustment", "adjustment"),
        ({"quantity": "-10", "price": "0", "customer_id": None}, "adjustment", "product"),
    ],
)
def test_the_type_of_a_line(change: Row, line_type: str, item_kind: str) -> None:
    outcome = sales_lines(change)
    assert (column(outcome, "line_type"), column(outcome, "item_kind")) == ([line_type], [item_kind])
    assert metric(outcome, f"line_type.{line_type}") == metric(outcome, f"item_kind.{item_kind}") == 1


def test_what_nobody_bought_at_no_price_is_an_adjustment_where_so_configured() -> None:
    settings = config(codes={"zero_price_without_customer": "adjustment"})
    outcome = sales_lines(
        {"price": "0", "customer_id": None}, {"price": "0"}, {"customer_id": None}, settings=settings
    )
    assert column(outcome, "line_type") == ["adjustment", "sale", "sale"]


def test_an_invoice_of_two_sheets_is_taken_from_the_last_and_counted() -> None:
    outcome = sales_lines(
        {"sheet": EARLIER, "quantity": "1"},
        {"sheet": EARLIER, "quantity": "2"},
        {"sheet": EARLIER, "invoice": "489434", "quantity": "5"},
        {"sheet": LATER, "quantity": "2"},
        {"sheet": LATER, "quantity": "1"},
    )
    assert [
        (r["sheet"], r["order_id"], r["line_number"], r["quantity"]) for r in records(outcome.accepted)
    ] == [
        (EARLIER, "489434", 1, 5),
        (LATER, "536365", 1, 2),
        (LATER, "536365", 2, 1),
    ]
    assert (outcome.counts.read, outcome.counts.deduplicated) == (5, 2)
    assert (metric(outcome, "overlap_lines"), metric(outcome, "overlap_invoices")) == (2, 1)
    assert metric(outcome, "overlap_differing_invoices") == 0
    assert (total(outcome, "quantity").deduplicated, total(outcome, "amount_local").deduplicated) == (
        Decimal(3),
        Decimal("7.65"),
    )
    assert outcome.warnings == ()


def test_sheets_that_disagree_about_an_invoice_are_told() -> None:
    outcome = sales_lines({"sheet": EARLIER}, {"sheet": EARLIER}, {"sheet": LATER})
    assert metric(outcome, "overlap_differing_invoices") == 1
    assert outcome.warnings == ("1 invoices stand in several sheets with different lines: 536365",)


def test_a_faulty_line_that_stands_in_a_later_sheet_too_is_not_rejected_twice() -> None:
    outcome = sales_lines({"sheet": EARLIER, "quantity": "x"}, {"sheet": LATER, "quantity": "x"})
    assert (outcome.counts.rejected, outcome.counts.deduplicated) == (1, 1)
    assert rules_of(outcome) == [(3, "quantity", "whole_number")]


def test_exact_duplicates_are_kept_and_flagged_by_default() -> None:
    outcome = sales_lines({}, {"stock_code": "71053"}, {}, {})
    assert column(outcome, "exact_duplicate") == [False, False, True, True]
    assert column(outcome, "line_number") == [1, 2, 3, 4]
    assert (metric(outcome, "exact_duplicates"), metric(outcome, "exact_duplicates_dropped")) == (2, 0)


def test_exact_duplicates_are_dropped_and_counted_where_so_configured() -> None:
    outcome = sales_lines({}, {"price": "3"}, {}, settings=config(codes={"exact_duplicates": "drop"}))
    assert column(outcome, "unit_price") == [Decimal("2.5500"), Decimal(3)]
    assert (outcome.counts.deduplicated, metric(outcome, "exact_duplicates_dropped")) == (1, 1)
    assert total(outcome, "quantity").deduplicated == 6


def test_an_invoice_may_repeat_a_code_at_another_price() -> None:
    outcome = sales_lines({}, {"price": "2.10"}, {"invoice": "536366"})
    assert column(outcome, "line_number") == [1, 2, 1]
    assert column(outcome, "exact_duplicate") == [False, False, False]


@pytest.mark.parametrize(
    ("change", "column_name", "rule"),
    [
        ({"quantity": "six"}, "quantity", "whole_number"),
        ({"quantity": "1.5"}, "quantity", "whole_number"),
        ({"quantity": None}, "quantity", "required"),
        ({"price": "2,5,5"}, "price", "price"),
        ({"price": None}, "price", "required"),
        ({"price": "99999999999", "quantity": "99999999"}, "price", "too_large"),
        ({"invoice": " "}, "invoice", "required"),
        ({"stock_code": None}, "stock_code", "required"),
        ({"stock_code": "test001"}, "stock_code", "test_code"),
        ({"customer_id": "1.3E+10"}, "customer_id", "code"),
        ({"invoice_date": None}, "invoice_date", "required"),
    ],
)
def test_a_line_that_can_not_be_taken_is_rejected_with_its_place(
    change: Row, column_name: str, rule: str
) -> None:
    outcome = sales_lines({}, change)
    (rejection,) = outcome.rejections
    assert (rejection.row_number, rejection.column, rejection.rule) == (3, column_name, rule)
    assert (rejection.file_id, rejection.sheet) == ("f" * 16, LATER)
    assert rejection.value in {change[column_name], "TEST001", None}
    assert column(outcome, "line_number") == [1]
    assert metric(outcome, f"rejected.{rule}") == 1


def test_every_fault_of_a_line_is_told_and_the_line_counted_once() -> None:
    outcome = sales_lines({"quantity": "x", "price": "y", "stock_code": None})
    assert {rule for _, _, rule in rules_of(outcome)} == {"whole_number", "price", "required"}
    assert outcome.counts.rejected == 1
    assert [t.unreadable_cells for t in outcome.totals] == [1, 1]


def test_sums_of_rejected_lines_are_found_again() -> None:
    outcome = sales_lines({}, {"stock_code": "TEST001", "quantity": "10", "price": "1"})
    assert total(outcome, "quantity").read == 16
    assert total(outcome, "quantity").rejected == 10
    assert total(outcome, "amount_local").rejected == 10


def test_a_rejected_line_keeps_its_number_free() -> None:
    outcome = sales_lines({}, {"quantity": "x"}, {"stock_code": "71053"})
    assert column(outcome, "line_number") == [1, 3]


def test_countries_are_told_by_code_and_region_whatever_their_case() -> None:
    outcome = sales_lines(*({"country": name} for name in ("EIRE", "france ", "Unspecified", "RSA")))
    assert column(outcome, "country_code") == ["IE", "FR", "ZZ", "ZA"]
    assert column(outcome, "region") == ["North", "South", "Other", "Other"]
    assert (metric(outcome, "country_unmapped"), outcome.warnings) == (0, ())


def test_unknown_countries_are_kept_as_nowhere_and_named() -> None:
    outcome = sales_lines({"country": "Atlantis"}, {"country": None}, {})
    assert column(outcome, "country_code") == ["ZZ", "ZZ", "GB"]
    assert column(outcome, "country_name") == ["Atlantis", None, "United Kingdom"]
    assert metric(outcome, "country_unmapped") == 2
    assert outcome.warnings == (
        "2 lines of countries that are not configured, taken as ZZ: (blank), Atlantis",
    )


def test_the_figures_of_a_month() -> None:
    outcome = sales_lines(
        {"price": "0"},
        {"price": "0"},
        {"invoice": "536366", "price": "0"},
        {"invoice": "536366", "customer_id": "13085.0"},
        {"invoice": "C536367", "quantity": "3", "stock_code": "M"},
        {"invoice": "536368", "quantity": "-4", "price": "0", "customer_id": None, "description": None},
    )
    expected = {
        "orders": 2,
        "zero_price_lines": 4,
        "zero_price_sale_lines": 3,
        "zero_price_orders": 1,
        "customer_missing": 1,
        "description_missing": 1,
        "positive_cancellations": 1,
        "write_offs": 1,
        "lines.eurostyle": 6,
        "fx_coverage": 1,
        "line_type.sale": 4,
        "item_kind.adjustment": 1,
    }
    assert {name: metric(outcome, name) for name in expected} == expected
    assert column(outcome, "positive_cancellation") == [False, False, False, False, True, False]
    assert column(outcome, "customer_id")[3] == "13085"


def test_the_edition_with_the_month_first_is_read_too() -> None:
    assert column(sales_lines({"invoice_date": "12/1/2010 8:26"}), "ordered_at") == [
        datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    ]


def contoso_month(*items: Row, **files: Any) -> Any:
    return contoso_line(*items, **files).accepted


def test_contosos_items_take_list_price_cost_and_flags_with_them() -> None:
    lines = contoso_month({"item_total": "70.01", "sale_date": "2025-05-21"})
    (line,) = records(sales_lines(contoso=lines, month=MAY).accepted)
    wanted = {
        "source_system": "CONTOSO",
        "order_id": "10",
        "line_number": 1,
        "sku": "403",
        "customer_id": "195",
        "order_date": date(2025, 5, 21),
        "ordered_at": None,
        "line_type": "sale",
        "item_kind": "product",
        "quantity": 2,
        "unit_price": Decimal("35.0000"),
        "list_price": Decimal("50.0000"),
        "currency": "EUR",
        "amount_local": Decimal("70.0100"),
        "list_amount_local": Decimal("100.0000"),
        "cost_local": Decimal("41.4000"),
        "fx_rate": Decimal("1.00000000"),
        "amount_eur": Decimal("70.010000"),
        "country_code": "FR",
        "region": "South",
        "channel": "E-commerce",
        "total_differs": True,
        "date_swapped": False,
    }
    assert {name: line[name] for name in wanted} == wanted


def test_contosos_codes_are_products_and_an_unknown_cost_is_null() -> None:
    lines = contoso_month({"product_id": "M"}, {"item_id": "2", "quantity": "-1"})
    outcome = sales_lines(contoso=lines, month=MAY)
    assert column(outcome, "item_kind") == ["product", "product"]
    assert column(outcome, "line_type") == ["sale", "adjustment"]
    assert column(outcome, "cost_local") == [None, Decimal("-20.7000")]


def test_a_month_of_both_brands_adds_up() -> None:
    outcome = sales_lines({}, {"stock_code": "TEST1"}, contoso=contoso_month({}))
    assert column(outcome, "source_system") == ["EUROSTYLE", "CONTOSO"]
    assert (outcome.counts.read, outcome.counts.published, outcome.counts.rejected) == (3, 2, 1)
    assert total(outcome, "amount_local").published == Decimal("85.3")
    assert (metric(outcome, "lines.eurostyle"), metric(outcome, "lines.contoso")) == (1, 1)


def test_a_month_without_any_line_is_empty_and_lawful() -> None:
    outcome = sales_lines()
    assert (len(outcome.accepted), outcome.counts.read) == (0, 0)
    assert [t.read for t in outcome.totals] == [0, 0]


def test_a_slice_without_rows_is_empty_too() -> None:
    context = BuildContext(
        DECEMBER,
        {"fx_rate": rates(), "eurostyle_lines": eurostyle(), "contoso_line": contoso_month()},
        config(),
    )
    assert len(make_sales_line(context).accepted) == 0


def test_a_brand_without_a_rate_is_refused() -> None:
    frames = {"fx_rate": rates(EUR="1"), "eurostyle_lines": eurostyle()}
    with pytest.raises(InputRefusedError, match="no exchange rate of GBP"):
        make_sales_line(BuildContext(DECEMBER, frames, config()))
