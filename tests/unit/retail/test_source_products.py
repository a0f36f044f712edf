"""Products of both brands: commonest names, values, days."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import (
    EARLIER,
    GOOD_LINE,
    GOOD_PRODUCT,
    Row,
    config,
    contoso_line,
    eurostyle,
    frame,
    held,
    metric,
    numbered,
    records,
)

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.bronze import CONTOSO_PRODUCTS
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE, SOURCE_PRODUCT
from work_data_hub.domain.retail.silver.source_products import make_source_product


def made(lines: pd.DataFrame, *, listed: Sequence[Row] = ({},), sold: pd.DataFrame | None = None) -> Outcome:
    frames = {
        "eurostyle_lines": lines,
        "contoso_products": frame(CONTOSO_PRODUCTS, numbered(GOOD_PRODUCT, listed)),
        "contoso_line": frame(CONTOSO_LINE, []) if sold is None else sold,
    }
    return make_source_product(BuildContext(None, frames, config()))


def products(*lines: Row, **others: Any) -> dict[str, dict[str, Any]]:
    outcome = held(SOURCE_PRODUCT, made(eurostyle(*lines), **others))
    return {row["source_product_id"]: row for row in records(outcome.accepted)}


def test_the_commonest_trimmed_text_is_the_name_and_of_equals_the_first_by_alphabet() -> None:
    texts = ["B ", "A", " B", "damaged", None]
    found = products(
        *({"stock_code": "1", "description": text} for text in texts),
        *({"stock_code": "2", "description": text} for text in ("Z", "Y")),
        {"stock_code": "3", "description": None},
    )
    assert [(found[code]["product_name"], found[code]["names"]) for code in "123"] == [
        ("B", 3),
        ("Y", 2),
        (None, 0),
    ]
    assert [found[code]["lines"] for code in "123"] == [5, 2, 1]


def test_cases_of_a_code_are_one_product_and_fees_and_adjustments_are_there() -> None:
    found = products({"stock_code": "85123a"}, {}, {"stock_code": "POST"}, {"stock_code": "m"})
    assert {code: row["item_kind"] for code, row in found.items() if row["source_system"] == "EUROSTYLE"} == {
        "85123A": "product",
        "M": "adjustment",
        "POST": "fee",
    }
    assert found["85123A"]["lines"] == 2


def test_test_codes_and_blank_codes_are_no_products() -> None:
    assert set(products({"stock_code": "TEST001"}, {"stock_code": None}, {})) == {"85123A", "403"}


def test_only_positive_amounts_make_the_value_and_an_overlap_counts_once() -> None:
    found = products(
        {"sheet": EARLIER},
        {},
        {"invoice": "C2", "quantity": "-5"},
        {"invoice": "3", "quantity": "x"},
        {"invoice": "4", "quantity": "1", "price": "0.001"},
    )
    assert (found["85123A"]["value"], found["85123A"]["lines"]) == (Decimal("15.3010"), 4)


def test_first_and_last_day_are_those_of_all_lines() -> None:
    days = ["2011-03-05T10:00:00", "2010-12-24T23:59:00", "2011-01-01"]
    found = products(*({"invoice": str(at), "invoice_date": day} for at, day in enumerate(days)))
    assert (found["85123A"]["first_order_date"], found["85123A"]["last_order_date"]) == (
        date(2010, 12, 24),
        date(2011, 3, 5),
    )


def test_contosos_products_come_from_the_list_and_from_the_lines() -> None:
    sold = contoso_line({}, {"item_id": "2", "product_id": "999", "item_total": "9"}).accepted
    found = products(listed=[{}, {"product_id": "5", "cost_price": None}], sold=sold)
    assert (found["403"]["value"], found["403"]["lines"], found["403"]["cost_price"]) == (
        70,
        1,
        Decimal("20.7"),
    )
    assert (found["403"]["source_category"], found["403"]["color"]) == ("Dresses", "Green")
    assert (found["5"]["lines"], found["5"]["first_order_date"], found["5"]["cost_price"]) == (0, None, None)
    assert (found["999"]["product_name"], found["999"]["names"], found["999"]["value"]) == (None, 0, 9)
    assert found["999"]["last_order_date"] == date(2025, 5, 21)


def test_cells_of_the_list_that_can_not_be_read_are_blank_and_told() -> None:
    outcome = held(SOURCE_PRODUCT, made(eurostyle(), listed=[{"cost_price": "?"}]))
    assert records(outcome.accepted)[0]["cost_price"] is None
    assert outcome.warnings == ("1 cells of contoso_products can't be read and count as blank",)
    assert metric(outcome, "products.contoso") == 1


def test_values_that_would_run_over_are_refused() -> None:
    huge = {"quantity": "100000000", "price": "1000"}
    with pytest.raises(PermanentError, match="too large"):
        made(eurostyle(*[huge] * 1001))


texts = st.sampled_from(["A", " A", "B", "b", None])
lines_of = st.lists(
    st.tuples(st.sampled_from(["x1", "X1", "22", "POST"]), texts, st.integers(-3, 3)), max_size=15
)


@settings(max_examples=25)
@given(lines_of)
def test_products_are_what_counting_by_hand_gives(drawn: list[tuple[str, str | None, int]]) -> None:
    rows = [
        {"invoice": str(at), "stock_code": code, "description": text, "quantity": str(quantity)}
        for at, (code, text, quantity) in enumerate(drawn)
    ]
    found = records(made(eurostyle(*rows), listed=[]).accepted)
    named: dict[str, Counter[str]] = defaultdict(Counter)
    value: Counter[str] = Counter()
    for code, text, quantity in drawn:
        named[code.upper()].update([text.strip()] if text else [])
        value[code.upper()] += max(quantity, 0)
    assert [row["source_product_id"] for row in found] == sorted(named)
    for row in found:
        mine = named[row["source_product_id"]]
        best = min(mine, key=lambda text: (-mine[text], text), default=None)
        assert (row["product_name"], row["names"]) == (best, len(mine))
        assert row["value"] == value[row["source_product_id"]] * Decimal(str(GOOD_LINE["price"]))
