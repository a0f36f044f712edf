"""How far a sheet reaches, known before the parser makes room for it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.cell_refs import COLUMN_BITS, REACH, Words, read_block
from work_data_hub.io.readers.formulas import FormulaWatch, Uncomputed
from work_data_hub.io.readers.limits import IntakeLimits
from work_data_hub.io.readers.raw_sheet import column_letter
from work_data_hub.io.readers.refusals import damaged, too_much
from work_data_hub.io.readers.sheet_walk import SheetWalk

Blocks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Extent:
    """How many cells a sheet has, how many the parser makes room for, and formulas nobody computed."""

    cells: int
    room: int
    uncomputed: Uncomputed


def judge_sheet(blocks: Blocks, where: Location, limits: IntakeLimits) -> Extent:
    """Give the extent; raises InputRefusedError for a sheet that is beyond limits or holds a cell twice."""
    extent = _plain_extent(blocks(), where, limits)
    if extent is None or extent.room > limits.cells:
        # blank cells that were only painted do not count, and the walk tells them apart
        extent = _walked_extent(blocks(), where, limits)
    if max(extent.room, extent.cells) > limits.cells:
        raise too_much(
            f"The sheet reaches over {extent.room} cells, {extent.cells} of them filled.",
            f"{limits.cells} cells between its first and its last row and column",
            where,
        )
    return extent


def _plain_extent(blocks: Iterable[bytes], where: Location, limits: IntakeLimits) -> Extent | None:
    """Give the extent of a sheet whose cells are in order and written as Excel writes them, else nothing."""
    watch, cells, last = FormulaWatch(where), 0, 0
    rows, columns = _Span(), _Span()
    plain = True
    for data, end in _windows(blocks):
        # to the end also where it is clear already: the check sum is told at the end
        if not plain:
            continue
        block = read_block(data)
        keys = block.keys
        plain = block.plain and _in_order(keys, last)
        watch.feed(data, end, block.formulas)
        if plain and len(keys):
            cells, last = cells + len(keys), int(keys[-1])
            rows.take(int(keys[0] >> np.uint64(COLUMN_BITS)), last >> COLUMN_BITS)
            inside = keys & np.uint64((1 << COLUMN_BITS) - 1)
            columns.take(int(inside.min()), int(inside.max()))
            plain = rows.last <= limits.rows and columns.last < limits.columns
    return Extent(cells, rows.size * columns.size, watch.found) if plain else None


def _windows(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Give the XML in pieces with their ends; a tag that starts before the end is there far enough."""
    kept = b""
    for block in blocks:
        data = kept + block
        if len(data) <= REACH:
            kept = data
            continue
        cut = data.find(b"<", len(data) - REACH + 1)
        end = cut if cut >= 0 else len(data)
        kept = data[end:]
        yield data, end
    yield kept + b" " * (2 * REACH), len(kept)


def _in_order(keys: Words, last: int) -> bool:
    return not len(keys) or (int(keys[0]) > last and bool((keys[1:] > keys[:-1]).all()))


def _walked_extent(blocks: Iterable[bytes], where: Location, limits: IntakeLimits) -> Extent:
    walk = SheetWalk(where, limits)
    walk.walk(blocks)
    keys: Any = np.sort(np.frombuffer(walk.keys, np.uint64)) if walk.keys else np.zeros(0, np.uint64)
    doubled = keys[1:][keys[1:] == keys[:-1]]
    rows, columns = keys >> np.uint64(COLUMN_BITS), keys & np.uint64((1 << COLUMN_BITS) - 1)
    if len(doubled):
        row, column = divmod(int(doubled[0]), 1 << COLUMN_BITS)
        cell = replace(where, row=row, column=column_letter(column))
        raise damaged("A cell stands twice in the sheet.", cell)
    room = int(np.ptp(rows) + 1) * int(np.ptp(columns) + 1) if len(keys) else 0
    return Extent(len(keys), room, walk.uncomputed)


class _Span:
    """From the first to the last of something."""

    def __init__(self) -> None:
        self._first: int | None = None
        self.last = 0

    def take(self, first: int, last: int) -> None:
        """Widen the span."""
        self._first = first if self._first is None else min(self._first, first)
        self.last = max(self.last, last)

    @property
    def size(self) -> int:
        """Count what lies in it."""
        return 0 if self._first is None else self.last - self._first + 1
