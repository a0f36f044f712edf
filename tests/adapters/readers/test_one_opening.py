import gc
import hashlib
import weakref
from pathlib import Path

import pytest

from work_data_hub.domain.kernel.errors import DamagedInputError, HubError, InputChangedError
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.csv_reader import CsvReader
from work_data_hub.io.readers.excel_reader import ExcelReader

SCALE = SheetSpec("规模明细", (SheetColumn("month", ("月度",), required=True),))
INCOME = SheetSpec("收入明细", (SheetColumn("month", ("月度",), required=True),))


def write(path: Path, month: int) -> str:
    """Write a workbook of two sheets and give its hash."""
    import xlsxwriter

    made = xlsxwriter.Workbook(path)
    for name in (SCALE.sheet, INCOME.sheet):
        made.add_worksheet(name).write_column(0, 0, ("月度", month))
    made.close()
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def test_the_second_sheet_of_an_announced_workbook_needs_no_file_any_more(path: Path) -> None:
    reader, sha256 = ExcelReader(), write(path, 202411)
    reader.read(path, SCALE, sha256=sha256)
    path.unlink()
    assert reader.read(path, INCOME, sha256=sha256).rows["month"].to_list() == ["202411"]


def test_the_second_sheet_is_read_from_the_workbook_that_is_open(path: Path) -> None:
    reader = ExcelReader()
    write(path, 202411)
    reader.read(path, SCALE)
    opened = reader._held
    reader.read(path, INCOME)
    assert reader._held is opened


def test_a_file_that_was_swapped_is_not_taken_for_the_announced_one(path: Path) -> None:
    reader, announced = ExcelReader(), write(path, 202411)
    found = write(path, 202412)
    with pytest.raises(InputChangedError) as changed:
        reader.read(path, SCALE, file_name="202411/书.xlsx", sha256=announced)
    assert changed.value.evidence == {"announced": announced, "found": found}
    assert "Where: file 202411/书.xlsx" in str(changed.value)
    assert "\nFix: " in str(changed.value)


def test_a_file_that_changed_without_announcement_is_opened_again(path: Path) -> None:
    reader = ExcelReader()
    write(path, 202411)
    reader.read(path, SCALE)
    write(path, 202412)
    assert reader.read(path, INCOME).rows["month"].to_list() == ["202412"]


def test_one_workbook_at_most_is_held_and_none_after_closing(tmp_path: Path) -> None:
    reader = ExcelReader()
    for name in ("a.xlsx", "b.xlsx"):
        write(tmp_path / name, 202411)
    reader.read(tmp_path / "a.xlsx", SCALE)
    first = weakref.ref(reader._held or reader)
    reader.read(tmp_path / "b.xlsx", SCALE)
    gc.collect()
    assert first() is None
    second = weakref.ref(reader._held or reader)
    reader.close()
    gc.collect()
    assert second() is None


def test_a_workbook_that_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    reader = ExcelReader()
    write(tmp_path / "a.xlsx", 202411)
    reader.read(tmp_path / "a.xlsx", SCALE)
    (tmp_path / "b.xlsx").write_bytes(b"PK")
    with pytest.raises(HubError):
        reader.read(tmp_path / "b.xlsx", SCALE)
    assert reader._held is None


def test_a_text_file_is_held_to_its_announcement_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("月度\n202411\n", "utf-8")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert CsvReader().read(path, SCALE, sha256=sha256).data_rows == 1
    path.write_text("月度\n202412\n", "utf-8")
    with pytest.raises(InputChangedError):
        CsvReader().read(path, SCALE, sha256=sha256)


def test_a_first_line_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("月" * 200_000 + "\n1\n", "utf-8")
    with pytest.raises(DamagedInputError):
        CsvReader().read(path, SCALE)
