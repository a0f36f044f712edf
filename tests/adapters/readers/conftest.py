"""Small workbooks made by independent writers, so that no reader is tested against itself."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec

Book = Callable[..., Path]

SHEET = "规模明细"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def spec() -> SheetSpec:
    return SheetSpec(
        SHEET,
        (
            SheetColumn("month", ("月度",), required=True),
            SheetColumn("business_type", ("业务类型",), forward_fill=True),
            SheetColumn("customer_name", ("客户名称", "客户全称")),
            SheetColumn("closing_assets", ("期末资产规模",), required=True),
            SheetColumn("outflow", ("流失(含待遇支付)",)),
        ),
    )


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write rows with openpyxl; `at` is the row and column of the first cell, `merged` are ranges."""

    def write(
        rows: Iterable[Iterable[Any]],
        *,
        at: tuple[int, int] = (1, 1),
        sheet: str = SHEET,
        merged: tuple[str, ...] = (),
    ) -> Path:
        import openpyxl

        made = openpyxl.Workbook()
        page = made.active
        page.title = sheet
        for row, cells in enumerate(rows, at[0]):
            for column, value in enumerate(cells, at[1]):
                if value is not None:
                    page.cell(row, column, value)
        for cells in merged:
            page.merge_cells(cells)
        path = tmp_path / "book.xlsx"
        made.save(path)
        return path

    return write


@pytest.fixture
def xml_book(book: Book, tmp_path: Path) -> Callable[[str], Path]:
    """Write a workbook whose sheet is the given XML, for what no writer of ours would write."""

    def write(body: str) -> Path:
        template, path = book([["x"]]), tmp_path / "xml.xlsx"
        with zipfile.ZipFile(template) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    content = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}">{body}</worksheet>'.encode()
                target.writestr(name, content)
        return path

    return write
