"""From the rows of a frame to the places they came from, and to rejections that name them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from work_data_hub.domain.kernel.outcome import Rejection


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the row at a position of a frame."""

    position: int
    column: str | None
    rule: str
    reason: str
    expected: str | None = None
    value: str | None = None


def rejections_of(frame: pd.DataFrame, faults: Sequence[Fault]) -> tuple[Rejection, ...]:
    """Name each fault's row by its lineage columns; an integer index stands in for a missing row_number."""
    ordered = sorted(faults, key=lambda fault: fault.position)
    rows = frame.iloc[[fault.position for fault in ordered]]
    numbers = _column(rows, "row_number") if "row_number" in rows else rows.index.tolist()
    files, sheets = _column(rows, "file_id"), _column(rows, "sheet")
    return tuple(
        Rejection(
            row_number=number if isinstance(number, int) else None,
            column=fault.column,
            rule=fault.rule,
            value=fault.value,
            reason=fault.reason,
            file_id=file_id,
            sheet=sheet,
            expected=fault.expected,
        )
        for fault, number, file_id, sheet in zip(ordered, numbers, files, sheets, strict=True)
    )


def without(frame: pd.DataFrame, faults: Sequence[Fault]) -> pd.DataFrame:
    """Leave out the rows that have a fault."""
    if not faults:
        return frame
    kept = np.ones(len(frame), dtype=bool)
    kept[[fault.position for fault in faults]] = False
    return frame[kept]


def cells_of(series: pd.Series) -> list[Any]:
    """Give the cells as plain objects, blanks as None."""
    present = series.notna().tolist()
    return [cell if there else None for cell, there in zip(series.tolist(), present, strict=True)]


def _column(rows: pd.DataFrame, name: str) -> list[Any]:
    return cells_of(rows[name]) if name in rows else [None] * len(rows)
