"""The library's cells as canonical text columns: its errors, cut numbers and odd dates are mended here."""

import re
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.io.readers.canonical import canonical, fifteen_digits, loses_digits, with_exact_numbers
from work_data_hub.io.readers.formulas import Uncomputed
from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.texts import Texts

_ERROR: Final = re.compile(r"'Error\((\w+)\)'$")
_OUT_OF_CALENDAR: Final = re.compile(r"value: (-?[\d.e+]+)")
_ERROR_TEXTS: Final = {
    "NA": "#N/A",
    "Div0": "#DIV/0!",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}


def load_cells(book: Any, sheet: str, sheets: tuple[str, ...], file: str, uncomputed: Uncomputed) -> RawSheet:
    """Give every cell of a sheet as text."""
    # rows skipped explicitly, if none: otherwise leading empty rows vanish and numbers shift
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = loaded.to_arrow_with_errors()
    places = [column.absolute_index for column in loaded.selected_columns]
    cells = _with_errors(batch.columns, errors.errors if errors else [])
    columns = _with_exact_numbers(book, sheet, [Texts.encode(column) for column in cells], places)
    return RawSheet(
        file=file,
        sheet=sheet,
        sheets_seen=sheets,
        columns=tuple(map(canonical, columns)),
        first_column=places[0] if places else 0,
        row_numbers=np.arange(1, batch.num_rows + 1),
        uncomputed=uncomputed,
    )


def _with_errors(columns: list[pa.Array], errors: list[Any]) -> list[pa.Array]:
    """Put the words Excel shows for errors, and numbers too great for a date, where the library has nulls."""
    patches: dict[int, dict[int, str]] = {}
    for error in errors:
        row, column = error.position
        patches.setdefault(column, {})[row] = _shown(error.detail)
    return [_patched(cells, patches.get(index, {})) for index, cells in enumerate(columns)]


def _patched(cells: pa.Array, patches: dict[int, str]) -> pa.Array:
    if not patches:
        return cells
    rows = sorted(patches)
    mask = np.zeros(len(cells), dtype=np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(cells, pa.array(mask), pa.array([patches[row] for row in rows], pa.string()))


def _shown(detail: str) -> str:
    if error := _ERROR.search(detail):
        return _ERROR_TEXTS.get(error.group(1), f"#{error.group(1).upper()}!")
    number = _OUT_OF_CALENDAR.search(detail)
    return fifteen_digits(float(number.group(1))) if number else detail


def _with_exact_numbers(book: Any, sheet: str, columns: list[Texts], places: list[int]) -> list[Texts]:
    """Read again, as numbers, the columns in which the library has cut numbers after nine decimals."""
    short = [index for index, column in enumerate(columns) if loses_digits(column)]
    if not short:
        return columns
    loaded = book.load_sheet(
        sheet,
        header_row=None,
        skip_rows=0,
        dtypes="float",
        use_columns=[places[index] for index in short],
    ).to_arrow()
    exact = dict(zip(short, loaded.columns, strict=True))
    return [
        with_exact_numbers(column, exact[index]) if index in exact else column
        for index, column in enumerate(columns)
    ]
