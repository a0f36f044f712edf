"""Numbers for values and rows, and the order of files."""

from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import EARLIER, LATER, eurostyle, records

from work_data_hub.domain.retail.frames.row_codes import (
    codes_of,
    in_file_order,
    joint_codes,
    repeats,
    running_numbers,
    sheet_ranks,
)

cells = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", None])), max_size=20)


@given(cells)
def test_rows_have_equal_numbers_where_all_their_cells_are_equal(rows: list[tuple[Any, Any]]) -> None:
    columns = [codes_of(pa.array([row[at] for row in rows], pa.string())) for at in (0, 1)]
    joint = joint_codes(columns, len(rows)).tolist()
    for one, first in zip(joint, rows, strict=True):
        assert [other == one for other in joint] == [second == first for second in rows]
    assert repeats(np.array(joint, np.int64)).tolist() == [row in rows[:at] for at, row in enumerate(rows)]


def test_many_wide_columns_do_not_run_over() -> None:
    wide = np.array([0, 2**40, 2**40, 5])
    joint = joint_codes([wide, wide, wide, np.array([1, 1, 2, 1])], 4)
    assert len(set(joint.tolist())) == 4
    assert repeats(joint_codes([wide, wide, wide], 4)).tolist() == [False, False, True, False]


@given(st.lists(st.integers(0, 4), max_size=30))
def test_rows_of_a_group_are_counted_from_one_in_their_order(groups: list[int]) -> None:
    found = running_numbers(np.array(groups, np.int64)).tolist()
    assert found == [groups[: at + 1].count(group) for at, group in enumerate(groups)]


@given(st.permutations(range(6)))
def test_rows_come_in_the_order_of_sheets_and_row_numbers(order: list[int]) -> None:
    rows = eurostyle(*({"sheet": sheet, "row_number": at} for sheet in (EARLIER, LATER) for at in (2, 9, 10)))
    shuffled = rows.iloc[order].reset_index(drop=True)
    assert records(in_file_order(shuffled).reset_index(drop=True)) == records(rows)


def test_rows_that_stand_in_order_are_not_moved() -> None:
    rows = eurostyle({}, {})
    assert in_file_order(rows) is rows


def test_sheets_of_one_name_in_two_files_are_two() -> None:
    rows = eurostyle(*({"file_id": file, "sheet": sheet} for file in "ba" for sheet in (LATER, EARLIER)))
    assert sheet_ranks(rows).tolist() == [3, 1, 2, 0]
    assert [sheet for sheet, _ in groupby(in_file_order(rows)["sheet"])] == [EARLIER, LATER]


def test_no_rows_are_no_trouble() -> None:
    nothing = eurostyle()
    assert len(in_file_order(nothing)) == len(sheet_ranks(nothing)) == 0
    assert joint_codes([], 0).tolist() == running_numbers(np.array([], np.int64)).tolist() == []
    assert isinstance(nothing, pd.DataFrame)
