import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.adapters.readers.conftest import Book

from work_data_hub.domain.kernel.errors import DamagedInputError, EmptyInputError
from work_data_hub.domain.kernel.sheets import SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader


def refused(path: Path, spec: SheetSpec) -> str:
    with pytest.raises(DamagedInputError) as error:
        ExcelReader().read(path, spec)
    assert error.value.exit_status == 4
    assert error.value.where is not None
    assert error.value.where.file == path.name
    assert "Fix: " in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.xlsx", b"no workbook at all", "not a workbook"),
        ("a.xlsx", b"", "not a workbook"),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "password"),
        ("a.xls", b"PK", "suffix"),
        ("a", b"PK", "suffix"),
    ],
)
def test_what_is_no_workbook_is_refused(
    tmp_path: Path, spec: SheetSpec, name: str, content: bytes, word: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert word in refused(path, spec).lower()


def test_a_missing_file_is_refused(tmp_path: Path, spec: SheetSpec) -> None:
    assert "can't be opened" in refused(tmp_path / "none.xlsx", spec)


def test_a_workbook_that_was_cut_off_is_refused(book: Book, spec: SheetSpec) -> None:
    path = book([["月度", "期末资产规模"], [202411, 1]])
    path.write_bytes(path.read_bytes()[:2000])
    assert "cut off" in refused(path, spec)


def test_an_archive_without_a_workbook_in_it_is_refused(tmp_path: Path, spec: SheetSpec) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "lacks its part" in refused(path, spec)


def test_a_sheet_that_ends_in_the_middle_of_a_cell_is_refused(
    xml_book: Callable[[str], Path], spec: SheetSpec
) -> None:
    assert "can't be read" in refused(xml_book('<sheetData><row r="3"><c r="C3"><v>1</v>'), spec)


def test_a_sheet_without_a_cell_is_refused(xml_book: Callable[[str], Path], spec: SheetSpec) -> None:
    with pytest.raises(EmptyInputError):
        ExcelReader().read(xml_book("<sheetData/>"), spec)
