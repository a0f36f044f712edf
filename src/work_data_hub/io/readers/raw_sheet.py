"""A sheet before anybody knows its header: text columns and where they stood."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import DamagedInputError, Location
from work_data_hub.io.readers.texts import Texts, as_flags

_ALPHABET = 26


@dataclass(frozen=True, slots=True, eq=False)
class RawSheet:
    """Every cell of a sheet as text; `row_numbers` and `first_column` are those a person sees."""

    file: str
    sheet: str
    sheets_seen: tuple[str, ...]
    columns: tuple[Texts, ...]
    first_column: int
    row_numbers: npt.NDArray[np.int64]

    def letter(self, column: int) -> str:
        """Name a column by its position."""
        return column_letter(self.first_column + column)

    def where(self, position: int, column: int) -> Location:
        """Say where a cell stands."""
        return Location(self.file, self.sheet, int(self.row_numbers[position]), self.letter(column))

    def row(self, position: int) -> list[str | None]:
        """Give the cells of one row."""
        return [texts.at(position) for texts in self.columns]


def column_letter(index: int) -> str:
    """Name a column counted from zero.

    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    letters = ""
    rest = index + 1
    while rest:
        rest, last = divmod(rest - 1, _ALPHABET)
        letters = chr(ord("A") + last) + letters
    return letters


def refuse_nul(raw: RawSheet) -> None:
    """Refuse a NUL character: no database takes it, and no person typed it."""
    for index, texts in enumerate(raw.columns):
        if not texts.holds("\0"):
            continue
        nul = as_flags(pc.match_substring(texts.values, "\0"))
        if nul.any():
            position = int(np.flatnonzero(texts.flags(nul))[0])
            raise DamagedInputError(
                "A cell holds a NUL character.",
                where=raw.where(position, index),
                expected="text without control code 0",
                fix="Delete the character in the cell, or export the file again, and save it.",
            )
