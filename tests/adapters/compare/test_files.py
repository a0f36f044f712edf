"""Files of other systems: what their types say, whichever way they write it."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from work_data_hub.application.compare.columns import as_text
from work_data_hub.domain.kernel.errors import (
    DamagedInputError,
    HeaderMissingError,
    SheetMissingError,
    UsageError,
)
from work_data_hub.io.compare.files import file_side
from work_data_hub.io.compare.named import headers_of
from work_data_hub.io.compare.tables import split_name

WORDS = {"plan_code": ("plan_code", "计划代码", "计划号"), "rate": ("rate", "收益率（%）"), "day": ("day",)}


def test_parquet_keeps_its_types_and_dictionaries_become_texts(tmp_path: Path) -> None:
    path = tmp_path / "legacy.parquet"
    columns = {
        "计划号": pa.array(["P1", None]).dictionary_encode(),
        "收益率(%)": pa.array([0.055, None]),
        "day": pa.array([1_762_300_800_000_000_001, None], pa.timestamp("ns", "UTC")),
        "other": pa.array([1, 2]),
    }
    parquet.write_table(pa.table(columns), path)
    found = file_side(path, ()).read(WORDS)
    assert found.headers == {"plan_code": "计划号", "rate": "收益率(%)", "day": "day"}
    assert found.unknown == ("other",)
    texts = {name: as_text(cells).to_pylist() for name, cells in found.cells.items()}
    assert texts["plan_code"] == ["P1", None]
    assert texts["rate"] == ["0.055", None]
    assert texts["day"][0].startswith("2025-11-05")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (pa.array([12345.0]), "12345"),
        (pa.array([True]), "true"),
        (pa.array([Decimal("1.50")]), "1.50"),
        (pa.array([202511]), "202511"),
    ],
)
def test_typed_cells_are_written_as_a_person_would(cells: pa.Array, text: str) -> None:
    assert as_text(cells).to_pylist() == [text]


def test_the_first_word_decides_and_a_header_serves_one_column() -> None:
    words = {"name": ("name", "机构名称", "机构"), "code": ("code", "机构")}
    assert headers_of(["机构", "机构名称"], words) == {"name": "机构名称", "code": "机构"}
    assert headers_of(["机构"], words) == {"name": "机构"}


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "legacy.parquet"
    broken.write_bytes(b"PAR1 but no more")
    with pytest.raises(DamagedInputError, match="can't be read as Parquet"):
        file_side(broken, ()).read(WORDS)
    with pytest.raises(UsageError, match="there is no file"):
        file_side(tmp_path / "nothing.csv", ())
    page = tmp_path / "legacy.pdf"
    page.write_bytes(b"%PDF")
    with pytest.raises(UsageError, match="no file that can be compared"):
        file_side(page, ())


def test_a_file_without_a_known_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "legacy.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(HeaderMissingError):
        file_side(path, ()).read(WORDS)


def test_one_of_several_sheets_must_be_named(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "legacy.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("甲", "乙"):
            book.add_worksheet(name).write_column(0, 0, ["计划号", name])
    with pytest.raises(SheetMissingError, match="'甲', '乙'"):
        file_side(path, ("规模明细",)).read(WORDS)
    found = file_side(path, ("乙",)).read(WORDS)
    assert found.cells["plan_code"].to_pylist() == ["乙"]
    assert found.lineage is not None
    assert found.lineage.to_dict("records") == [{"row_number": 2, "sheet": "乙"}]


@pytest.mark.parametrize("name", ["table", "a.b.c", ".b", 'a.""'])
def test_a_table_is_named_with_its_schema(name: str) -> None:
    with pytest.raises(UsageError, match="is no table"):
        split_name(name)


def test_quotes_around_names_are_taken_off() -> None:
    assert split_name('business."规模明细"') == ("business", "规模明细")
