"""Rules on whole columns, and the closed list they come from."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.column import apply_rule
from work_data_hub.cleansing.registry import RULES, get_rule
from work_data_hub.cleansing.rule import Rule, Unreadable
from work_data_hub.domain.kernel.errors import ConfigurationError

CELLS = (
    st.none()
    | st.sampled_from(["1.5", "x", "-", "2024-11", "1,000", "原甲公司", "F12", "", "45597"])
    | st.text()
)


def texts(cells: list[str | None], index: list[int] | None = None) -> pd.Series:
    return pd.Series(cells, dtype=pd.ArrowDtype(pa.string()), index=index, name="cell")


@given(st.lists(CELLS, max_size=30), st.sampled_from(sorted(RULES)))
def test_each_cell_is_a_value_a_blank_or_a_failure_as_the_rule_alone_says(
    cells: list[str | None], name: str
) -> None:
    rule = RULES[name]
    index = [position * 3 % 7 for position in range(len(cells))]
    values, failures = apply_rule(texts(cells, index), rule)
    assert (values.index.tolist(), values.name, values.dtype) == (index, "cell", pd.ArrowDtype(rule.dtype))
    failed = {failure.position: (failure.value, failure.reason) for failure in failures}
    read = [None if pd.isna(value) else value for value in values]
    told = [failed.get(position, value) for position, value in enumerate(read)]
    assert told == [None if cell is None else alone(rule, cell) for cell in cells]
    assert all(read[position] is None for position in failed)


def alone(rule: Rule, cell: str) -> object:
    try:
        return rule.apply(cell)
    except Unreadable as fault:
        return cell, fault.reason


def test_an_odd_cell_is_read_once_however_often_it_stands_there() -> None:
    seen: list[str] = []
    rule = Rule("spy", "text", lambda cell: seen.append(cell) or cell, "", pa.string())  # type: ignore[func-returns-value]
    values, _ = apply_rule(texts(["a", "b", "a", None, "a"]), rule)
    assert (seen, values.dropna().tolist()) == (["a", "b"], ["a", "b", "a", "a"])


def test_failures_stand_in_row_order_with_their_cells() -> None:
    _, failures = apply_rule(texts(["x", "1", "y", "x"]), get_rule("amount_yuan"))
    assert [(failure.position, failure.value) for failure in failures] == [(0, "x"), (2, "y"), (3, "x")]


def test_columns_of_several_chunks_and_of_plain_objects_are_read() -> None:
    chunked = pd.concat([texts(["1"]), texts(["1,000", None])], ignore_index=True)
    for column in (chunked, chunked.astype(object)):
        values, _ = apply_rule(column, get_rule("number"))
        assert values.dropna().tolist() == [1, 1000]


def test_an_empty_column_keeps_its_type() -> None:
    values, _ = apply_rule(texts([]), get_rule("month"))
    assert values.dtype == pd.ArrowDtype(pa.date32())


def test_the_input_is_left_as_it_was() -> None:
    cells = texts(["1,000", "x"])
    apply_rule(cells, get_rule("amount_yuan"))
    assert cells.tolist() == ["1,000", "x"]


def test_an_unknown_rule_names_the_near_and_the_known_ones() -> None:
    with pytest.raises(ConfigurationError) as error:
        get_rule("amount_yaun")
    assert error.value.fix.startswith("write amount_yuan")
    assert all(name in str(error.value) for name in RULES)


def test_the_list_of_rules_is_closed_and_every_rule_says_what_it_does() -> None:
    with pytest.raises(TypeError):
        RULES["mine"] = RULES["text"]  # type: ignore[index]
    assert all(rule.name == name and rule.description for name, rule in RULES.items())
