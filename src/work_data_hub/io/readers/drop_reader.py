"""Reads every sheet of a file that belongs to a drop, whatever its form: workbook, text or Parquet."""

import os
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Final

from work_data_hub.domain.kernel.errors import ConfigurationError, Location, SheetMissingError
from work_data_hub.domain.kernel.sheets import DropSpec, SheetRead, SheetSpec
from work_data_hub.io.readers.assemble import assemble
from work_data_hub.io.readers.csv_reader import CsvReader
from work_data_hub.io.readers.intake import read_content
from work_data_hub.io.readers.limits import LIMITS, IntakeLimits
from work_data_hub.io.readers.parquet_reader import read_parquet
from work_data_hub.io.readers.workbook import SUFFIXES as WORKBOOKS
from work_data_hub.io.readers.workbook import OpenedWorkbook

DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}
PARQUET: Final = ".parquet"
_AT_ONCE: Final = 2


def read_drop(
    path: Path,
    spec: DropSpec,
    *,
    file_name: str | None = None,
    sha256: str | None = None,
    limits: IntakeLimits = LIMITS,
) -> tuple[SheetRead, ...]:
    """Give the sheets in the file's order; InputChangedError when the content is not the announced one."""
    suffix, file = path.suffix.lower(), file_name or path.name
    if suffix in DELIMITERS:
        reader = CsvReader(delimiter=DELIMITERS[suffix], limits=limits)
        return (reader.read(path, _sheet(spec, path.stem), file_name=file, sha256=sha256),)
    if suffix == PARQUET:
        return (read_parquet(read_content(path, file, sha256, limits), _sheet(spec, path.stem), limits),)
    if suffix in WORKBOOKS:
        book = OpenedWorkbook(read_content(path, file, sha256, limits), suffix, limits)
        return _read_sheets(book, spec, _names(book, spec))
    raise ConfigurationError(
        f"a drop can't be read from a file with the suffix {suffix or 'of nothing'}",
        where=Location(file),
        expected=f"one of {', '.join((*WORKBOOKS, *DELIMITERS, PARQUET))}",
        fix="correct suffixes in the source's YAML",
    )


def _sheet(spec: DropSpec, name: str) -> SheetSpec:
    # a drop holds transactions, not reports: it has no totals rows
    return SheetSpec(name, spec.columns, totals_labels=())


def _names(book: OpenedWorkbook, spec: DropSpec) -> tuple[str, ...]:
    pattern = spec.sheets.casefold()
    names = tuple(name for name in book.sheets if fnmatchcase(name.casefold(), pattern))
    if names:
        return names
    raise SheetMissingError(
        f"No sheet of the workbook answers {spec.sheets!r}; it has {', '.join(map(repr, book.sheets))}.",
        where=Location(book.content.file),
        expected=f"at least one sheet with a name like {spec.sheets}",
        fix="Rename the sheet in the workbook, or correct the pattern of the drop's sheets.",
        sheets=book.sheets,
    )


def _read_sheets(book: OpenedWorkbook, spec: DropSpec, names: tuple[str, ...]) -> tuple[SheetRead, ...]:
    """Judge all sheets, then read them two at a time where both together stay within the limits of one."""
    read = partial(_read_sheet, book, spec)
    with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as pool:
        rooms = [extent.room for extent in pool.map(book.judge, names)]
        if sum(sorted(rooms)[-_AT_ONCE:]) <= book.limits.cells:
            return tuple(pool.map(read, names))
    return tuple(map(read, names))


def _read_sheet(book: OpenedWorkbook, spec: DropSpec, name: str) -> SheetRead:
    return assemble(book.cells(name), _sheet(spec, name), partial(book.merged_ranges, name))
