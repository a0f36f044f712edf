"""Groups of codes against plain dictionaries."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.retail.frames.grouping import Cells, Codes, Groups, combined

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.booleans()), max_size=40)


@given(ROWS, st.sampled_from([5, 5_000_000]))
def test_groups_count_add_and_tell_apart_as_dictionaries_do(
    rows: list[tuple[int, int, bool]], size: int
) -> None:
    keys, codes = (np.array([row[at] for row in rows], np.int64) for at in (0, 1))
    flags = np.array([row[2] for row in rows], bool)
    groups = Groups.of(keys, size)
    slow: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for key, code, flag in rows:
        slow[key].append((code, flag))
    assert groups.keys.tolist() == sorted(slow)
    found = [slow[key] for key in sorted(slow)]
    assert groups.counts(flags).tolist() == [sum(flag for _, flag in each) for each in found]
    assert groups.sums(codes, flags).tolist() == [sum(code for code, flag in each if flag) for each in found]
    different = [len({code for code, flag in each if flag}) for each in found]
    assert groups.distinct(codes, 4, flags).tolist() == different
    first = groups.first(-codes)
    assert codes[first].tolist() == [max(code for code, _ in each) for each in found]
    mixed = [len({code for code, _ in each}) > 1 for each in found]
    assert groups.mixed(codes, first).tolist() == mixed


@given(
    st.lists(st.tuples(st.integers(14_000, 14_005), st.sampled_from("EC"), st.integers(0, 2)), max_size=20)
)
def test_cells_name_their_day_brand_and_third(rows: list[tuple[int, str, int]]) -> None:
    systems = Codes.of(pa.array([row[1] for row in rows], pa.string()))
    days, third = (np.array([row[at] for row in rows], np.int64) for at in (0, 2))
    cells = Cells.of(days, systems, third, 3)
    names = systems.of_rows(cells.system).to_pylist()
    found = list(zip(cells.day.tolist(), names, cells.other.tolist(), strict=True))
    assert len(found) == len(cells.groups) == len(set(rows))
    assert [found[group] for group in cells.groups.rows.tolist()] == rows


def test_a_missing_text_has_the_code_minus_one() -> None:
    codes = Codes.of(pa.array(["b", None, "a", "b"]))
    assert codes.rows.tolist() == [0, -1, 1, 0]
    assert codes.of_rows(codes.rows).to_pylist() == ["b", None, "a", "b"]


def test_combined_keys_stay_below_their_size() -> None:
    keys, size = combined((np.array([1, 0]), 2), (np.array([2, 0]), 3))
    assert (keys.tolist(), size) == ([5, 0], 6)
