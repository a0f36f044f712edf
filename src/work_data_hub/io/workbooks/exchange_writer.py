"""Writes the workbook in which operators correct rejected rows; no cell of it is ever a formula."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from work_data_hub.application.quarantine.exchange import ExchangeRow
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.io.workbooks.layout import COLUMNS, GUIDE, INSTRUCTIONS, SHEET

# a sheet program takes a text that begins so for a formula, once somebody edits the cell
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_LONGEST: Final = 2_000
# what XML can't say and readers can't bring back
_UNWRITABLE: Final = {0: "␀", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_PLAIN: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ALLOWED: Final = {"autofilter": True, "format_columns": True, "format_rows": True}


def write_exchange(path: Path, rows: Sequence[ExchangeRow]) -> None:
    """Write the workbook; a file that is there is left alone, for somebody's work may be in it."""
    if path.exists():
        raise UsageError(
            f"{path} is there already",
            expected="a new file name",
            fix="name another file, or remove this one",
        )
    try:
        with xlsxwriter.Workbook(str(path), _PLAIN) as book:
            formats = _Formats(book)
            _write_rows(book.add_worksheet(SHEET), rows, formats)
            _write_guide(book.add_worksheet(GUIDE), formats)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise UsageError(
            f"{path} can't be written: {error}",
            expected="a file name in a folder of yours",
            fix="name a folder that is there and may be written to",
        ) from error


def cell_text(value: str) -> str:
    """Give a text as a cell can hold it: without what XML can't say, and no longer than people read."""
    text = value.encode("utf-8", "replace").decode().translate(_UNWRITABLE)
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}…（共 {len(text):,} 字符 / {len(text):,} characters in all）"


class _Formats:
    """The few looks a cell can have; quoted texts stay texts even when somebody edits them."""

    def __init__(self, book: Any) -> None:
        look = {"num_format": "@", "valign": "top", "text_wrap": True}
        yellow = {"bg_color": "#FFF2CC", "border": 1, "border_color": "#D9D9D9", "locked": False}
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E1F2"})
        self.text = book.add_format(look)
        self.quoted = book.add_format({**look, "quote_prefix": True})
        self.number = book.add_format({"valign": "top"})
        self.operator = book.add_format({**look, **yellow})

    def of(self, text: str, *, operator: bool) -> Any:
        """Give the look of a text."""
        if operator:
            return self.operator
        return self.quoted if text.startswith(FORMULA_STARTS) else self.text


def _write_rows(sheet: Any, rows: Sequence[ExchangeRow], formats: _Formats) -> None:
    for index, column in enumerate(COLUMNS):
        sheet.write_string(0, index, column.header, formats.head)
        sheet.set_column(index, index, column.width, None, {"hidden": column.hidden})
    for at, row in enumerate(rows, start=1):
        for index, column in enumerate(COLUMNS):
            value = column.read(row)
            if isinstance(value, int):
                sheet.write_number(at, index, value, formats.number)
            else:
                text = cell_text(value or "")
                look = formats.of(text, operator=column.for_the_operator)
                if text:
                    sheet.write_string(at, index, text, look)
                else:
                    sheet.write_blank(at, index, None, look)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    # no password: it keeps slips out, not people
    sheet.protect("", _ALLOWED)


def _write_guide(sheet: Any, formats: _Formats) -> None:
    sheet.set_column(0, 1, 80)
    sheet.write_string(0, 0, "使用说明", formats.head)
    sheet.write_string(0, 1, "Instructions", formats.head)
    for row, (chinese, english) in enumerate(INSTRUCTIONS, start=1):
        sheet.write_string(row, 0, chinese, formats.text)
        sheet.write_string(row, 1, english, formats.text)
