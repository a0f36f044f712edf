"""Walks a sheet's XML element by element, as the parser will: exact, slower, for sheets not written plainly."""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from xml.parsers import expat

from work_data_hub.domain.kernel.errors import DamagedInputError, Location
from work_data_hub.io.readers.cell_refs import COLUMN_BITS
from work_data_hub.io.readers.formulas import column_index
from work_data_hub.io.readers.limits import IntakeLimits
from work_data_hub.io.readers.raw_sheet import column_letter
from work_data_hub.io.readers.refusals import damaged, too_much

_ADDRESS: Final = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_ROW: Final = re.compile(r"\d{1,7}")


class SheetWalk:
    """Notes where the filled cells are, and which hold a formula without a computed value."""

    def __init__(self, where: Location, limits: IntakeLimits) -> None:
        """Begin before the first block."""
        self.keys = array("Q")
        self.uncomputed: dict[int, array[int]] = defaultdict(lambda: array("L"))
        self._where, self._limits = where, limits
        self._row = self._column = 0
        self._at = (0, 0)
        self._formula = self._text = self._filled = self._in_value = False

    def walk(self, blocks: Iterable[bytes]) -> None:
        """Go through the whole sheet."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            for block in blocks:
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError) as error:
            raise damaged(f"The sheet's XML is damaged: {error}.", self._where) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            if "r" in attributes:
                if not _ROW.fullmatch(attributes["r"]):
                    raise self._no_address(attributes["r"])
                self._row = int(attributes["r"]) - 1
        elif name == "f":
            self._formula = True
        elif name in {"v", "is"}:
            self._in_value = True
            self._filled |= name == "is"

    def _start_cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        if address is not None:
            found = _ADDRESS.fullmatch(address)
            if not found:
                raise self._no_address(address)
            self._at = (int(found.group(2)) - 1, column_index(found.group(1)))
            self._column = self._at[1]
        else:
            self._at = (self._row, self._column)
        self._text = attributes.get("t") == "str"
        self._formula = self._filled = False

    def _characters(self, text: str) -> None:
        self._filled |= self._in_value and bool(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in {"v", "is"}:
            self._in_value = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._row, self._column = self._row + 1, 0

    def _end_cell(self) -> None:
        row, column = self._at
        if self._filled:
            self._judge(row, column)
            self.keys.append(((row + 1) << COLUMN_BITS) | column)
        elif self._formula and not self._text:
            self.uncomputed[column].append(row + 1)
        self._column += 1

    def _judge(self, row: int, column: int) -> None:
        if not (0 <= row < self._limits.rows and column < self._limits.columns):
            raise too_much(
                f"A cell stands in row {row + 1} of column {column_letter(column)}.",
                f"{self._limits.rows} rows and {self._limits.columns} columns",
                replace(self._where, row=row + 1, column=column_letter(column)),
            )
        if len(self.keys) >= self._limits.cells:
            raise too_much("The sheet has too many cells.", f"{self._limits.cells} cells", self._where)

    def _no_address(self, written: str) -> DamagedInputError:
        return damaged(f"The sheet has the cell address {written[:40]!r}, which is none.", self._where)
