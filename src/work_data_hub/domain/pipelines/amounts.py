"""Amounts as a second witness: sheet rows read once more beside the pipeline, and held against its result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import CleanColumn, apply_rule
from work_data_hub.cleansing.rule import Rule
from work_data_hub.domain.kernel.contract import TOTAL
from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Verdict

CENT: Final = Decimal("0.01")
# a workbook adds in binary floats, and shows fifteen digits: a ten-trillionth of what was added up
FLOAT_TERM: Final = Decimal("1e-13")
_NAMES: Final = {"subtotal": "workbook_subtotal", "total": "workbook_total"}
ZERO: Final = Decimal(0)


def total(values: pa.Array | pa.ChunkedArray) -> Decimal:
    """Add up exactly; nothing there is zero."""
    found: Decimal | None = pc.sum(pc.cast(values, TOTAL)).as_py()
    return ZERO if found is None else found


def arrow(frame: pd.DataFrame, column: str) -> pa.Array:
    """Give a column as one Arrow array."""
    return _as_array(frame[column])


def _as_array(series: pd.Series) -> pa.Array:
    values = pa.array(series.array, from_pandas=True)
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of all rows of a sheet, totals rows included, and what kind of row each is."""

    kinds: pa.Array
    row_numbers: pa.Array
    read: dict[str, CleanColumn]

    @classmethod
    def of(cls, rows: pd.DataFrame, sources: Mapping[str, str], rule: Rule) -> "Amounts":
        """Read the amount cells of bronze rows, totals rows included; `sources` maps raw names to amounts."""
        read = {name: apply_rule(rows[raw], rule) for raw, name in sources.items()}
        return cls(arrow(rows, "row_kind"), arrow(rows, "row_number"), read)

    def control_totals(self, accepted: pd.DataFrame) -> tuple[ControlTotal, ...]:
        """Tie each amount: all data rows against accepted ones, whose index tells which, and the others."""
        is_data = pc.equal(self.kinds, "data")
        kept = np.zeros(len(self.kinds), bool)
        kept[accepted.index] = True
        lost = pc.and_(is_data, pa.array(~kept))
        return tuple(
            ControlTotal(
                name,
                read=total(values.filter(is_data)),
                published=total(arrow(accepted, name)),
                rejected=total(values.filter(lost)),
                unreadable_cells=self._unreadable(name, is_data),
            )
            for name, values in self._columns()
        )

    def _columns(self) -> Iterator[tuple[str, pa.Array]]:
        for name, column in self.read.items():
            yield name, _as_array(column.values)

    def _unreadable(self, name: str, is_data: pa.Array) -> int:
        flags = np.asarray(is_data)
        return sum(bool(flags[failure.position]) for failure in self.read[name].failures)

    def workbook_totals(self) -> tuple[Comparison, ...]:
        """Compare every totals row with the data rows it stands for, rejected ones included."""
        spans = tuple(self._spans())
        return tuple(
            line
            for name, values in self._columns()
            for at, start, stop in spans
            if (line := self._compared(name, values, at, start, stop)) is not None
        )

    def _spans(self) -> Iterator[tuple[int, int, int]]:
        """Give each totals row with the rows it sums: all, or those since the subtotal before it."""
        since = 0
        kinds = self.kinds.to_pylist()
        for at in np.flatnonzero(np.asarray(pc.not_equal(self.kinds, "data"))).tolist():
            if kinds[at] == "total":
                yield at, 0, len(kinds)
            else:
                yield at, since, at
                since = at + 1

    def _compared(self, name: str, values: pa.Array, at: int, start: int, stop: int) -> Comparison | None:
        unreadable = at in {failure.position for failure in self.read[name].failures}
        expected: Decimal | None = values[at].as_py()
        if expected is None and not unreadable:
            return None
        rows = values.slice(start, stop - start)
        rows = rows.filter(pc.equal(self.kinds.slice(start, stop - start), "data"))
        row_number = self.row_numbers[at].as_py()
        return Comparison(
            _NAMES[self.kinds[at].as_py()],
            f"{name} row {row_number}",
            expected,
            total(rows),
            CENT + total(pc.abs(rows)) * FLOAT_TERM,
            note=f"the figure in row {row_number} can't be read" if unreadable else "",
        )


def differing(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Give the comparisons that do not tie."""
    return tuple(line for line in comparisons if line.verdict is Verdict.DIFFERS)


def passed_on(before: pd.DataFrame, after: pd.DataFrame, columns: Sequence[str]) -> tuple[ControlTotal, ...]:
    """Tie the sums of columns that a build takes over as they are."""
    return tuple(
        ControlTotal(name, read=total(arrow(before, name)), published=total(arrow(after, name)))
        for name in columns
    )
