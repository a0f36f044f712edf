import json

import pytest
from tests.adapters.readers.conftest import Book

from work_data_hub.domain.kernel.errors import HeaderMissingError, SheetMissingError
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader


def test_headers_are_found_through_white_space_width_and_aliases(book: Book, spec: SheetSpec) -> None:
    header = ["\t月\n度", "业务类型", "客户全称 ", "期末\u3000资产规模", "流失（含待遇支付）"]
    read = ExcelReader().read(book([header, [202411, "企年受托", "甲", 1, 2]]), spec)
    assert read.header_map["customer_name"] == "客户全称 "
    assert read.rows["outflow"].to_list() == ["2"]
    assert read.absent_columns == ()


def test_an_absent_optional_header_gives_a_null_column_in_the_order_of_the_spec(
    book: Book, spec: SheetSpec
) -> None:
    read = ExcelReader().read(book([["期末资产规模", "月度"], [1, 202411]]), spec)
    names = [column.name for column in spec.columns]
    assert read.rows.columns.to_list() == ["row_number", "row_kind", *names, "extra_cells"]
    assert read.absent_columns == ("business_type", "customer_name", "outflow")
    assert read.rows["outflow"].isna().all()
    assert read.rows["outflow"].dtype == read.rows["month"].dtype
    assert str(read.rows["row_number"].dtype) == "int64[pyarrow]"


def test_cells_nobody_declared_are_kept_under_their_header_or_letter(book: Book, spec: SheetSpec) -> None:
    header = ["月度", "期末资产规模", "备注", None, "备注", "空列"]
    rows = [[202411, 1, '含"引号"', "无名", 5], [202411, 2, None, " "], [202411, 3, None, None, "后"]]
    read = ExcelReader().read(book([header, *rows]), spec)
    assert read.rows["extra_cells"].isna().to_list() == [False, True, False]
    extra = read.rows["extra_cells"].dropna().map(json.loads).to_list()
    assert extra == [{"备注": '含"引号"', "D": "无名", "备注 (2)": "5"}, {"备注 (2)": "后"}]
    assert read.unknown_headers == ("备注", "备注 (2)", "空列")


def test_the_second_of_two_equal_headers_is_kept_aside_with_a_warning(book: Book, spec: SheetSpec) -> None:
    read = ExcelReader().read(book([["月度", "期末资产规模", "期末资产规模"], [202411, 1, 2]]), spec)
    assert read.rows["closing_assets"].to_list() == ["1"]
    assert json.loads(read.rows["extra_cells"].iloc[0]) == {"期末资产规模 (2)": "2"}
    assert len(read.warnings) == 1
    assert "期末资产规模 (2)" in read.warnings[0]


def test_the_first_header_of_a_column_wins_over_its_alias(book: Book, spec: SheetSpec) -> None:
    path = book([["月度", "期末资产规模", "客户全称", "客户名称"], [202411, 1, "全", "名"]])
    read = ExcelReader().read(path, spec)
    assert read.rows["customer_name"].to_list() == ["名"]
    assert json.loads(read.rows["extra_cells"].iloc[0]) == {"客户全称": "全"}


def test_a_missing_required_header_names_sheet_row_and_near_matches(book: Book, spec: SheetSpec) -> None:
    path = book([["标题"], ["月度", "期末规模", "客户名称"], [202411, 1, "甲"]])
    with pytest.raises(HeaderMissingError) as refused:
        ExcelReader().read(path, spec, file_name="202411/规模.xlsx")
    error = refused.value
    assert error.evidence["missing"] == ("期末资产规模",)
    assert error.evidence["near"] == {"期末资产规模": ("期末规模",)}
    assert error.evidence["best_row"] == 2
    assert all(part in str(error) for part in ("202411/规模.xlsx", "规模明细", "期末规模", "Fix:"))


def test_a_header_below_the_fiftieth_filled_row_is_not_looked_for(book: Book, spec: SheetSpec) -> None:
    header = ["月度", "期末资产规模"]
    assert ExcelReader().read(book([["标题"]] * 49 + [header, [1, 1]]), spec).header_row == 50
    with pytest.raises(HeaderMissingError):
        ExcelReader().read(book([["标题"]] * 50 + [header, [1, 1]]), spec)


def test_sheet_names_are_compared_folded_and_by_alias(book: Book, spec: SheetSpec) -> None:
    rows = [["月度", "期末资产规模"], [202411, 1]]
    assert ExcelReader().read(book(rows, sheet=" 规模 明细"), spec).sheet == " 规模 明细"
    aliased = SheetSpec("规模", spec.columns, sheet_aliases=("规模明细",))
    assert ExcelReader().read(book(rows), aliased).sheet == "规模明细"


def test_a_renamed_sheet_is_explained_with_the_sheets_seen(book: Book, spec: SheetSpec) -> None:
    with pytest.raises(SheetMissingError) as refused:
        ExcelReader().read(book([["月度"]], sheet="规模明细表11月"), spec)
    assert refused.value.evidence["sheets"] == ("规模明细表11月",)
    assert refused.value.evidence["closest"] == "规模明细表11月"


def test_without_required_columns_the_first_row_with_a_declared_header_is_the_header(book: Book) -> None:
    loose = SheetSpec("规模明细", (SheetColumn("remark", ("备注",)),))
    assert ExcelReader().read(book([["标题"], ["甲", "备注"], [1, 2]]), loose).header_row == 2
