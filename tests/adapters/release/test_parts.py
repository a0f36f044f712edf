"""Parquet parts: the same bytes for the same rows, and another file at the target size."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.application.release.place import Place
from work_data_hub.application.release.version import FIRST
from work_data_hub.io.release.parts import PartWriter

PLACE = Place("numbers", date(2025, 11, 21), FIRST)
SCHEMA = pa.schema([pa.field("n", pa.int64(), nullable=False), pa.field("text", pa.string())])
ROWS = pa.table({"n": range(1_000), "text": [f"row {n * 7919 % 1000}" for n in range(1_000)]}, schema=SCHEMA)


def written(folder: Path, cuts: list[int], part_bytes: int) -> list[tuple[str, int, str]]:
    folder.mkdir()
    writer = PartWriter(folder, PLACE, SCHEMA, part_bytes, group_rows=100)
    places = sorted({0, ROWS.num_rows, *cuts})
    for start, end in pairwise(places):
        writer.write(ROWS.slice(start, end - start))
    return [(entry.name, entry.rows, entry.md5) for entry in writer.close()]


@given(st.lists(st.integers(0, 1_000), max_size=6))
def test_how_rows_were_batched_leaves_no_trace(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    assert written(folder / "one", [], 2_000) == written(folder / "two", cuts, 2_000)


def test_a_part_ends_with_the_row_group_that_reaches_the_target(tmp_path: Path) -> None:
    entries = written(tmp_path / "split", [], 2_000)
    assert len(entries) > 2
    assert sum(rows for _, rows, _ in entries) == 1_000
    names = [name for name, _, _ in entries]
    assert names == [PLACE.part(number) for number in range(1, len(names) + 1)]
    joined = pa.concat_tables(pq.read_table(tmp_path / "split" / name) for name in names)
    assert joined.equals(ROWS)
    for name in names[:-1]:
        assert (tmp_path / "split" / name).stat().st_size >= 2_000


def test_one_part_where_all_fits(tmp_path: Path) -> None:
    assert [rows for _, rows, _ in written(tmp_path / "whole", [], 1_000_000)] == [1_000]


def test_no_rows_no_file(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path, PLACE, SCHEMA, 1_000)
    writer.write(ROWS.slice(0, 0))
    assert (writer.close(), list(tmp_path.iterdir())) == ((), [])
