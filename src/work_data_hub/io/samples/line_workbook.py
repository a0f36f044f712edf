"""Writes the sample's workbook of invoice lines, byte for byte the same each time."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from work_data_hub.domain.retail.sample.eurostyle import HEADERS, LineSheet
from work_data_hub.io.samples.workbook import collector_paused

_CREATED: Final = datetime(2011, 12, 10, tzinfo=UTC)
_MOMENT: Final = "yyyy-mm-dd hh:mm:ss"
# a sheet counts its days from here
_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - the moments of a sheet know no time zone
_MINUTES_OF_DAY: Final = 1_440


def write_lines(path: Path, sheets: Iterable[LineSheet]) -> None:
    """Write each sheet from its first cell on, as the real workbook stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with collector_paused(), xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": "WorkDataHub sample", "created": _CREATED})
        moment = book.add_format({"num_format": _MOMENT})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, moment)


def _write_sheet(worksheet: Any, sheet: LineSheet, moment: Any) -> None:
    text, number = worksheet.write_string, worksheet.write_number
    for column, header in enumerate(HEADERS):
        text(0, column, header)
    for row, cells in enumerate(sheet.rows, start=1):
        invoice, code, description, quantity, when, price, customer, country = cells
        text(row, 0, invoice)
        text(row, 1, code)
        if description is not None:
            text(row, 2, description)
        number(row, 3, quantity)
        number(row, 4, _serial(when), moment)
        number(row, 5, price)
        if customer is not None:
            number(row, 6, customer)
        text(row, 7, country)


def _serial(when: datetime) -> float:
    since = when - _DAY_ZERO
    return since.days + since.seconds // 60 / _MINUTES_OF_DAY
