"""Reads delimited text files; cells stay as they are written, an empty cell is null."""

import csv
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from work_data_hub.domain.kernel.errors import DamagedInputError, EmptyInputError, Location
from work_data_hub.domain.kernel.sheets import SheetRead, SheetSpec
from work_data_hub.io.readers.assemble import assemble
from work_data_hub.io.readers.intake import Content, read_content
from work_data_hub.io.readers.limits import LIMITS, IntakeLimits
from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.refusals import too_much
from work_data_hub.io.readers.texts import Positions, Texts

ENCODINGS: Final = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class CsvReader:
    """Reads one file as one sheet of its name; without an encoding, UTF-8 and then GB 18030 is tried.

    `row_number` is the line on which a row begins, also where quoted cells hold line breaks.
    """

    encoding: str | None = None
    delimiter: str = ","
    limits: IntakeLimits = LIMITS

    def read(
        self, path: Path, spec: SheetSpec, *, file_name: str | None = None, sha256: str | None = None
    ) -> SheetRead:
        """Give the file's rows; InputChangedError when the content is not the announced one."""
        file = file_name or path.name
        table, lead = self._table(self._text(read_content(path, file, sha256, self.limits)), file)
        raw = RawSheet(
            file=file,
            sheet=path.stem,
            sheets_seen=(path.stem,),
            columns=tuple(Texts.encode(column.combine_chunks()) for column in table.columns),
            first_column=0,
            row_numbers=_first_lines(table.columns, lead),
        )
        return assemble(raw, spec)

    def _text(self, content: Content) -> str:
        tried = (self.encoding,) if self.encoding else ENCODINGS
        for encoding in tried:
            try:
                return content.data.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise _damaged(f"The file is no text in {' or '.join(tried)}.", content.file)

    def _table(self, text: str, file: str) -> tuple[pa.Table, int]:
        """Give the columns, and how many empty lines come before the first row."""
        body = text.lstrip("\r\n")
        if not body.strip():
            raise EmptyInputError(
                "The file is empty.",
                where=Location(file),
                expected="a header line and at least one line of data",
                fix="Check the export, then deliver the file again.",
            )
        width = self._width(body, file)
        try:
            table = arrow_csv.read_csv(
                BytesIO(body.encode()),
                arrow_csv.ReadOptions(autogenerate_column_names=True, use_threads=False),
                arrow_csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, ignore_empty_lines=False
                ),
                arrow_csv.ConvertOptions(
                    column_types={f"f{index}": pa.string() for index in range(width)},
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid as error:
            raise _damaged(f"The file is not one table: {error}.", file) from error
        return table, text[: len(text) - len(body)].count("\n")

    def _width(self, body: str, file: str) -> int:
        try:
            width = len(next(csv.reader(StringIO(body), delimiter=self.delimiter)))
        except csv.Error as error:
            raise _damaged(f"The first line is not one of a table: {error}.", file) from error
        if width > self.limits.columns:
            raise too_much(f"The file has {width} columns.", f"{self.limits.columns}", Location(file))
        return width


def _first_lines(columns: list[pa.ChunkedArray], lead: int) -> Positions:
    """Count lines: each row takes one, and one more for every line break inside its cells."""
    breaks = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        breaks += pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy()
    lines: Positions = np.arange(1, len(breaks) + 1) + lead + np.cumsum(breaks) - breaks
    return lines


def _damaged(what: str, file: str) -> DamagedInputError:
    return DamagedInputError(
        what,
        where=Location(file),
        expected="a delimited text file in which every line has the same number of cells",
        fix="Declare the file's encoding and delimiter, or export it again.",
    )
