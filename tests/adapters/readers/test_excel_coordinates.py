from collections.abc import Callable
from pathlib import Path

from tests.adapters.readers.conftest import Book

from work_data_hub.domain.kernel.sheets import SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader

HEADER = ["月度", "业务类型", "客户名称", "期末资产规模"]


def test_a_sheet_that_starts_at_b3_keeps_the_rows_and_letters_excel_shows(
    book: Book, spec: SheetSpec
) -> None:
    path = book([HEADER, [202411, "企年受托", "甲", 1], [], [202411, None, "乙", 2]], at=(3, 2))
    read = ExcelReader().read(path, spec)
    assert read.header_row == 3
    assert read.column_letters == {
        "month": "B",
        "business_type": "C",
        "customer_name": "D",
        "closing_assets": "E",
    }
    assert read.rows["row_number"].to_list() == [4, 6]
    assert read.rows["customer_name"].to_list() == ["甲", "乙"]
    assert (read.read_rows, read.blank_rows, read.data_rows) == (3, 1, 2)


def test_titles_above_the_header_do_not_shift_rows(book: Book, spec: SheetSpec) -> None:
    path = book(
        [["2024年11月 规模明细表"], [], ["单位：元"], HEADER, [202411, "企年受托", "甲", 1]], at=(2, 1)
    )
    read = ExcelReader().read(path, spec)
    assert read.header_row == 5
    assert read.rows["row_number"].to_list() == [6]


def test_blank_rows_at_the_end_are_not_read(book: Book, spec: SheetSpec) -> None:
    path = book([HEADER, [202411, "企年受托", "甲", 1], ["  "], [None, "\u3000"]])
    read = ExcelReader().read(path, spec)
    assert (read.read_rows, read.blank_rows, read.data_rows) == (1, 0, 1)


def test_formatted_empty_cells_before_the_data_do_not_shift_it(tmp_path: Path, spec: SheetSpec) -> None:
    import xlsxwriter

    path = tmp_path / "painted.xlsx"
    made = xlsxwriter.Workbook(path)
    page = made.add_worksheet(spec.sheet)
    paint = made.add_format({"bg_color": "yellow"})
    page.write_blank(0, 0, None, paint)
    page.set_row(1, None, paint)
    page.write_row(4, 2, HEADER)
    page.write_row(5, 2, [202411, "企年受托", "甲", 1])
    page.write_blank(20, 9, None, paint)
    made.close()
    read = ExcelReader().read(path, spec)
    assert (read.header_row, read.column_letters["month"]) == (5, "C")
    assert read.rows["row_number"].to_list() == [6]


def test_rows_without_a_number_are_counted_and_a_lying_dimension_is_not_believed(
    xml_book: Callable[[str], Path], spec: SheetSpec
) -> None:
    def cells(*texts: str) -> str:
        return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)

    body = (
        '<dimension ref="A1:B2"/><sheetData><row/>'
        f"<row>{cells(*HEADER)}</row><row/><row>{cells('202411', 'x', '甲', '1')}</row></sheetData>"
    )
    read = ExcelReader().read(xml_book(body), spec)
    assert read.header_row == 2
    assert read.rows["row_number"].to_list() == [4]
    assert read.rows["closing_assets"].to_list() == ["1"]
