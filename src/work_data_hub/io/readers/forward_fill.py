"""Merged cells: the top cell's text is repeated down its range, in declared columns only."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from work_data_hub.io.readers.merged_ranges import MergedRange
from work_data_hub.io.readers.refusals import damaged
from work_data_hub.io.readers.shape import Shape
from work_data_hub.io.readers.texts import Positions, Texts

_NO_SOURCE = -1
Merges = Callable[[], tuple[MergedRange, ...]]


class Filled(NamedTuple):
    """The declared columns after filling, and how many cells were filled."""

    columns: dict[str, Texts]
    cells: int


def forward_fill(shape: Shape, merges: Merges) -> Filled:
    """Fill empty cells inside merged ranges; `merges` is asked only where a cell could be filled."""
    columns = shape.columns
    wanted = {
        shape.header.columns[column.name]: column.name
        for column in shape.spec.columns
        if column.forward_fill and column.name in columns
    }
    rows = shape.below & ~shape.kinds.blank & ~shape.kinds.repeated
    empty = {index: np.flatnonzero(shape.blanks[index] & rows) for index in wanted}
    sources = {index: np.full(len(found), _NO_SOURCE) for index, found in empty.items()}
    for merge in merges() if any(map(len, empty.values())) else ():
        index = merge.left - shape.raw.first_column
        if index in wanted and merge.top > shape.header.position:
            first, last = np.searchsorted(empty[index], (merge.top + 1, merge.bottom + 1))
            _cover(sources[index][first:last], merge, shape)
    count = 0
    for index, name in wanted.items():
        covered = sources[index] != _NO_SOURCE
        columns[name] = columns[name].filled(empty[index][covered], sources[index][covered])
        count += int(covered.sum())
    return Filled(columns, count)


def _cover(sources: Positions, merge: MergedRange, shape: Shape) -> None:
    """Note where the cells under a merge get their text; Excel allows no two merges over one cell."""
    if (sources != _NO_SOURCE).any():
        raise damaged("Merged ranges of the sheet overlap.", shape.raw.where(merge.top, merge.left))
    sources[:] = merge.top
