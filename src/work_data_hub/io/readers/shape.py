"""A sheet whose header and rows are understood; what the later stages of reading share."""

from dataclasses import dataclass

import numpy as np

from work_data_hub.domain.kernel.sheets import SheetSpec
from work_data_hub.io.readers.headers import Header, find_header
from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.row_kinds import RowKinds, blank_rows, classify
from work_data_hub.io.readers.texts import Flags, Positions, Texts


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The sheet, what was asked of it, and what its header and rows turned out to be."""

    raw: RawSheet
    spec: SheetSpec
    header: Header
    blanks: tuple[Flags, ...]
    kinds: RowKinds

    @property
    def columns(self) -> dict[str, Texts]:
        """Give the declared columns that are there."""
        return {name: self.raw.columns[index] for name, index in self.header.columns.items()}

    @property
    def below(self) -> Flags:
        """Mark the rows from the header's next to the last that is not blank."""
        rows: Flags = np.arange(len(self.kinds.blank)) > self.header.position
        rows[int(np.flatnonzero(~self.kinds.blank)[-1]) + 1 :] = False
        return rows

    @property
    def kept(self) -> Positions:
        """Give the rows that are data or totals."""
        return np.flatnonzero(self.below & ~self.kinds.blank & ~self.kinds.repeated)


def understand(raw: RawSheet, spec: SheetSpec) -> Shape:
    """Find the header and say what each row is."""
    blanks = tuple(texts.blank() for texts in raw.columns)
    header = find_header(raw, spec, blank_rows(blanks, len(raw.row_numbers)))
    return Shape(raw, spec, header, blanks, classify(raw, spec, header, blanks))
