"""Corrections take the place of cells, change nothing else, and are told apart by what they say."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.application.quarantine.corrections import (
    Correction,
    CorrectionLostError,
    corrected,
    corrections_version,
)

AT = datetime(2025, 12, 1, tzinfo=UTC)
COLUMNS = ("amount", "name")
cells = st.none() | st.text(max_size=5)
tables = st.lists(st.tuples(cells, cells), min_size=1, max_size=8)
places = st.dictionaries(st.tuples(st.integers(0, 7), st.sampled_from(COLUMNS)), cells, max_size=6)


def frame(rows: list[tuple[str | None, str | None]], file_id: str = "f1") -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "file_id": [file_id] * len(rows),
        "sheet": ["明细"] * len(rows),
        "amount": [amount for amount, _ in rows],
        "name": [name for _, name in rows],
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    table = table.append_column("row_number", pa.array(range(2, len(rows) + 2), pa.int64()))
    made: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return made


def correction(row: int, value: str | None, column: str = "amount", **more: Any) -> Correction:
    given_ = {
        "table": "shop.bronze.lines",
        "file_id": "f1",
        "sheet": "明细",
        "author": "王",
        "reason": "r",
        "made_at": AT,
    }
    return Correction(**{**given_, "row_number": row, "column": column, "value": value, **more})


def values(made: pd.DataFrame, column: str) -> list[str | None]:
    return [None if value is pd.NA else value for value in made[column].tolist()]


@given(tables, places)
def test_exactly_the_named_cells_change_and_the_input_does_not(
    rows: list[tuple[str | None, str | None]], changes: dict[tuple[int, str], str | None]
) -> None:
    before = frame(rows)
    kept = before.copy(deep=True)
    inside = {place: value for place, value in changes.items() if place[0] < len(rows)}
    after = corrected(before, [correction(at + 2, value, column) for (at, column), value in inside.items()])
    pd.testing.assert_frame_equal(before, kept)
    assert list(after.dtypes) == list(before.dtypes)
    for index, column in enumerate(COLUMNS):
        wanted = [inside.get((at, column), row[index]) for at, row in enumerate(rows)]
        assert values(after, column) == wanted


def test_rows_are_found_whatever_their_order_and_index() -> None:
    shuffled = frame([("a", None), ("b", None), ("c", None)]).iloc[[2, 0, 1]]
    assert values(corrected(shuffled, [correction(3, "B")]), "amount") == ["c", "a", "B"]


def test_corrections_of_another_content_or_sheet_are_told_apart() -> None:
    rows = frame([("a", None)])
    assert corrected(rows, [correction(2, "x", file_id="f2"), correction(99, "x", file_id="f2")]).equals(rows)
    assert corrected(frame([]), [correction(2, "x")]).empty
    with pytest.raises(CorrectionLostError):
        corrected(rows, [correction(2, "x", sheet="other")])


@pytest.mark.parametrize("lost", [correction(9, "x"), correction(2, "x", "price")])
def test_a_correction_without_its_cell_is_an_error_that_names_it(lost: Correction) -> None:
    with pytest.raises(CorrectionLostError, match=rf"明细 row {lost.row_number} {lost.column}") as caught:
        corrected(frame([("a", None)]), [correction(2, "fine"), lost])
    assert "wdh quarantine withdraw" in str(caught.value)


def test_the_version_follows_what_is_said_and_not_who_says_it_when_or_in_which_order() -> None:
    one, two = correction(2, "a"), correction(3, None)
    version = corrections_version([one, two])
    later = correction(
        2, "a", author="李", reason="other", made_at=datetime(2026, 1, 1, tzinfo=UTC), rejection_id="x"
    )
    assert corrections_version([two, later]) == version
    others = [correction(2, "b"), correction(2, None), correction(2, "a", "name"), correction(4, "a")]
    assert (
        len({version, corrections_version([]), *(corrections_version([other, two]) for other in others)}) == 6
    )


def test_a_blank_is_not_the_word_for_it() -> None:
    assert corrections_version([correction(2, None)]) != corrections_version([correction(2, "null")])
