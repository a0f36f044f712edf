"""What the pairs of rows say column by column: equal, within tolerance, temporary, unreadable or different."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.application.compare.candidates import temporary
from work_data_hub.application.compare.model import (
    ColumnResult,
    ComparedColumn,
    Difference,
    Kind,
    Pairing,
    Side,
)
from work_data_hub.cleansing.text import fold, is_null_token, squash

Flags = npt.NDArray[np.bool_]
_LARGEST: Final = 3
# room for sums and differences of any decimal a contract may declare
_WIDE: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One column's result, and for each pair that is not exact whether it differs there."""

    result: ColumnResult
    differs: Flags


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """One column of the pairs that are not exact, side by side."""

    column: ComparedColumn
    here: Side
    there: Side
    at: npt.NDArray[np.int64]
    by: npt.NDArray[np.int64]

    @property
    def equal(self) -> Flags:
        """Mark equal values, and pairs of nothing."""
        one, other = self._values()
        both = pc.and_(pc.is_null(one), pc.is_null(other))
        return _flags(pc.or_(pc.fill_null(pc.equal(one, other), False), both)) & ~self.unreadable

    @property
    def unreadable(self) -> Flags:
        """Mark pairs in which one cell could not be read."""
        return _failed(self.here, self.column.name, self.at) | _failed(self.there, self.column.name, self.by)

    @property
    def temporary(self) -> Flags:
        """Mark pairs in which one id is a temporary one."""
        if self.column.temporary is None:
            return np.zeros(len(self.at), dtype=np.bool_)
        return temporary(self.column, self.here)[self.at] | temporary(self.column, self.there)[self.by]

    def gaps(self) -> pa.Array:
        """Give here minus there, exactly; null where one says nothing."""
        one, other = (wide(values) for values in self._values())
        return pc.subtract(one, other)

    def _values(self) -> tuple[pa.Array, pa.Array]:
        name = self.column.name
        return self.here.columns[name].take(pa.array(self.at)), self.there.columns[name].take(
            pa.array(self.by)
        )


def judge(column: ComparedColumn, here: Side, there: Side, pairing: Pairing) -> Judged:
    """Judge one column over all pairs."""
    cells = _Cells(column, here, there, pairing.here[pairing.exact :], pairing.there[pairing.exact :])
    equal, unreadable = cells.equal, cells.unreadable
    rest = ~equal & ~unreadable
    waiting = rest & cells.temporary
    close = _close(cells, rest & ~waiting)
    different = rest & ~waiting & ~close
    result = ColumnResult(
        column.name,
        column.label,
        column.header,
        equal=int(equal.sum()) + pairing.exact,
        within_tolerance=int(close.sum()),
        temporary=int(waiting.sum()),
        unreadable=int(unreadable.sum()),
        different=int(different.sum()),
        equal_cleansed=_equal_cleansed(cells, different),
        total_here=_total(column, here),
        total_there=_total(column, there),
        largest=_largest(cells, different),
        tolerance=column.tolerance,
    )
    return Judged(result, different | unreadable)


def _close(cells: _Cells, asked: Flags) -> Flags:
    if cells.column.kind is not Kind.NUMBER or not cells.column.tolerance or not asked.any():
        return np.zeros(len(asked), dtype=np.bool_)
    gaps = pc.abs(cells.gaps())
    limit = pa.scalar(cells.column.tolerance).cast(gaps.type)
    return asked & _flags(pc.fill_null(pc.less_equal(gaps, limit), False))


def _equal_cleansed(cells: _Cells, different: Flags) -> int:
    if cells.column.kind is not Kind.TEXT or not different.any():
        return 0
    at, by = cells.at[different], cells.by[different]
    name = cells.column.name
    one = cells.here.columns[name].take(pa.array(at)).to_pylist()
    other = cells.there.columns[name].take(pa.array(by)).to_pylist()
    return sum(_cleansed(a) == _cleansed(b) for a, b in zip(one, other, strict=True))


@lru_cache(maxsize=65_536)
def _cleansed(text: str | None) -> str:
    return "" if text is None or is_null_token(fold(text)) else squash(text)


def _total(column: ComparedColumn, side: Side) -> Decimal | None:
    if not column.summed:
        return None
    total: Decimal | None = pc.sum(wide(side.columns[column.name])).as_py()
    return Decimal(0) if total is None else total


def _largest(cells: _Cells, different: Flags) -> tuple[Difference, ...]:
    if cells.column.kind is not Kind.NUMBER or not different.any():
        return ()
    gaps = pc.abs(cells.gaps()).to_pylist()
    # one side may say nothing: there is no size to such a difference
    known = [place for place in np.flatnonzero(different).tolist() if gaps[place] is not None]
    order = sorted(known, key=lambda place: (-gaps[place], place))[:_LARGEST]
    return tuple(
        difference(cells.column, cells.here, cells.there, int(cells.at[p]), int(cells.by[p])) for p in order
    )


def difference(column: ComparedColumn, here: Side, there: Side, at: int, by: int) -> Difference:
    """Show one cell of a pair."""
    one, other = here.value(column.name, at), there.value(column.name, by)
    return Difference(
        column.name,
        one,
        other,
        here.place(at),
        there.place(by),
        one - other if isinstance(one, Decimal) and isinstance(other, Decimal) else None,
    )


def spread(judged: Sequence[Judged], pairs: int, samples: int) -> list[int]:
    """Choose differing pairs to show, so that every column that differs has its turn."""
    table = np.array([one.differs for one in judged], dtype=np.bool_).reshape(len(judged), pairs)
    differing = np.flatnonzero(table.any(axis=0))
    first = table[:, differing].argmax(axis=0) if len(differing) else differing
    turns: dict[int, int] = {}
    order = []
    for pair, column in zip(differing.tolist(), first.tolist(), strict=True):
        turns[column] = turns.get(column, 0) + 1
        order.append((turns[column], column, pair))
    return [pair for _, _, pair in sorted(order)[:samples]]


def wide(values: pa.Array) -> pa.Array:
    """Give decimals the room that sums and differences need."""
    return values.cast(pa.decimal256(_WIDE, values.type.scale))


def _failed(side: Side, column: str, rows: npt.NDArray[np.int64]) -> Flags:
    places = [failure.position for failure in side.unreadable.get(column, ())]
    return np.isin(rows, places)


def _flags(mask: pa.Array) -> Flags:
    flags: Flags = mask.to_numpy(zero_copy_only=False)
    return flags
