"""Merged cells: the top cell's text is repeated down its range, in declared columns only."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from work_data_hub.io.readers.merged_ranges import MergedRange
from work_data_hub.io.readers.shape import Shape
from work_data_hub.io.readers.texts import Texts

Merges = Callable[[], tuple[MergedRange, ...]]


class Filled(NamedTuple):
    """The declared columns after filling, and how many cells were filled."""

    columns: dict[str, Texts]
    cells: int


def forward_fill(shape: Shape, merges: Merges) -> Filled:
    """Fill empty cells inside merged ranges; `merges` is asked only where a cell could be filled."""
    columns, count = shape.columns, 0
    wanted = {
        shape.header.columns[column.name]: column.name
        for column in shape.spec.columns
        if column.forward_fill and column.name in columns
    }
    rows = shape.below & ~shape.kinds.blank & ~shape.kinds.repeated
    empty = {index: np.flatnonzero(shape.blanks[index] & rows) for index in wanted}
    for merge in merges() if any(map(len, empty.values())) else ():
        index = merge.left - shape.raw.first_column
        if index in wanted and merge.top > shape.header.position:
            covered = empty[index][(empty[index] > merge.top) & (empty[index] <= merge.bottom)]
            columns[wanted[index]] = columns[wanted[index]].filled(covered, merge.top)
            count += len(covered)
    return Filled(columns, count)
