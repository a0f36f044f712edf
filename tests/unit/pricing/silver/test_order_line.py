"""Order lines case by case: how a line is typed, why one is rejected, skipped, counted out or not usable."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.pricing.silver.bronze_rows import column, lookup, order_lines, records, rules_of, unit

from work_data_hub.domain.kernel.errors import InputRefusedError


def test_a_line_is_typed_in_full() -> None:
    (line,) = records(order_lines({"unit_cost": "99.5", "negotiated": "yes", "quote_id": "Q7"}))
    assert line == {
        "bu_id": "BU1",
        "period": date(2025, 3, 1),
        "file_id": "f" * 16,
        "sheet": "orders",
        "row_number": 2,
        "line_kind": "order",
        "order_id": "SO1",
        "order_line_id": "1",
        "customer_id": "C1",
        "product_id": "P1",
        "country": "DE",
        "region": "Central",
        "product_family": "Pumps",
        "customer_tier": "A",
        "order_date": date(2025, 3, 5),
        "currency": "EUR",
        "list_price": Decimal("200.000000"),
        "sell_price": Decimal("150.000000"),
        "unit_cost": Decimal("99.500000"),
        "quantity": Decimal("3.0000"),
        "list_value": Decimal("600.000000"),
        "discount_pct": Decimal("0.250000"),
        "negotiated": True,
        "quote_id": "Q7",
        "sales_rep": None,
        "usable": True,
        "exclusion": None,
    }


@pytest.mark.parametrize(
    ("change", "reason", "discount"),
    [
        ({"sell_price": "150"}, None, "0.250000"),
        ({"sell_price": "220"}, None, "-0.100000"),
        ({"sell_price": "400"}, None, "-1.000000"),
        ({"sell_price": "400.01"}, "discount_out_of_bounds", "-1.000050"),
        ({"sell_price": "-1"}, "discount_out_of_bounds", "1.005000"),
        ({"sell_price": "99999999", "list_price": "0.01"}, "discount_out_of_bounds", None),
        ({"sell_price": "0"}, "free_sample", "1.000000"),
        ({"sell_price": None}, "no_sell_price", None),
        ({"list_price": None}, "no_list_price", None),
        ({"list_price": "0"}, "no_list_price", None),
        ({"list_price": "0", "sell_price": "0"}, "no_list_price", None),
        ({"list_price": "-5"}, "no_list_price", None),
        ({"quantity": "-2"}, "return", "0.250000"),
        ({"quantity": "0", "list_price": None}, "return", None),
    ],
)
def test_a_line_that_is_not_usable_stays_with_its_reason(
    change: dict[str, Any], reason: str | None, discount: str | None
) -> None:
    (line,) = records(order_lines(change))
    assert (line["usable"], line["exclusion"]) == (reason is None, reason)
    assert line["discount_pct"] == (None if discount is None else Decimal(discount))


def test_a_free_sample_trains_where_the_unit_says_so() -> None:
    outcome = order_lines({"sell_price": "0"}, config=unit(lines={"free_samples": "train"}))
    assert column(outcome, "usable") == [True]


@pytest.mark.parametrize(
    ("change", "column_name", "rule"),
    [
        ({"quantity": "many"}, "quantity", "quantity"),
        ({"quantity": None}, "quantity", "required"),
        ({"list_price": "on request"}, "list_price", "price"),
        ({"sell_price": "12,5x"}, "sell_price", "price"),
        ({"order_date": "2025-02-30"}, "order_date", "date"),
        ({"order_date": "2025-04-01"}, "order_date", "period_mismatch"),
        ({"customer_id": " "}, "customer_id", "required"),
        ({"product_id": None}, "product_id", "required"),
        ({"order_id": None}, "order_id", "required"),
        ({"order_line_id": None}, "order_line_id", "required"),
        ({"currency": "USD"}, "currency", "other_currency"),
        ({"negotiated": "perhaps"}, "negotiated", "flag"),
        ({"list_price": "99999999999", "quantity": "99999999999"}, "list_price", "too_large"),
    ],
)
def test_a_line_that_can_not_be_read_is_rejected_with_its_place(
    change: dict[str, Any], column_name: str, rule: str
) -> None:
    outcome = order_lines({}, {"order_line_id": "2", **change})
    assert outcome.counts.published == 1
    assert outcome.counts.rejected == 1
    (found,) = outcome.rejections
    assert (found.file_id, found.sheet, found.row_number) == ("f" * 16, "orders", 3)
    assert (found.column, found.rule) == (column_name, rule)
    assert found.value == (change[column_name] if rule not in ("required", "too_large") else found.value)


def test_every_fault_of_a_line_is_told() -> None:
    outcome = order_lines({"quantity": "x", "currency": "USD", "customer_id": None})
    assert {rule for *_, rule, _ in rules_of(outcome)} == {"quantity", "other_currency", "required"}
    assert outcome.counts.rejected == 1


def test_a_missing_segment_key_is_unknown_and_na_is_a_word() -> None:
    outcome = order_lines({"region": None, "product_family": " ", "customer_tier": None, "country": "NA"})
    (line,) = records(outcome)
    assert [line[key] for key in ("region", "product_family", "customer_tier")] == ["unknown"] * 3
    assert line["country"] == "NA"


def test_a_tier_that_a_rule_gives_stays_open() -> None:
    rule = {"rule": "trailing_spend", "days": 365, "floors": {"A": "100"}, "otherwise": "B"}
    outcome = order_lines({"customer_tier": "A"}, config=unit(segments={"customer_tier": rule}))
    assert column(outcome, "customer_tier") == [None]


def test_currencies_that_the_unit_takes_as_they_stand_are_kept() -> None:
    outcome = order_lines({"currency": "usd"}, {"currency": None}, config=unit(lines={"currencies": ["USD"]}))
    assert column(outcome, "currency") == ["USD", "EUR"]


def test_a_whole_repeat_is_counted_out_and_a_partial_one_gets_a_suffix() -> None:
    outcome = order_lines({}, {}, {"sell_price": "149"}, {"order_line_id": "1#2"}, {"order_id": "SO2"})
    assert column(outcome, "order_line_id") == ["1", "1#3", "1#2", "1"]
    assert outcome.counts.deduplicated == 1
    (total,) = outcome.totals
    assert (total.read, total.published, total.deduplicated) == (Decimal(15), Decimal(12), Decimal(3))


def test_a_repeat_in_another_file_is_a_repeat_too() -> None:
    outcome = order_lines({}, {"file_id": "a" * 16, "sheet": "another"})
    assert outcome.counts.deduplicated == 1
    assert column(outcome, "sheet") == ["another"]


def test_a_repeat_of_a_rejected_line_is_not_judged_again() -> None:
    outcome = order_lines({"quantity": "x"}, {"quantity": "x"}, {})
    assert (outcome.counts.rejected, outcome.counts.deduplicated, outcome.counts.published) == (1, 1, 1)


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = [{}, {"sell_price": "149"}, {"order_id": "SO2"}, {"quantity": "x", "order_line_id": "9"}]
    numbered = [{**row, "row_number": at} for at, row in enumerate(rows, start=2)]
    assert records(order_lines(*numbered)) == records(order_lines(*reversed(numbered)))


def test_rows_that_are_no_lines_of_the_unit_are_skipped_and_counted() -> None:
    rules = {"equals": {"Art": "sale"}, "not_null": ["region"], "min_quantity": "2"}
    sale = {"extra_cells": {"Art": "sale"}}
    outcome = order_lines(
        sale,
        {**sale, "order_line_id": "2", "quantity": "1.9999"},
        {**sale, "order_line_id": "3", "region": None},
        {"order_line_id": "4", "extra_cells": {"Art": "fee"}},
        {"order_line_id": "5"},
        {**sale, "order_line_id": "6", "quantity": "?"},
        config=unit(lines=rules),
    )
    assert (outcome.counts.published, outcome.counts.skipped, outcome.counts.rejected) == (1, 4, 1)
    assert outcome.totals[0].read == Decimal(3)


def test_a_filter_on_a_header_that_no_row_has_is_told() -> None:
    outcome = order_lines({}, config=unit(lines={"equals": {"Art": "sale"}}))
    assert outcome.warnings == ("no order has a cell under Art",)
    assert outcome.counts.skipped == 1


def test_a_quote_has_no_sell_price_whatever_its_file_says() -> None:
    outcome = order_lines({}, quotes=[{"extra_cells": {"sell_price": "120"}}])
    order, quote = records(outcome)
    assert (order["line_kind"], quote["line_kind"]) == ("order", "quote")
    assert (quote["sell_price"], quote["discount_pct"]) == (None, None)
    assert (quote["usable"], quote["exclusion"]) == (False, "quote")
    assert quote["list_value"] == Decimal("600.000000")
    assert outcome.warnings == ()


def test_a_month_of_quotes_alone_and_a_month_of_nothing() -> None:
    assert column(order_lines(quotes=[{}]), "line_kind") == ["quote"]
    assert order_lines().counts.read == 0


HOPS = {
    "start": "product_id",
    "path": [
        {"lookup": "Products", "key": "Key", "value": "Group"},
        {"lookup": "groups", "key": "Group", "value": "Name"},
    ],
}


def test_values_are_found_through_look_ups() -> None:
    config = unit(
        columns={
            "list_price": {
                "start": "Art",
                "path": [{"lookup": "products", "key": "Key", "value": "List price"}],
            },
            "currency": {"start": "Cur", "path": [{"lookup": "currencies", "key": "Id", "value": "Code"}]},
        },
        segments={"product_family": HOPS},
    )
    files = [
        *lookup("products", {"Key": "P1", "Group": "7.0", "List price": "80"}, {"Key": "P2", "Group": "8"}),
        *lookup("groups", {"Group": "7", "Name": "Valves"}),
        *lookup("currencies", {"Id": "100", "Code": "EUR"}, {"Id": "19", "Code": "CAD"}),
    ]
    cells = {"extra_cells": {"Art": " P1 ", "Cur": "100"}}
    outcome = order_lines(
        {**cells, "sell_price": "60"},
        {"product_id": "P2", "order_line_id": "2", "extra_cells": {"Art": "P2"}},
        {**cells, "order_line_id": "3", "extra_cells": {"Art": "P1", "Cur": "19"}},
        config=config,
        lookups=files,
    )
    assert column(outcome, "product_family") == ["Valves", "unknown"]
    assert column(outcome, "list_price") == [Decimal("80.000000"), None]
    assert column(outcome, "discount_pct") == [Decimal("0.250000"), None]
    assert column(outcome, "exclusion") == [None, "no_list_price"]
    assert rules_of(outcome) == [(4, "currency", "other_currency", "CAD")]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (lookup("products", {"Key": "P1", "Group": "7"}), "the look-up groups is not among"),
        (lookup("groups", {"Group": "7", "Name": "Valves"}), "the look-up Products is not among"),
        (
            [*lookup("products", {"Key": "P1"}), *lookup("groups", {"Group": "7", "Name": "Valves"})],
            "Products has no cell under Group",
        ),
    ],
)
def test_a_look_up_that_is_not_there_is_named(files: list[Any], told: str) -> None:
    with pytest.raises(InputRefusedError, match=told):
        order_lines({}, config=unit(segments={"product_family": HOPS}), lookups=files)


def test_a_key_with_two_values_takes_the_first_and_says_so() -> None:
    path = [{"lookup": "p", "key": "k", "value": "v"}]
    config = unit(segments={"product_family": {"start": "product_id", "path": path}})
    files = lookup("p", {"k": "P1", "v": "One"}, {"k": "P1", "v": "Two"})
    outcome = order_lines({}, config=config, lookups=files)
    assert column(outcome, "product_family") == ["One"]
    assert outcome.warnings == (
        "look-up p: 1 keys of k have several values of v; the first counts, as for P1",
    )


def test_a_family_by_the_first_characters_and_one_value_for_all() -> None:
    config = unit(
        segments={
            "product_family": {"rule": "first_characters", "column": "product_id", "length": 2},
            "region": {"value": "World"},
        }
    )
    (line,) = records(order_lines({"product_id": "85123A"}, config=config))
    assert (line["product_family"], line["region"]) == ("85", "World")
