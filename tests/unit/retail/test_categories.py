"""Categories of products: the brand's own, whole words, the work list of those without."""

import re
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import Row, config, frame, held, mappings, metric, records

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.silver import CATEGORY_MAP, SOURCE_PRODUCT
from work_data_hub.domain.retail.silver.categories import categories_of, make_category_map

RULES = config().mappings.categories


def product(code: str, name: str | None, value: str = "1", **changes: Any) -> Row:
    usual = {"source_system": "EUROSTYLE", "item_kind": "product", "names": 1, "lines": 1}
    return {**usual, "source_product_id": code, "product_name": name, "value": Decimal(value), **changes}


def mapped(*rows: Row) -> Outcome:
    products: pd.DataFrame = frame(SOURCE_PRODUCT, rows)
    return held(CATEGORY_MAP, make_category_map(BuildContext(None, {"source_product": products}, config())))


@pytest.mark.parametrize(
    ("name", "category", "word"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "Lighting and candles", "T-LIGHT"),
        ("christmas mug", "Seasonal", "CHRISTMAS"),
        ("JUMBO BAG RED RETROSPOT", "Bags", "BAG"),
        ("BAGUETTE", "Unmapped", None),
        ("CHILDREN'S APRON", "Kitchen and dining", "APRON"),
        ("HEART,WOODEN", "Home decoration", "HEART"),
        ("FLOWER/BIRD", "Garden", "FLOWER"),
        ("", "Unmapped", None),
        (None, "Unmapped", None),
    ],
)
def test_whole_words_decide_and_the_first_rule_wins(
    name: str | None, category: str, word: str | None
) -> None:
    (row,) = records(mapped(product("1", name)).accepted)
    assert (row["unified_category"], row["rule"]) == (category, word)
    assert row["method"] == ("unmapped" if word is None else "keyword")


def test_the_brands_own_category_comes_before_words() -> None:
    rows = mapped(
        product("1", "CHRISTMAS DRESS", source_system="CONTOSO", source_category="Dresses"),
        product("2", "CHRISTMAS DRESS", source_system="CONTOSO", source_category="Hats"),
    )
    found = [(r["unified_category"], r["method"], r["rule"]) for r in records(rows.accepted)]
    assert found == [("Apparel", "source", "Dresses"), ("Seasonal", "keyword", "CHRISTMAS")]


def test_only_products_have_a_category() -> None:
    outcome = mapped(
        product("POST", "POSTAGE", item_kind="fee"), product("M", "Manual", item_kind="adjustment")
    )
    assert len(outcome.accepted) == 0
    assert outcome.facts["metrics"] == {}


def test_unmapped_products_are_ranked_by_value_within_their_brand() -> None:
    outcome = mapped(
        product("b", "ODD", "5"),
        product("a", "ODD", "5"),
        product("c", "ODD", "9"),
        product("d", "MUG", "100"),
        product("z", "ODD", "1", source_system="CONTOSO"),
    )
    assert {r["source_product_id"]: r["unmapped_rank"] for r in records(outcome.accepted)} == {
        "c": 1,
        "a": 2,
        "b": 3,
        "d": None,
        "z": 1,
    }
    assert metric(outcome, "coverage_share_of_products.eurostyle") == 0.25
    assert metric(outcome, "coverage_share_of_value.eurostyle") == pytest.approx(100 / 119)
    assert metric(outcome, "coverage_share_of_value.contoso") == 0
    largest: Any = outcome.facts["largest_unmapped"]
    assert [item["product"] for item in largest["EUROSTYLE"]] == ["c", "a", "b"]
    assert largest["EUROSTYLE"][0] == {"rank": 1, "product": "c", "name": "ODD", "value": "9.0000"}


def test_the_work_list_shows_ten() -> None:
    outcome = mapped(*(product(str(at), "ODD", str(at)) for at in range(12)))
    largest: Any = outcome.facts["largest_unmapped"]
    assert [item["value"] for item in largest["EUROSTYLE"]] == [f"{value}.0000" for value in range(11, 1, -1)]


def test_products_without_value_are_covered() -> None:
    assert metric(mapped(product("1", "ODD", "0")), "coverage_share_of_value.eurostyle") == 1


words = [word for rule in mappings()["categories"]["keywords"] for word in rule["words"]]
names = st.lists(st.sampled_from([*words[::7], "S", "X", "RED"]), max_size=4).flatmap(
    lambda parts: st.sampled_from([" ", "-", "", ", "]).map(lambda mark: mark.join(parts))
)


@given(st.lists(names, max_size=6))
def test_categories_are_what_reading_the_rules_in_order_gives(drawn: list[str]) -> None:
    found = categories_of(pa.array(drawn, pa.string()), pa.nulls(len(drawn), pa.string()), RULES)
    assert found["unified_category"].to_pylist() == [slow(name) for name in drawn]


def slow(name: str) -> str:
    for rule in RULES.keywords:
        for word in rule.words:
            if re.search(rf"(?<![A-Z0-9]){re.escape(word)}(?![A-Z0-9])", name.upper()):
                return rule.category
    return "Unmapped"
