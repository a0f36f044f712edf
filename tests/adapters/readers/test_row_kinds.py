from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.readers.conftest import Book

from work_data_hub.domain.kernel.errors import EmptyInputError
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader

HEADER = ["月度", "业务类型", "客户名称", "期末资产规模"]
DATA = [202411, "企年受托", "甲", 1]


def kinds(path: Path, spec: SheetSpec) -> list[str]:
    found: list[str] = ExcelReader().read(path, spec).rows["row_kind"].to_list()
    return found


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["合计", None, None, 9], "total"),
        (["总计", None, None, 9], "total"),
        (["小计", None, None, 9], "subtotal"),
        (["合 计", None, None, 9], "total"),
        (["合\u3000计：", None, None, 9], "total"),
        (["合计（元）", None, None, 9], "total"),
        ([None, "企年受托小计", None, 9], "subtotal"),
        ([None, "企年受托 小计：", None, 9], "subtotal"),
        ([202411, None, "合计", 9], "total"),
        ([202411, "企年受托", "合计数据有限公司", 9], "data"),
        ([202411, "集合计划", "小计量仪器厂", 9], "data"),
        ([202411, "企年受托", "某某合计", 9], "data"),
        ([None, "总计划", None, 9], "data"),
    ],
)
def test_a_label_marks_a_totals_row_only_where_it_is_one(
    book: Book, spec: SheetSpec, row: list[Any], kind: str
) -> None:
    assert kinds(book([HEADER, DATA, row, DATA]), spec) == ["data", kind, "data"]


def test_a_label_in_the_first_cell_counts_also_under_an_unknown_header(book: Book, spec: SheetSpec) -> None:
    path = book([["序号", *HEADER], [1, *DATA], ["合计", None, None, None, 1]])
    assert kinds(path, spec) == ["data", "total"]


def test_repeated_headers_and_blank_rows_are_dropped_and_counted(book: Book, spec: SheetSpec) -> None:
    again = ["月度 ", None, None, "期末资产规模"]
    rows = [HEADER, DATA, [], HEADER, DATA, [" ", "\u3000"], again, DATA, ["合计", None, None, 3]]
    read = ExcelReader().read(book(rows), spec)
    assert read.rows["row_number"].to_list() == [2, 5, 8, 9]
    assert (read.read_rows, read.blank_rows, read.repeated_header_rows) == (8, 2, 2)
    assert (read.totals_rows, read.data_rows) == (1, 3)


def test_a_row_that_shares_only_one_word_with_the_header_stays(book: Book, spec: SheetSpec) -> None:
    assert kinds(book([HEADER, DATA, ["月度", None, "甲", 2]]), spec) == ["data", "data"]


@pytest.mark.parametrize("rows", [[HEADER], [HEADER, [], ["合计", None, None, 0]], []])
def test_a_sheet_without_data_is_refused(book: Book, spec: SheetSpec, rows: list[list[Any]]) -> None:
    with pytest.raises(EmptyInputError):
        ExcelReader().read(book(rows), spec)


def test_an_empty_required_column_is_refused_unless_it_may_be_empty(book: Book, spec: SheetSpec) -> None:
    path = book([HEADER, [202411, "企年受托", "甲", None], ["合计", None, None, 9]])
    with pytest.raises(EmptyInputError) as refused:
        ExcelReader().read(path, spec)
    assert refused.value.where is not None
    assert refused.value.where.column == "D"
    lenient = SheetSpec(
        spec.sheet,
        (
            *spec.columns[:3],
            SheetColumn("closing_assets", ("期末资产规模",), required=True, may_be_empty=True),
        ),
    )
    assert kinds(path, lenient) == ["data", "total"]


def test_merged_cells_are_filled_in_declared_columns_and_real_ranges_only(
    book: Book, spec: SheetSpec
) -> None:
    rows = [
        HEADER,
        [202411, "企年受托", "甲", 1],
        [202411, None, None, 2],
        [202411, None, None, 3],
        [202411, None, None, 4],
        [],
        [202411, "职年受托", "乙", 5],
        [202411, None, None, 6],
    ]
    read = ExcelReader().read(book(rows, at=(3, 2), merged=("C4:C6", "D4:D6", "C9:C10", "F20:G21")), spec)
    types = read.rows["business_type"].fillna("-").to_list()
    assert types == ["企年受托", "企年受托", "企年受托", "-", "职年受托", "职年受托"]
    assert read.rows["customer_name"].isna().sum() == 4
    assert read.forward_filled_cells == 3


def test_merged_cells_are_found_where_elements_carry_a_prefix(
    xml_book: Callable[[str], Path], book: Book, spec: SheetSpec, tmp_path: Path
) -> None:
    import zipfile

    rows = [HEADER, DATA, [202411, None, "乙", 2]]
    plain, path = book(rows, merged=("B2:B3",)), tmp_path / "prefixed.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace("</", "<~").replace("<", "<x:").replace("<x:~", "</x:")
                content = content.replace("xmlns=", "xmlns:x=")
            target.writestr(name, content)
    assert ExcelReader().read(path, spec).forward_filled_cells == 1
