"""Rows that may belong together because they share a rare value, and how much they have in common."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from work_data_hub.application.compare.codes import NOTHING, Coded, Codes, combine, floats
from work_data_hub.application.compare.model import ComparedColumn, Side

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Pairs = tuple[Codes, Codes]
# a value is rare while the pairs it offers stay within what a column may offer altogether
_FEWEST: Final = 10_000
# two numbers within the tolerance lie in one cell of at least one of two grids of this many tolerances
_GRID: Final = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Judges pairs of rows by their codes; numbers within the tolerance agree, temporary ids do not count."""

    columns: Sequence[ComparedColumn]
    coded: Coded
    near: Mapping[str, tuple[Numbers, Numbers]]
    unknown: Mapping[str, tuple[Flags, Flags]]

    @classmethod
    def of(cls, columns: Sequence[ComparedColumn], coded: Coded, here: Side, there: Side) -> Self:
        """Prepare what is asked of every pair."""
        tolerant = [column.name for column in columns if column.tolerance]
        ids = [column for column in columns if column.temporary]
        return cls(
            columns,
            coded,
            {name: (floats(here, name), floats(there, name)) for name in tolerant},
            {column.name: (temporary(column, here), temporary(column, there)) for column in ids},
        )

    def coarse(self) -> Iterator[Coded]:
        """Give the codes with numbers put into the cells of each of two grids."""
        for shift in (0.0, 0.5) if self.near else ():
            cells = {column.name: self._cells(column, shift) for column in self.columns if column.tolerance}
            yield Coded(
                {**self.coded.here, **{name: one for name, (one, _) in cells.items()}},
                {**self.coded.there, **{name: other for name, (_, other) in cells.items()}},
            )

    def _cells(self, column: ComparedColumn, shift: float) -> Pairs:
        one, other = self.near[column.name]
        width = _GRID * float(column.tolerance)
        cells = pd.factorize(np.floor(np.concatenate([one, other]) / width + shift))[0] + 1
        exact = np.concatenate([self.coded.here[column.name], self.coded.there[column.name]])
        # a cell that could not be read is no number, and equals nothing here either
        cells = np.where((cells == NOTHING) & (exact != NOTHING), exact + len(cells), cells)
        return cells[: len(one)], cells[len(one) :]

    def differing(self, here: Codes, there: Codes) -> Codes:
        """Count the columns in which pairs differ."""
        count = np.zeros(len(here), dtype=np.int64)
        for same, _ in self._columns(here, there):
            count += ~same
        return count

    def enough(self, here: Codes, there: Codes) -> Flags:
        """Mark pairs that agree in half of the columns in which one of them says something."""
        balance = np.zeros(len(here), dtype=np.int64)
        for same, filled in self._columns(here, there):
            balance += np.where(filled, np.where(same, 1, -1), 0)
        return balance >= 0

    def _columns(self, here: Codes, there: Codes) -> Iterator[tuple[Flags, Flags]]:
        for column in self.columns:
            a, b = self.coded.here[column.name][here], self.coded.there[column.name][there]
            same = a == b
            if column.name in self.near:
                one, other = self.near[column.name]
                same |= np.abs(one[here] - other[there]) <= float(column.tolerance)
            if column.name in self.unknown:
                one_id, other_id = self.unknown[column.name]
                same |= one_id[here] | other_id[there]
            yield same, (a != NOTHING) | (b != NOTHING)


def temporary(column: ComparedColumn, side: Side) -> Flags:
    """Mark the rows whose id is a temporary one."""
    hits = pc.match_substring_regex(side.columns[column.name], f"^(?:{column.temporary})$")
    flags: Flags = pc.fill_null(hits, False).to_numpy(zero_copy_only=False)
    return flags


def candidates(alike: Alike, here: Codes, there: Codes, key: Sequence[str]) -> Pairs:
    """Give pairs, by their places among the rows left, that share a rare value; with a key, rows of one key."""
    most = max(_FEWEST, len(here) + len(there))
    width = len(there) + 1
    found = [_sharing(one, other, most) for one, other in _blocks(alike, here, there, key)]
    packed = np.unique(np.concatenate([one * width + other for one, other in found]))
    one, other = packed // width, packed % width
    if key:
        return one, other
    fit = alike.enough(here[one], there[other])
    return one[fit], other[fit]


def _blocks(alike: Alike, here: Codes, there: Codes, key: Sequence[str]) -> Iterator[Pairs]:
    keys = alike.coded.ids(key)
    base = np.concatenate([keys[0][here], keys[1][there]])
    for coded in (alike.coded, *alike.coarse()):
        for name in alike.coded.here if coded is alike.coded else alike.near:
            codes = np.concatenate([coded.here[name][here], coded.there[name][there]])
            ids = np.where(codes == NOTHING, -1, combine(base, codes))
            yield ids[: len(here)], ids[len(here) :]


def _sharing(one: Codes, other: Codes, most: int) -> Pairs:
    """Join rows on equal ids, the rarest first, up to so many pairs; -1 is no id."""
    size = int(max(one.max(), other.max())) + 2
    cost = np.bincount(one + 1, minlength=size) * np.bincount(other + 1, minlength=size)
    cost[0] = 0
    rare = (cost > 0) & (cost < _too_many(np.sort(cost[cost > 0]), most))
    at, by = np.flatnonzero(rare[one + 1]), np.flatnonzero(rare[other + 1])
    by = by[np.argsort(other[by], kind="stable")]
    begin = np.searchsorted(other[by], one[at], side="left")
    many = np.searchsorted(other[by], one[at], side="right") - begin
    places = np.repeat(begin - np.cumsum(many) + many, many) + np.arange(int(many.sum()))
    return np.repeat(at, many), by[places]


def _too_many(costs: Codes, most: int) -> int:
    """Give the cost at which values are no longer rare; those of one cost are all in or all out."""
    total = np.cumsum(costs)
    over = int(np.searchsorted(total, most, side="right"))
    return int(costs[over]) if over < len(costs) else int(costs[-1]) + 1 if len(costs) else 0


def best_pairs(alike: Alike, here: Codes, there: Codes, one: Codes, other: Codes) -> Pairs:
    """Choose pairs so that each row has one partner: the fewest differing columns first."""
    cost = alike.differing(here[one], there[other])
    order = np.lexsort((other, one, cost))
    one, other = one[order], other[order]
    chosen: list[Pairs] = []
    while len(one):
        # a pair that comes first for both of its rows is one that no later choice can better
        first = ~pd.Series(one).duplicated().to_numpy() & ~pd.Series(other).duplicated().to_numpy()
        chosen.append((one[first], other[first]))
        free = ~np.isin(one, one[first]) & ~np.isin(other, other[first])
        one, other = one[free], other[free]
    nothing = np.empty(0, dtype=np.int64)
    return (
        np.concatenate([nothing, *(pair[0] for pair in chosen)]),
        np.concatenate([nothing, *(pair[1] for pair in chosen)]),
    )
