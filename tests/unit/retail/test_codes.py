"""What codes stand for and what kind of line they make: each rule, and their order."""

from fnmatch import fnmatchcase
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import config

from work_data_hub.domain.retail.contracts.silver import ITEM_KINDS
from work_data_hub.domain.retail.rules.codes import CodeBook, invoice_prefixes, kind_names, type_names

CODES = config().mappings.codes
BOOK = CodeBook.of(CODES)
KINDS = (*ITEM_KINDS, "test")


def kind(code: str) -> str:
    return KINDS[BOOK.kind(code)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("85123A", "product"),
        ("22423", "product"),
        ("POST", "fee"),
        ("POSTER", "product"),
        ("C2", "fee"),
        ("BANK CHARGES", "fee"),
        ("GIFT_0001_20", "fee"),
        ("GIFT", "fee"),
        ("DCGS0003", "fee"),
        ("DCGSSGIRL", "fee"),
        ("M", "adjustment"),
        ("ADJUST2", "adjustment"),
        ("B", "adjustment"),
        ("TEST001", "test"),
    ],
)
def test_codes_that_are_no_products_are_known(code: str, found: str) -> None:
    assert kind(code) == found


def test_a_pattern_holds_for_the_whole_code_and_the_strongest_wins() -> None:
    codes = config(codes={"fees": ["T*"], "adjustments": ["T*"], "tests": ["TEST"]}).mappings.codes
    book = CodeBook.of(codes)
    assert [KINDS[book.kind(code)] for code in ("TEST", "TESTS", "AT")] == ["test", "fee", "product"]


def test_without_patterns_everything_is_a_product() -> None:
    book = CodeBook.of(config(codes={"fees": [], "adjustments": [], "tests": []}).mappings.codes)
    assert kind_names(book.kinds(pa.array(["POST", "M", None]))).to_pylist() == ["product"] * 3


@given(st.lists(st.sampled_from(["POST", "M", "TEST9", "85123A", "GIFT_1", "D", None]), max_size=12))
def test_a_column_of_codes_says_what_each_code_says(codes: list[str | None]) -> None:
    found = BOOK.kinds(pa.array(codes, pa.string()))
    assert found.tolist() == [BOOK.kind(code) if code else 0 for code in codes]


@given(st.text("ADMTES_0*", max_size=6))
def test_patterns_mean_what_a_shell_means(code: str) -> None:
    groups = ((CODES.tests, "test"), (CODES.fees, "fee"), (CODES.adjustments, "adjustment"))
    expected = [name for patterns, name in groups if any(fnmatchcase(code, p) for p in patterns)]
    assert kind(code) == (expected or ["product"])[0]


def slow_type(prefix: str, item: str, quantity: int, *, given_away: bool, gifts_adjust: bool) -> str:
    """Tell the type of a line rule by rule, as the definition reads."""
    if prefix == "A":
        return "adjustment"
    if prefix == "C":
        return "cancellation"
    if item in {"fee", "adjustment"}:
        return item
    if quantity < 0 or (given_away and gifts_adjust):
        return "adjustment"
    return "sale"


@pytest.mark.parametrize("rule", ["sale", "adjustment"])
def test_every_combination_has_the_type_that_the_rules_read_in_order_give(rule: str) -> None:
    book = CodeBook.of(config(codes={"zero_price_without_customer": rule}).mappings.codes)
    cases = list(product(("", "A", "C"), ITEM_KINDS, (-1, 0, 1), (True, False)))
    prefixes = invoice_prefixes(pa.array([prefix + "536365" for prefix, *_ in cases]))
    kinds = np.array([ITEM_KINDS.index(item) for _, item, *_ in cases], np.int8)
    quantity = np.array([number for *_, number, _ in cases])
    found = book.line_types(prefixes, kinds, quantity, np.array([gift for *_, gift in cases]))
    assert type_names(found).to_pylist() == [
        slow_type(prefix, item, number, given_away=gift, gifts_adjust=rule == "adjustment")
        for prefix, item, number, gift in cases
    ]


def test_prefixes_do_not_depend_on_case_and_a_blank_invoice_has_none() -> None:
    found = invoice_prefixes(pa.array(["C1", "c1", "A1", "a1", "1C", None, "536365"]))
    assert found.tolist() == [1, 1, 2, 2, 0, 0, 0]
