"""Apply a rule to a whole column: ordinary cells at once, each distinct odd cell once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.rule import CellValue, Rule, Unreadable


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that could not be read, by its position in the column."""

    position: int
    value: str
    reason: str
    expected: str


class CleanColumn(NamedTuple):
    """The values of a column, null where the cell was blank or failed, and the failures."""

    values: pd.Series
    failures: tuple[Failure, ...]


def apply_rule(series: pd.Series, rule: Rule) -> CleanColumn:
    """Read every cell of a text column; index and name stay as they are."""
    cells = text_cells(series)
    values = rule.plain(cells) if rule.plain else pa.nulls(len(cells), rule.dtype)
    odd = pc.and_(pc.is_valid(cells), pc.is_null(values))
    positions = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    if not len(positions):
        return CleanColumn(arrow_series(values, like=series), ())
    encoded = cells.take(pa.array(positions)).dictionary_encode()
    written: list[str] = encoded.dictionary.to_pylist()
    distinct, faults = _read_each(written, rule)
    read = pa.array(distinct, rule.dtype).take(encoded.indices)
    values = read if len(read) == len(cells) else pc.replace_with_mask(values, odd, read)
    failures = _failures(positions, encoded.indices.to_numpy(), written, faults)
    return CleanColumn(arrow_series(values, like=series), failures)


def text_cells(series: pd.Series) -> pa.Array:
    """Give the column as one Arrow array of strings."""
    cells = pa.array(series.array, type=pa.string(), from_pandas=True)
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def arrow_series(values: pa.Array, *, like: pd.Series) -> pd.Series:
    """Make a series of the values with the index and name of another."""
    return pd.Series(pd.arrays.ArrowExtensionArray(values), index=like.index, name=like.name)


def _read_each(cells: list[str], rule: Rule) -> tuple[list[CellValue], dict[int, Unreadable]]:
    values: list[CellValue] = []
    faults: dict[int, Unreadable] = {}
    for code, cell in enumerate(cells):
        try:
            values.append(rule.apply(cell))
        except Unreadable as fault:
            values.append(None)
            faults[code] = fault.with_traceback(None)
    return values, faults


def _failures(
    positions: np.ndarray, codes: np.ndarray, written: list[str], faults: dict[int, Unreadable]
) -> tuple[Failure, ...]:
    if not faults:
        return ()
    failed = np.flatnonzero(np.isin(codes, list(faults)))
    return tuple(
        Failure(int(positions[at]), written[code], faults[code].reason, faults[code].expected)
        for at, code in zip(failed.tolist(), codes[failed].tolist(), strict=True)
    )
