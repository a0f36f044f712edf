"""Contoso's items joined with their sale, product and buyer: what is flagged, counted, rejected."""

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import Row, column, contoso_line, metric, records, rules_of, total

from work_data_hub.domain.kernel.outcome import Verdict


def test_an_item_takes_what_its_sale_product_and_buyer_say() -> None:
    (line,) = records(contoso_line({"sale_date": "2025-05-20"}).accepted)
    assert line == {
        "period": date(2025, 5, 1),
        "file_id": "f" * 16,
        "sheet": "rows",
        "row_number": 2,
        "order_id": "10",
        "item_id": "1",
        "sku": "403",
        "customer_id": "195",
        "order_date": date(2025, 5, 21),
        "item_date": date(2025, 5, 20),
        "channel": "E-commerce",
        "campaign_channel": "Website Banner",
        "country_name": "France",
        "quantity": 2,
        "list_price": Decimal("50.0000"),
        "unit_price": Decimal("35.0000"),
        "amount": Decimal("70.0000"),
        "cost_price": Decimal("20.7000"),
        "discount_rate": Decimal("0.300000"),
        **dict.fromkeys(("date_swapped", "before_signup", "total_differs", "repeated_product"), False),
    }


@pytest.mark.parametrize(
    ("header", "item", "swapped", "other"),
    [
        ("2025-06-05", "2025-05-06", True, False),
        ("2025-06-05", "2025-06-05", False, False),
        ("2025-05-05", "2025-05-05", False, False),
        ("2025-06-05", "2025-06-06", False, True),
        ("2025-06-05", "2024-05-06", False, True),
        ("2025-05-21", "2025-05-12", False, True),
    ],
)
def test_swapped_dates_are_told_from_other_differences(
    header: str, item: str, swapped: bool, other: bool
) -> None:
    outcome = contoso_line({"sale_date": item}, sales=[{"sale_date": header}])
    assert column(outcome, "date_swapped") == [swapped]
    assert column(outcome, "order_date") == [date.fromisoformat(header)]
    assert (metric(outcome, "date_swapped_sales"), metric(outcome, "other_dates_lines")) == (swapped, other)
    assert bool(outcome.warnings) == other


@pytest.mark.parametrize(
    ("signup", "before"), [("2025-05-22", True), ("2025-05-21", False), ("2024-01-02", False), (None, False)]
)
def test_orders_before_the_signup_are_flagged(signup: str | None, before: bool) -> None:
    outcome = contoso_line({}, customers=[{"signup_date": signup}])
    assert column(outcome, "before_signup") == [before]
    assert metric(outcome, "before_signup_sales") == before


@pytest.mark.parametrize(
    ("said", "differs", "by_more"),
    [("70", 0, 0), ("70.00", 0, 0), ("70.01", 1, 0), ("69.98", 1, 1), ("70.02", 1, 1)],
)
def test_totals_that_are_not_quantity_times_price_are_flagged_and_kept(
    said: str, differs: int, by_more: int
) -> None:
    outcome = contoso_line({"item_total": said})
    assert column(outcome, "total_differs") == [bool(differs)]
    assert column(outcome, "amount") == [Decimal(said)]
    assert metric(outcome, "total_differs_lines") == differs
    assert metric(outcome, "total_differs_by_more_than_a_cent") == by_more
    assert metric(outcome, "total_difference_largest") == pytest.approx(abs(float(said) - 70))


def test_headers_whose_items_add_up_are_counted_and_held_against_the_items() -> None:
    items: list[Row] = [
        {"item_total": "30"},
        {"item_id": "2", "item_total": "40"},
        {"item_id": "3", "sale_id": "11", "item_total": "9"},
    ]
    sales: list[Row] = [{}, {"sale_id": "11", "total_amount": "10"}, {"sale_id": "12", "total_amount": "0"}]
    outcome = contoso_line(*items, sales=sales)
    assert (metric(outcome, "headers"), metric(outcome, "headers_that_tie")) == (3, 2)
    assert metric(outcome, "sales_without_items") == 1
    assert [(line.expected, line.actual) for line in outcome.comparisons] == [
        (Decimal(3), Decimal(2)),
        (Decimal(80), Decimal(79)),
    ]
    assert {line.verdict for line in outcome.comparisons} == {Verdict.DIFFERS}
    assert outcome.warnings == ("1 sales whose items do not add up to their total",)


def test_a_sale_that_holds_a_product_twice_is_flagged_in_both_lines() -> None:
    outcome = contoso_line({}, {"item_id": "2"}, {"item_id": "3", "product_id": "404"})
    assert column(outcome, "repeated_product") == [True, True, False]
    assert (metric(outcome, "repeated_product_pairs"), metric(outcome, "repeated_product_lines")) == (1, 2)


def test_an_unknown_product_is_kept_without_cost_and_told() -> None:
    outcome = contoso_line({"product_id": "999"})
    assert column(outcome, "cost_price") == [None]
    assert metric(outcome, "unknown_product_lines") == 1
    assert any("products that the product list lacks" in warning for warning in outcome.warnings)


