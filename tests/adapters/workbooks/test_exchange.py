"""The workbook operators correct rows in: nothing in it calculates, and what they write comes back."""

from dataclasses import fields
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.workbooks.conftest import exchange_row

from work_data_hub.application.quarantine.exchange import Entry, ExchangeRow
from work_data_hub.domain.kernel.errors import (
    DamagedInputError,
    EmptyInputError,
    HeaderMissingError,
    SheetMissingError,
    UsageError,
)
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.domain.pipelines.lineage import cells_of
from work_data_hub.io.readers.excel_reader import ExcelReader
from work_data_hub.io.workbooks.exchange_reader import read_exchange
from work_data_hub.io.workbooks.exchange_writer import FORMULA_STARTS, cell_text, write_exchange
from work_data_hub.io.workbooks.layout import COLUMNS, GUIDE, ID, NOTE, SHEET, VALUE

READER = ExcelReader()
TEXTS = tuple(field.name for field in fields(ExchangeRow) if field.name != "row_number")
HEADERS = {column.header: index for index, column in enumerate(COLUMNS, start=1)}
NASTY = (
    *(f"{start}1+1|'cmd'!A0" for start in FORMULA_STARTS),
    '=HYPERLINK("http://example.invalid","x")',
    "@SUM(A1)", "-", "+", "=", "http://example.invalid", "'=1", "_x0041_", "_x000D_", "\x00", "\x01\x1f", "a\x0bb",
    "\ud800", "\ufffe\uffff", "\u200b=1", "＝1+1", "合计", "1e400", "007", "2025-11-01", "TRUE", " 前后 ", "x" * 40_000,
)  # fmt: skip
nasty = st.text(max_size=12) | st.builds(str.__add__, st.sampled_from(FORMULA_STARTS), st.text(max_size=8))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.xlsx"


def opened(path: Path) -> Any:
    """Open a workbook with another program's reader."""
    import openpyxl

    return openpyxl.load_workbook(path)


def fill(path: Path, cells: dict[int, dict[str, Any]]) -> None:
    """Write into the workbook as a person does, and save it with another program's writer."""
    book = opened(path)
    for row, values in cells.items():
        for header, value in values.items():
            book[SHEET].cell(row, HEADERS[header]).value = value
    book.save(path)


def values_of(path: Path) -> list[list[Any]]:
    return [list(row) for row in opened(path)[SHEET].iter_rows(values_only=True)]


def all_cells(path: Path) -> list[Any]:
    book = opened(path)
    return [cell for name in book.sheetnames for row in book[name].iter_rows() for cell in row]


def test_a_line_stands_in_both_languages_with_its_place_and_room_for_the_answer(path: Path) -> None:
    write_exchange(path, [exchange_row()])
    header, row = values_of(path)
    told = dict(zip(header, row, strict=True))
    assert {name: told[name] for name in ("文件 / file", "工作表 / sheet", "行 / row", "单元格 / cell", "列 / column")} == {
        "文件 / file": "202511/收集数据/甲.xlsx", "工作表 / sheet": "规模明细", "行 / row": 17,
        "单元格 / cell": "L17", "列 / column": "供款",
    }  # fmt: skip
    assert (told["原值 / value found"], told["问题 / problem"], told["应为 / expected"]) == (
        "待定",
        "不是数字",
        "金额",
    )
    assert told["problem (English)"] == "contributions_yuan is not a number"
    assert (told[VALUE], told[NOTE], told[ID]) == (None, None, "0" * 32)


def test_the_id_is_hidden_the_answer_is_text_and_the_guide_speaks_both_languages(path: Path) -> None:
    write_exchange(path, [exchange_row()])
    book = opened(path)
    sheet = book[SHEET]
    assert sheet.column_dimensions[sheet.cell(1, HEADERS[ID]).column_letter].hidden
    answer = sheet.cell(2, HEADERS[VALUE])
    assert (answer.number_format, answer.protection.locked) == ("@", False)
    assert sheet.cell(2, HEADERS[ID]).protection.locked
    assert book.sheetnames == [SHEET, GUIDE]
    guide = [cell.value for row in book[GUIDE].iter_rows() for cell in row]
    assert any("清空" in str(text) for text in guide)
    assert any("(blank)" in str(text) for text in guide)


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula_a_link_or_a_number(path: Path, text: str) -> None:
    write_exchange(path, [exchange_row(**dict.fromkeys(TEXTS, text))])
    cells = all_cells(path)
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    assert [cell.coordinate for cell in cells if cell.data_type == "n" and cell.value is not None] == ["D2"]
    assert [cell.coordinate for cell in cells if cell.hyperlink] == []


