"""Corrections: what a person says a cell of a bronze table should be; the bronze row itself stays as it came."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import arrow_series, text_cells
from work_data_hub.domain.kernel.errors import Location, PermanentError

RowKey = tuple[str, str, int]
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Correction:
    """The right text of one cell of one file content; None means that the cell should be blank."""

    table: str
    file_id: str
    sheet: str
    row_number: int
    column: str
    value: str | None
    author: str
    reason: str
    made_at: datetime
    rejection_id: str | None = None

    @property
    def row(self) -> RowKey:
        """Where the row stands."""
        return (self.file_id, self.sheet, self.row_number)

    @property
    def cell(self) -> tuple[str, RowKey, str]:
        """Where the cell stands; a cell has one correction at most."""
        return (self.table, self.row, self.column)


class CorrectionLostError(PermanentError):
    """A correction names a cell that the file it belongs to does not have."""


def corrected(frame: pd.DataFrame, corrections: Sequence[Correction]) -> pd.DataFrame:
    """Give bronze rows with their corrected cells; corrections of file contents that are not there don't apply.

    A cell missing in a file that is there is an error: to pass over it would change figures without a word.
    """
    if not corrections or frame.empty:
        return frame
    files = set(pc.unique(text_cells(frame["file_id"])).to_pylist())
    mine = [correction for correction in corrections if correction.file_id in files]
    places = _places(frame, {correction.row for correction in mine})
    _refuse_lost([c for c in mine if c.row not in places or c.column not in frame.columns])
    columns: dict[str, dict[int, str | None]] = {}
    for correction in mine:
        columns.setdefault(correction.column, {})[places[correction.row]] = correction.value
    return frame.assign(**{name: _patched(frame[name], cells) for name, cells in columns.items()})


def corrections_version(corrections: Sequence[Correction]) -> str:
    """Hash what corrections say, in any order; who said it, when and why leaves the hash as it is."""
    told = sorted(
        json.dumps([c.table, c.file_id, c.sheet, c.row_number, c.column, c.value], ensure_ascii=False)
        for c in corrections
    )
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _places(frame: pd.DataFrame, rows: set[RowKey]) -> Mapping[RowKey, int]:
    return {key: position for position, key in _keys(frame, {row[2] for row in rows}) if key in rows}


def _keys(frame: pd.DataFrame, numbers: set[int]) -> Iterator[tuple[int, RowKey]]:
    positions = np.flatnonzero(frame["row_number"].isin(list(numbers)).to_numpy())
    some = frame.iloc[positions]
    keys = zip(some["file_id"].tolist(), some["sheet"].tolist(), some["row_number"].tolist(), strict=True)
    yield from zip(positions.tolist(), keys, strict=True)


def _patched(cells: pd.Series, values: Mapping[int, str | None]) -> pd.Series:
    mask = np.zeros(len(cells), dtype=np.bool_)
    mask[list(values)] = True
    replacement = pa.array([values[position] for position in sorted(values)], pa.string())
    return arrow_series(pc.replace_with_mask(text_cells(cells), pa.array(mask), replacement), like=cells)


def _refuse_lost(lost: Sequence[Correction]) -> None:
    if not lost:
        return
    first = lost[0]
    cells = ", ".join(f"{c.sheet} row {c.row_number} {c.column}" for c in lost[:_SHOWN])
    raise CorrectionLostError(
        f"{len(lost)} correction(s) name cells that the file does not have: {cells}",
        where=Location(first.file_id, first.sheet, first.row_number, first.column, first.value),
        expected="the rows of the file as they were when the corrections were made",
        fix="withdraw these corrections with `wdh quarantine withdraw`, or read the file as before",
        rejections=tuple(c.rejection_id for c in lost),
    )