def test_an_unknown_buyer_is_kept_and_told() -> None:
    outcome = contoso_line({}, sales=[{"customer_id": "7"}])
    assert column(outcome, "customer_id") == ["7"]
    assert (metric(outcome, "unknown_customer_lines"), metric(outcome, "before_signup_lines")) == (1, 0)
    assert outcome.warnings == ("1 items of buyers that the customer list lacks",)


def test_oddities_that_are_only_counted() -> None:
    outcome = contoso_line(
        {"original_price": "51", "unit_price": "20", "item_total": "40"}, sales=[{"country": "Spain"}]
    )
    expected = {
        "country_differs_sales": 1,
        "list_price_differs_lines": 1,
        "below_cost_lines": 1,
        "discounted_lines": 1,
        "discounted_sales": 1,
        "discount_lines.30_percent": 1,
        "order_days": 1,
        "days_spanned": 1,
    }
    assert {name: metric(outcome, name) for name in expected} == expected


def test_no_discount_is_written_as_zero() -> None:
    outcome = contoso_line({"discount_percent": None}, {"item_id": "2", "discount_percent": "0.00%"})
    assert column(outcome, "discount_rate") == [0, 0]
    assert metric(outcome, "discounted_lines") == 0


@pytest.mark.parametrize(
    ("change", "column_name", "rule"),
    [
        ({"sale_id": "99"}, "sale_id", "unknown_sale"),
        ({"sale_id": None}, "sale_id", "required"),
        ({"item_id": " "}, "item_id", "required"),
        ({"item_id": "1"}, "item_id", "repeated_item"),
        ({"quantity": "x"}, "quantity", "whole_number"),
        ({"quantity": None}, "quantity", "required"),
        ({"item_total": "?"}, "item_total", "price"),
        ({"item_total": "9000000000000"}, "item_total", "too_large"),
        ({"unit_price": "90000000", "quantity": "9000000"}, "unit_price", "too_large"),
        ({"discount_percent": "much"}, "discount_percent", "fraction"),
        ({"sale_date": "2025-02-30"}, "sale_date", "date"),
    ],
)
def test_an_item_that_can_not_be_taken_is_rejected(change: Row, column_name: str, rule: str) -> None:
    outcome = contoso_line({}, {"item_id": "2", **change})
    assert rules_of(outcome) == [(3, column_name, rule)]
    assert (outcome.counts.published, outcome.counts.rejected) == (1, 1)
    assert metric(outcome, f"rejected.{rule}") == 1


def test_blank_ids_do_not_repeat_each_other() -> None:
    outcome = contoso_line({"item_id": None}, {"item_id": None}, {"sale_id": None}, {"sale_id": None})
    assert [rule for *_, rule in rules_of(outcome)] == ["required"] * 4


@pytest.mark.parametrize(
    ("sales", "rule"),
    [
        ([{}, {}], "repeated_sale"),
        ([{"sale_date": "soon"}], "incomplete_sale"),
        ([{"customer_id": None}], "incomplete_sale"),
        ([], "unknown_sale"),
    ],
)
def test_items_of_a_sale_that_can_not_be_trusted_are_rejected(sales: list[Row], rule: str) -> None:
    outcome = contoso_line({}, sales=sales)
    assert [found for *_, found in rules_of(outcome)] == [rule]
    assert total(outcome, "amount").rejected == 70
    assert total(outcome, "amount").published == 0


def test_of_repeated_products_and_customers_the_first_counts_and_both_are_told() -> None:
    outcome = contoso_line(
        {},
        products=[{}, {"cost_price": "1"}],
        customers=[{"signup_date": "2025-06-01"}, {}],
    )
    assert column(outcome, "cost_price") == [Decimal("20.7")]
    assert column(outcome, "before_signup") == [True]
    assert len(outcome.warnings) == 2


def test_no_items_are_lawful() -> None:
    outcome = contoso_line(sales=[], products=[], customers=[])
    assert len(outcome.accepted) == 0
    assert metric(outcome, "days_spanned") == 0


rows = st.lists(
    st.fixed_dictionaries(
        {
            "item_id": st.sampled_from("123456"),
            "sale_id": st.sampled_from(["10", "11", "99", None]),
            "product_id": st.sampled_from(["403", "404"]),
            "quantity": st.sampled_from(["1", "2", "x"]),
            "item_total": st.sampled_from(["70", "35", "y"]),
        }
    ),
    max_size=8,
)


@settings(max_examples=15)
@given(rows)
def test_each_item_has_one_fate_and_repeats_are_found_as_by_hand(changes: list[Row]) -> None:
    outcome = contoso_line(*changes, sales=[{}, {"sale_id": "11"}])
    assert outcome.counts.balanced
    kept = set(column(outcome, "row_number"))
    rejected = {rejection.row_number for rejection in outcome.rejections}
    assert kept | rejected == set(range(2, len(changes) + 2))
    assert not kept & rejected
    pairs = [(change["sale_id"], change["product_id"]) for change in changes]
    again = {
        at
        for one, other in combinations(range(len(pairs)), 2)
        if pairs[one] == pairs[other]
        for at in (one, other)
    }
    flagged = {line["row_number"] - 2 for line in records(outcome.accepted) if line["repeated_product"]}
    assert flagged == again & {number - 2 for number in kept}
