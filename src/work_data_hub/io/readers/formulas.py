"""Cells that hold a formula and no computed value: to a reader they look blank, and are not."""

import re
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.refusals import damaged

Uncomputed = Mapping[int, Sequence[int]]

_CELL_END: Final = b"</c>"
_LONGEST: Final = 1 << 20
_UNCOMPUTED: Final = re.compile(
    rb'<c r="([A-Z]+)(\d+)"([^<>]*)>\s*(?:<f[^<>]*/>|<f(?:\s[^<>]*)?>[^<]*</f>)\s*'
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_BEGUN: Final = re.compile(rb"<c r=[^<>]*>\s*<f[\s/>]")
# a text of no letters is a computed value
_IS_TEXT: Final = re.compile(rb"""\st\s*=\s*["']str["']""")


def column_index(letters: str) -> int:
    """Count a column from zero.

    >>> column_index("A"), column_index("AA"), column_index("XFD")
    (0, 26, 16383)
    """
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


class FormulaWatch:
    """Watches a sheet's XML go by and notes column (from zero) → rows of uncomputed formulas."""

    def __init__(self, where: Location) -> None:
        """Begin before the first block."""
        self.found: dict[int, array[int]] = defaultdict(lambda: array("L"))
        self._where = where
        self._open = b""

    def feed(self, data: bytes, end: int, formulas: bool) -> None:
        """Take the next bytes up to `end`; `formulas` says whether a formula may begin in them."""
        cells_end = data.rfind(_CELL_END, 0, end) + len(_CELL_END)
        if formulas or b"<f" in self._open:
            text = self._open + data[:end]
            cells_end = text.rfind(_CELL_END) + len(_CELL_END)
            for letters, row, attributes in _UNCOMPUTED.findall(text, 0, max(0, cells_end)):
                if not _IS_TEXT.search(attributes):
                    self.found[column_index(letters.decode())].append(int(row))
            self._open = text[cells_end:] if cells_end >= len(_CELL_END) else text
        else:
            self._open = data[cells_end:end] if cells_end >= len(_CELL_END) else data[:end]
        if len(self._open) > _LONGEST:
            if _BEGUN.search(self._open):
                raise damaged("A formula of the sheet has no end.", self._where)
            self._open = b""
