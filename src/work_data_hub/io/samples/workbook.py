"""Writes sample workbooks, byte for byte the same each time."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from work_data_hub.domain.annuity.sample.cells import Cell, FormulaCell, PercentCell
from work_data_hub.domain.annuity.sample.layout import SheetContent

_CREATED: Final = datetime(2025, 1, 1, tzinfo=UTC)
_COVER: Final = ("机构经营分析数据", "口径：月末时点规模，金额单位为元", "各机构请勿改动表头")


def write_workbook(path: Path, sheets: Iterable[SheetContent]) -> None:
    """Write a cover and the given sheets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with collector_paused(), xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": "WorkDataHub sample", "created": _CREATED})
        cover = book.add_worksheet("说明")
        for row, line in enumerate(_COVER):
            cover.write_string(row, 0, line)
        formats = _Formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Write without the garbage collector."""
    # a million small tuples and no cycles: the collector would take a third of the time for nothing
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Formats:
    def __init__(self, book: Any) -> None:
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.percent = book.add_format({"num_format": "0.00%"})


def _write_sheet(worksheet: Any, sheet: SheetContent, formats: _Formats) -> None:
    if sheet.title is not None:
        worksheet.write_string(0, sheet.first_column, sheet.title)
    write_text, write_number = worksheet.write_string, worksheet.write_number
    for row, cells in enumerate(sheet.rows(), start=sheet.header_row):
        for column, cell in enumerate(cells, start=sheet.first_column):
            # the two common kinds are told apart by type alone: a month has a million cells
            kind = type(cell)
            if kind is str:
                write_text(row, column, cell)
            elif kind is float or kind is int:
                write_number(row, column, cell)
            elif cell is not None:
                _write_rare(worksheet, row, column, cell, formats)
    for merge in sheet.merges:
        worksheet.merge_range(merge.first_row, merge.column, merge.last_row, merge.column, merge.text)


def _write_rare(worksheet: Any, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case FormulaCell(formula, cached):
            worksheet.write_formula(row, column, formula, None, cached)
        case PercentCell(fraction):
            worksheet.write_number(row, column, fraction, formats.percent)
        case date():
            worksheet.write_datetime(row, column, datetime.combine(cell, datetime.min.time()), formats.day)
        case _:
            worksheet.write(row, column, cell)
