"""How single cells of the retail files are read."""

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.retail.rules.cell_rules import (
    PRICE,
    WHOLE,
    read,
    trimmed,
    upper_codes,
    whole_numbers,
)


def texts(*cells: str | None) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(cells, pa.string())))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12),
        ("-80995", -80995),
        (" 12 ", 12),
        ("12.0", 12),
        ("1,200", 1200),
        ("-", 0),
        (None, 0),
        ("(3)", -3),
    ],
)
def test_whole_numbers_are_read_in_every_form(cell: str | None, number: int) -> None:
    values, failures = read(texts(cell), WHOLE)
    assert (whole_numbers(values).tolist(), failures) == ([number], ())


@pytest.mark.parametrize("cell", ["1.5", "x", "1e15", "1000000000000000", "12 pieces"])
def test_what_is_no_whole_number_is_named(cell: str) -> None:
    values, (failure,) = read(texts("1", cell), WHOLE)
    assert values.to_pylist() == [Decimal(1), None]
    assert (failure.position, failure.value) == (1, cell)


@given(st.lists(st.sampled_from(["1", "2.5", "x", None, "y"]), max_size=15))
def test_each_cell_is_read_as_if_it_stood_alone(cells: list[str | None]) -> None:
    values, failures = read(texts(*cells), PRICE)
    alone = [read(texts(cell), PRICE) for cell in cells]
    assert values.to_pylist() == [found[0].as_py() for found, _ in alone]
    assert sorted(f.position for f in failures) == [at for at, (_, odd) in enumerate(alone) if odd]


def test_texts_are_trimmed_and_codes_in_upper_case() -> None:
    cells = texts("  a b ", "", "  ", None, "85123a\u00a0")
    assert trimmed(cells).to_pylist() == ["a b", None, None, None, "85123a"]
    assert upper_codes(cells).to_pylist() == ["A B", None, None, None, "85123A"]
