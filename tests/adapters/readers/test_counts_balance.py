from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader

SPEC = SheetSpec(
    "规模明细",
    (
        SheetColumn("month", ("月度",), required=True, may_be_empty=True),
        SheetColumn("closing_assets", ("期末资产规模",), required=True, may_be_empty=True),
        SheetColumn("customer_name", ("客户名称",)),
    ),
)
HEADER = ["月度", "期末资产规模", "客户名称", "备注"]
ROWS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["data", "blank", "repeated", "total", "subtotal"]),
        "amount": st.floats(-1e9, 1e9).map(lambda value: round(value, 4)),
        "name": st.sampled_from(["甲公司", "合计数据有限公司", "0012", None]),
        "remark": st.sampled_from([None, "备", 7]),
    }
)


def cells(row: dict[str, Any]) -> list[Any]:
    made: dict[str, list[Any]] = {
        "data": [202411, row["amount"], row["name"], row["remark"]],
        "blank": [None, None, " " if row["remark"] else None, None],
        "repeated": HEADER,
        "total": ["合计", row["amount"], None, None],
        "subtotal": [None, row["amount"], "小计", None],
    }
    return made[row["kind"]]


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(ROWS, max_size=12),
    top=st.integers(1, 5),
    left=st.integers(1, 4),
)
def test_every_row_below_the_header_is_counted_once_and_found_again(
    rows: list[dict[str, Any]], top: int, left: int
) -> None:
    import openpyxl

    rows = [*rows, {"kind": "data", "amount": 1.5, "name": "末行", "remark": None}]
    made = openpyxl.Workbook()
    page = made.active
    page.title = SPEC.sheet
    for number, line in enumerate([HEADER, *map(cells, rows)], top):
        for letter, value in enumerate(line, left):
            if value is not None:
                page.cell(number, letter, value)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        made.save(path)
        read = ExcelReader().read(path, SPEC)
    found = dict(zip(read.rows["row_number"], read.rows["row_kind"], strict=True))
    expected = {
        number: row["kind"]
        for number, row in enumerate(rows, top + 1)
        if row["kind"] in {"data", "total", "subtotal"}
    }
    assert found == expected
    assert read.header_row == top
    assert read.read_rows == len(rows)
    assert read.read_rows == read.blank_rows + read.repeated_header_rows + read.totals_rows + read.data_rows
    assert len(read.rows) == read.totals_rows + read.data_rows
    wanted = [row["amount"] for row in rows if row["kind"] in {"data", "total", "subtotal"}]
    assert [float(text) for text in read.rows["closing_assets"]] == wanted
