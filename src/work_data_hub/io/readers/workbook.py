"""Cells of a workbook's sheet as text with true coordinates; knows the file format and its library."""

import difflib
import re
import zipfile
from pathlib import Path
from typing import Any, Final

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.text import normalise_header
from work_data_hub.domain.kernel.errors import DamagedInputError, Location, SheetMissingError
from work_data_hub.domain.kernel.sheets import SheetSpec
from work_data_hub.io.readers.canonical import canonical, fifteen_digits, loses_digits, with_exact_numbers
from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.texts import Texts

SUFFIXES: Final = (".xlsx", ".xlsm")
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP: Final = b"PK"
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


def read_raw(path: Path, spec: SheetSpec, file: str) -> RawSheet:
    """Read the configured sheet, every cell in the canonical text form."""
    _refuse_other_formats(path, file)
    try:
        book = fastexcel.read_excel(path)
        sheets = tuple(book.sheet_names)
        sheet = choose_sheet(spec, sheets, file)
        return _load(book, sheet, sheets, file)
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0]
        raise _damaged(
            f"The workbook can't be read: {reason}.", file, "Open the file, save it again"
        ) from error


def choose_sheet(spec: SheetSpec, sheets: tuple[str, ...], file: str) -> str:
    """Find the sheet by its name or an alias; width and white space of names do not matter."""
    folded = {normalise_header(name): name for name in reversed(sheets)}
    wanted = [normalise_header(name) for name in (spec.sheet, *spec.sheet_aliases)]
    found = next((folded[name] for name in wanted if name in folded), None)
    if found is not None:
        return found
    near = [folded[name] for name in difflib.get_close_matches(wanted[0], folded, n=1, cutoff=0.3)]
    raise SheetMissingError(
        f"The workbook has no sheet {spec.sheet!r}; it has {', '.join(map(repr, sheets))}."
        + (f" The closest name is {near[0]!r}." if near else ""),
        where=Location(file),
        expected=" or ".join(map(repr, (spec.sheet, *spec.sheet_aliases))),
        fix="Rename the sheet in the workbook, or add its name to the sheet's aliases.",
        sheets=sheets,
        closest=near[0] if near else None,
    )


def _refuse_other_formats(path: Path, file: str) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise _damaged(
            f"{path.suffix or 'No'} suffix where a workbook's is needed.", file, "Save it as .xlsx"
        )
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_OLE))
    except OSError as error:
        raise _damaged(
            f"The file can't be opened: {error.strerror}.", file, "Check that it exists"
        ) from error
    if head == _OLE:
        raise _damaged(
            "The file is protected by a password, or is an old .xls.",
            file,
            "Save it as .xlsx without password",
        )
    if not head.startswith(_ZIP):
        raise _damaged("The file is not a workbook, whatever its name says.", file, "Save it as .xlsx")
    if not zipfile.is_zipfile(path):
        raise _damaged("The workbook is cut off.", file, "Copy it again in full")


def _damaged(what: str, file: str, fix: str) -> DamagedInputError:
    return DamagedInputError(
        what,
        where=Location(file),
        expected="an .xlsx or .xlsm workbook in one piece, without password",
        fix=f"{fix} and put it into the landing folder again.",
    )


def _load(book: Any, sheet: str, sheets: tuple[str, ...], file: str) -> RawSheet:
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