@given(st.lists(st.lists(nasty, min_size=len(TEXTS), max_size=len(TEXTS)), min_size=1, max_size=3))
def test_any_text_comes_back_as_it_went_out_and_never_as_a_formula(rows: list[list[str]]) -> None:
    sent = [exchange_row(**dict(zip(TEXTS, texts, strict=True))) for texts in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out.xlsx"
        write_exchange(path, sent)
        assert {cell.data_type for cell in all_cells(path)} <= {"s", "n"}
        spec = SheetSpec(SHEET, tuple(SheetColumn(c.header, (c.header,)) for c in COLUMNS), totals_labels=())
        back = READER.read(path, spec).rows
    for column in COLUMNS:
        for row, text in zip(sent, cells_of(back[column.header]), strict=True):
            given_ = column.read(row)
            if isinstance(given_, str):
                assert canonical_text(text) == canonical_text(cell_text(given_))


def canonical_text(text: object) -> str:
    """Give a text as every reader gives it: an end of line is one character, and minus nothing is nothing."""
    plain = "" if text is None else str(text)
    plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    return "0" if plain == "-0" else plain


def test_long_texts_are_cut_and_say_so() -> None:
    text = cell_text("长" * 5_000)
    assert text.startswith("长" * 2_000 + "…")
    assert "5,000" in text
    assert cell_text("长" * 2_000) == "长" * 2_000


def test_risky_texts_stay_texts_when_somebody_edits_them(path: Path) -> None:
    write_exchange(path, [exchange_row(value="=1+1"), exchange_row(value="11")])
    sheet = opened(path)[SHEET]
    column = HEADERS["原值 / value found"]
    assert sheet.cell(2, column).quotePrefix
    assert not sheet.cell(3, column).quotePrefix


def test_what_a_person_writes_comes_back(path: Path) -> None:
    ids = [f"{n:032x}" for n in range(5)]
    write_exchange(path, [exchange_row(rejection_id=name) for name in ids])
    fill(
        path,
        {
            2: {VALUE: "1234.50", NOTE: "见原件"},
            3: {VALUE: 202511},
            4: {VALUE: date(2025, 11, 1)},
            5: {VALUE: "合计"},
        },
    )
    book = read_exchange(READER, path)
    assert (book.file, book.sheet) == ("out.xlsx", SHEET)
    assert book.entries == (
        Entry(2, ids[0], "1234.50", "见原件"),
        Entry(3, ids[1], "202511", None),
        Entry(4, ids[2], "2025-11-01", None),
        Entry(5, ids[3], "合计", None),
        Entry(6, ids[4], None, None),
    )


def test_an_empty_answer_is_none(path: Path) -> None:
    assert not Entry(2, "a", " \u3000", None).is_correction
    assert Entry(2, "a", "0", None).is_correction
    write_exchange(path, [exchange_row(note="")])
    assert read_exchange(READER, path).entries == (Entry(2, "0" * 32, None, None),)


def test_a_file_that_is_there_is_never_written_over(path: Path) -> None:
    path.write_text("somebody's work")
    with pytest.raises(UsageError, match="is there already"):
        write_exchange(path, [exchange_row()])
    assert path.read_text() == "somebody's work"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be written"):
        write_exchange(tmp_path / "no" / "out.xlsx", [exchange_row()])


def test_workbooks_of_another_shape_are_refused(path: Path, tmp_path: Path) -> None:
    write_exchange(path, [])
    with pytest.raises(EmptyInputError):
        read_exchange(READER, path)
    book = opened(path)
    book[SHEET].cell(1, HEADERS[ID]).value = "id?"
    book.save(path)
    with pytest.raises(HeaderMissingError):
        read_exchange(READER, path)
    del book[SHEET]
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(SheetMissingError):
        read_exchange(READER, tmp_path / "other.xlsx")
    with pytest.raises(UsageError, match="there is no file"):
        read_exchange(READER, tmp_path / "absent.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    with pytest.raises(DamagedInputError):
        read_exchange(READER, tmp_path / "text.xlsx")


def test_every_part_of_a_row_has_a_column() -> None:
    row = exchange_row(**{name: name for name in TEXTS})
    shown = {column.read(row) for column in COLUMNS}
    assert set(TEXTS) | {17} <= shown | {None}
