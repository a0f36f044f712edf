"""A sheet before anybody knows its header: text columns and where they stood."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import DamagedInputError, Location
from work_data_hub.io.readers.formulas import Uncomputed
from work_data_hub.io.readers.limits import LIMITS
from work_data_hub.io.readers.texts import Flags, Texts, as_flags, lengths

_ALPHABET = 26


@dataclass(frozen=True, slots=True, eq=False)
class RawSheet:
    """Every cell of a sheet as text; `row_numbers` and `first_column` are those a person sees.

    `uncomputed` holds, by column of the sheet from zero, the row numbers of formulas without a value.
    """

    file: str
    sheet: str
    sheets_seen: tuple[str, ...]
    columns: tuple[Texts, ...]
    first_column: int
    row_numbers: npt.NDArray[np.int64]
    uncomputed: Uncomputed = field(default_factory=dict)

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


def refuse_unstorable(raw: RawSheet, most: int = LIMITS.cell_characters) -> None:
    """Refuse a NUL character, which no database takes, and a text longer than a cell of Excel can be."""
    for index, texts in enumerate(raw.columns):
        if texts.holds_nul():
            found = as_flags(pc.match_substring(texts.values, "\0"))
            _refuse(raw, index, found, "a NUL character", "text without control code 0")
        if len(texts.values) and lengths(texts.values).max() > most:
            found = as_flags(pc.greater(pc.utf8_length(texts.values), most))
            _refuse(raw, index, found, "a text that is too long", f"at most {most} characters in a cell")


def _refuse(raw: RawSheet, index: int, found: Flags, what: str, expected: str) -> None:
    if found.any():
        position = int(np.flatnonzero(raw.columns[index].flags(found))[0])
        raise DamagedInputError(
            f"A cell holds {what}.",
            where=raw.where(position, index),
            expected=expected,
            fix="Mend the text in the cell, or export the file again, and save it.",
        )
