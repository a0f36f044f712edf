"""The other side as a file: a workbook's sheet, delimited text or Parquet, read whole and changed by nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from work_data_hub.application.compare.columns import one_array
from work_data_hub.application.compare.model import OtherRows
from work_data_hub.domain.kernel.errors import DamagedInputError, Location, SheetMissingError, UsageError
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetRead, SheetSpec
from work_data_hub.io.compare.named import headers_of, named_columns
from work_data_hub.io.readers.csv_reader import CsvReader
from work_data_hub.io.readers.excel_reader import ExcelReader

BOOKS: Final = (".xlsx", ".xlsm")
TEXTS: Final = (".csv", ".txt")
PARQUET: Final = (".parquet",)
SUFFIXES: Final = (*BOOKS, *TEXTS, *PARQUET)


@dataclass(frozen=True, slots=True)
class SheetSide:
    """Rows of a workbook's sheet or of a text file; cells stay as they are written."""

    path: Path
    sheets: tuple[str, ...]
    reader: ExcelReader | CsvReader

    def read(self, words: Mapping[str, tuple[str, ...]]) -> OtherRows:
        """Give the rows of the named sheet, or of the only one there is."""
        columns = tuple(SheetColumn(name, headers) for name, headers in words.items())
        read = self._sheet(columns)
        rows = read.rows[(read.rows["row_kind"] == "data").to_numpy(dtype=bool)]
        return OtherRows(
            name=self.path.name,
            cells={name: one_array(rows[name]) for name in read.header_map},
            rows=len(rows),
            headers=dict(read.header_map),
            unknown=read.unknown_headers,
            left_out=read.totals_rows,
            lineage=rows[["row_number"]].assign(sheet=read.sheet).reset_index(drop=True),
        )

    def _sheet(self, columns: tuple[SheetColumn, ...]) -> SheetRead:
        try:
            return self.reader.read(self.path, _spec(self.sheets, columns))
        except SheetMissingError as error:
            seen = error.evidence.get("sheets", ())
            if len(seen) != 1:
                raise
            return self.reader.read(self.path, _spec(seen, columns))


@dataclass(frozen=True, slots=True)
class ParquetSide:
    """Rows of a Parquet file, in the types it has."""

    path: Path

    def read(self, words: Mapping[str, tuple[str, ...]]) -> OtherRows:
        """Give the rows of the file."""
        try:
            written: list[str] = parquet.read_schema(self.path).names
            headers = headers_of(written, words)
            table: Any = parquet.read_table(self.path, columns=list(headers.values()))
        except (pa.ArrowInvalid, OSError) as error:
            raise DamagedInputError(
                f"The file can't be read as Parquet: {str(error).splitlines()[0]}.",
                where=Location(self.path.name),
                fix="export it again",
            ) from error
        return named_columns(self.path.name, table, headers, written)


def file_side(path: Path, sheets: tuple[str, ...]) -> SheetSide | ParquetSide:
    """Give the reader of a file by its suffix."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise UsageError(f"there is no file {path}", fix="correct its path")
    if suffix in PARQUET:
        return ParquetSide(path)
    if suffix in TEXTS:
        return SheetSide(path, (path.stem,), CsvReader())
    if suffix in BOOKS:
        return SheetSide(path, sheets, ExcelReader())
    raise UsageError(
        f"{path.name} is no file that can be compared", expected=", ".join(SUFFIXES), fix="convert it"
    )


def _spec(sheets: tuple[str, ...], columns: tuple[SheetColumn, ...]) -> SheetSpec:
    return SheetSpec(sheets[0], columns, sheet_aliases=tuple(sheets[1:]))
