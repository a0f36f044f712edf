import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.readers.conftest import SHEET, Book

from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader

ONE_COLUMN = SheetSpec(SHEET, (SheetColumn("cell", ("值",), required=True),))


def texts(path: Path) -> list[Any]:
    cells: list[Any] = ExcelReader().read(path, ONE_COLUMN).rows["cell"].to_list()
    return cells


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (202411, "202411"),
        (202411.0, "202411"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333333"),
        (2 / 3, "0.666666666666667"),
        (-1 / 3, "-0.333333333333333"),
        (29.020000000000003, "29.02"),
        (12345678.900000001, "12345678.9"),
        (12345678901234.567, "12345678901234.6"),
        (1e15, "1000000000000000"),
        (1.5e20, "150000000000000000000"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (-1234.5, "-1234.5"),
        (True, "true"),
        (False, "false"),
        (dt.date(2024, 11, 1), "2024-11-01"),
        (dt.datetime(2024, 11, 1, 8, 30), "2024-11-01T08:30:00"),  # noqa: DTZ001 -- workbooks know no zones
        (dt.time(8, 30), "08:30:00"),
        ("6222020012345678901", "6222020012345678901"),
        ("0.1234567890123456789", "0.1234567890123456789"),
        ("000123", "000123"),
        ("1.50", "1.50"),
        ("1e5", "1e5"),
        ("1,234.50", "1,234.50"),
        (" 测试 ", " 测试 "),
        ("第一行\n第二行", "第一行\n第二行"),
        ("NA", "NA"),
        ("null", "null"),
        ("#N/A", "#N/A"),
        ("#DIV/0!", "#DIV/0!"),
    ],
)
def test_a_cell_reads_as_excel_shows_it(book: Book, value: Any, text: str) -> None:
    # the long number beside it makes the reader take the column's numbers a second time, exactly
    assert texts(book([["值"], [value]])) == [text]
    assert texts(book([["值"], [value], [1 / 7], ["文字"]]))[0] == text


def test_a_percent_cell_reads_as_its_number_and_a_formatted_serial_as_its_date(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "formats.xlsx"
    made = xlsxwriter.Workbook(path)
    page = made.add_worksheet(SHEET)
    page.write(0, 0, "值")
    page.write(1, 0, 0.055, made.add_format({"num_format": "0.00%"}))
    page.write(2, 0, 45000, made.add_format({"num_format": 'yyyy"年"m"月"'}))
    page.write(3, 0, 1234.5, made.add_format({"num_format": "#,##0.00"}))
    page.write(4, 0, 99999999, made.add_format({"num_format": "yyyy-mm-dd"}))
    made.close()
    assert texts(path) == ["0.055", "2023-03-15", "1234.5", "99999999"]


def test_a_formula_reads_as_its_cached_value_and_a_failed_one_as_its_error(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "formulas.xlsx"
    made = xlsxwriter.Workbook(path)
    page = made.add_worksheet(SHEET)
    page.write(0, 0, "值")
    page.write_formula(1, 0, "=1+1", None, 2)
    page.write_formula(2, 0, '="甲"&"乙"', None, "甲乙")
    page.write_formula(3, 0, "=1/0", None, "#DIV/0!")
    page.write_formula(4, 0, "=B1", None, "#REF!")
    made.close()
    assert texts(path) == ["2", "甲乙", "#DIV/0!", "#REF!"]


def test_a_first_odd_cell_far_below_loses_nothing(book: Book) -> None:
    values: list[Any] = [round(1000 + row / 100, 2) for row in range(3000)]
    values[2498] = "暂无"
    values[2700] = "00012"
    values[2800] = 1 / 3
    cells = texts(book([["值"], *([value] for value in values)]))
    assert cells[2498] == "暂无"
    assert cells[2700] == "00012"
    assert cells[2800] == "0.333333333333333"
    assert cells[:2] == ["1000", "1000.01"]
    assert len(cells) == 3000


def test_a_text_formula_that_looks_like_a_number_keeps_its_zeros(xml_book: Callable[[str], Path]) -> None:
    body = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>值</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>B1</f><v>0100</v></c></row></sheetData>'
    )
    assert texts(xml_book(body)) == ["0100"]


def test_a_tiny_number_is_exact_beside_other_long_ones(book: Book) -> None:
    assert texts(book([["值"], [1.23e-10], [1 / 3]])) == ["0.000000000123", "0.333333333333333"]


def test_a_number_beside_the_middle_is_rounded_by_all_its_digits(xml_book: Callable[[str], Path]) -> None:
    # seventeen digits, as Excel stores them: the nine decimals of the library end in a 5 that is none
    body = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>值</t></is></c></row>'
        '<row r="2"><c r="A2"><v>6868094.8106140345</v></c></row></sheetData>'
    )
    assert texts(xml_book(body)) == ["6868094.81061403"]
