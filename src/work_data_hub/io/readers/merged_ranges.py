"""The merged ranges of one sheet, read from the tail of its XML without looking at the cells."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.formulas import column_index
from work_data_hub.io.readers.limits import IntakeLimits
from work_data_hub.io.readers.refusals import too_much

_CELLS_TAG: Final = re.compile(rb"sheetData\s*>")
_OVERLAP: Final = 64
_RANGE: Final = re.compile(
    rb"""mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged range, counted from zero, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def merged_ranges(blocks: Iterable[bytes], where: Location, limits: IntakeLimits) -> tuple[MergedRange, ...]:
    """Give the merged ranges of a sheet's XML."""
    found = [
        _range(ends.groups()) for ends in islice(_RANGE.finditer(_tail(blocks)), limits.merged_ranges + 1)
    ]
    if len(found) > limits.merged_ranges:
        raise too_much("The sheet has too many merged ranges.", f"{limits.merged_ranges}", where)
    return tuple(found)


def _tail(blocks: Iterable[bytes]) -> bytes:
    """Give what follows the cells; nothing where no end of the cells is found."""
    kept, pieces = b"", iter(blocks)
    for block in pieces:
        window = kept + block
        for tag in _CELLS_TAG.finditer(window):
            opened = window.rfind(b"<", 0, tag.start())
            if window.startswith(b"</", opened):
                return window[tag.end() :] + b"".join(pieces)
        kept = window[-_OVERLAP:]
    return b""


def _range(ends: tuple[bytes, ...]) -> MergedRange:
    left, top, right, bottom = ends
    return MergedRange(
        int(top) - 1, column_index(left.decode()), int(bottom) - 1, column_index(right.decode())
    )
