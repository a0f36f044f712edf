"""Lines as a source has them: cells under the source's own headers, whether files or a table of the hub."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import text_cells
from work_data_hub.cleansing.text import normalise_header
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.bronze.headers import cells_by_header
from work_data_hub.domain.pricing.config import (
    BuConfig,
    Files,
    FirstDigits,
    Fixed,
    FromColumn,
    FromLookup,
    Source,
    TrailingQuantile,
    TrailingSpend,
)
from work_data_hub.domain.pricing.silver.lookups import Lookups, cells_of

Flags = npt.NDArray[np.bool_]
AnySource = Source | TrailingQuantile | TrailingSpend
LINEAGE: Final = ("file_id", "sheet", "row_number")


@dataclass(frozen=True, slots=True)
class RawLines:
    """Rows of one source in file order, and their cells by header: text in files, typed in a table of the hub."""

    kind: str
    rows: pd.DataFrame
    cells: Mapping[str, pa.Array]

    @classmethod
    def of(cls, unit: BuConfig, frame: pd.DataFrame, kind: str = "order") -> Self:
        """Take the cells that the unit's file names."""
        rows = frame.sort_values(["sheet", "file_id", "row_number"], kind="stable", ignore_index=True)
        return cls.in_order(unit, rows, kind)

    @classmethod
    def in_order(cls, unit: BuConfig, rows: pd.DataFrame, kind: str = "order") -> Self:
        """Take rows whose order is right, or does not matter."""
        headers = tuple(needed_headers(unit))
        if isinstance(unit.data_paths.orders_table, Files):
            return cls(kind, rows, _of_file(unit, rows, headers))
        return cls(kind, rows, {name: arrow(rows, name) for name in headers})

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.rows)

    def where(self, flags: Flags) -> "RawLines":
        """Give the lines for which a flag is set."""
        if flags.all():
            return self
        kept = pa.array(flags)
        cells = {name: cells.filter(kept) for name, cells in self.cells.items()}
        return RawLines(self.kind, self.rows[flags].reset_index(drop=True), cells)

    def text(self, header: str) -> pa.Array:
        """Give the text of the cells under a header, without blanks around it."""
        return trimmed(self.cells[header].cast(pa.string()))

    def column(self, source: AnySource | None, lookups: Lookups) -> pa.Array:
        """Give a column's cells as its source says; a rule that needs other lines gives nothing here."""
        match source:
            case FromColumn():
                return self.cells[source.column]
            case FirstDigits():
                return pc.utf8_slice_codeunits(self.text(source.column), 0, source.length)
            case Fixed():
                return pa.repeat(pa.scalar(source.value, pa.string()), len(self))
            case FromLookup():
                return lookups.through(source.path, self.text(source.start))
            case _:
                return pa.nulls(len(self), pa.string())

    def absent(self, unit: BuConfig) -> Iterator[str]:
        """Name the headers without any cell, among those that nobody looked for when the file was read."""
        looked_for = cells_by_header(unit)
        for name, cells in self.cells.items():
            if name not in looked_for and len(self) and cells.null_count == len(self):
                yield name


def needed_headers(unit: BuConfig) -> Iterator[str]:
    """Name each header, or column of a table, that the unit's lines are made from, once."""
    named: dict[str, None] = {}
    for source in unit.sources.values():
        match source:
            case FromColumn() | FirstDigits():
                named[source.column] = None
            case FromLookup():
                named[source.start] = None
    yield from {**named, **dict.fromkeys((*unit.lines.equals, *unit.lines.not_null))}


def trimmed(texts: pa.Array) -> pa.Array:
    """Give texts without blanks around them; an empty one is null."""
    bare = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare)


def _of_file(unit: BuConfig, rows: pd.DataFrame, headers: tuple[str, ...]) -> dict[str, pa.Array]:
    cells = {header: cell for header, cell in cells_by_header(unit).items() if cell in rows.columns}
    extra = _extra(rows, tuple(header for header in headers if header not in cells))
    return {
        header: text_cells(rows[cells[header]]) if header in cells else extra[header] for header in headers
    }


def _extra(rows: pd.DataFrame, headers: tuple[str, ...]) -> dict[str, pa.Array]:
    """Give cells under headers that no bronze column holds; only then are the JSON texts read."""
    if not headers:
        return {}
    read = [cells_of(written) for written in text_cells(rows["extra_cells"]).to_pylist()]
    return {
        header: pa.array([cells.get(normalise_header(header)) for cells in read], pa.string())
        for header in headers
    }
