"""A column of cells as its distinct texts: rules run once per distinct text, never once per cell."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

_NOTHING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Distinct texts and, for each cell, the index of its text; -1 is an empty cell."""

    values: pa.Array
    codes: npt.NDArray[np.int32]

    @classmethod
    def encode(cls, cells: pa.Array) -> Self:
        """Take a column of strings apart."""
        encoded = cells.dictionary_encode()
        codes = encoded.indices.fill_null(_NOTHING).to_numpy(zero_copy_only=False)
        return cls(encoded.dictionary, codes.astype(np.int32, copy=False))

    def __len__(self) -> int:
        return len(self.codes)

    def with_values(self, values: pa.Array) -> Self:
        """Give the same cells with each distinct text rewritten."""
        return replace(self, values=values)

    def at(self, position: int) -> str | None:
        """Give one cell."""
        code = int(self.codes[position])
        text: str | None = None if code == _NOTHING else self.values[code].as_py()
        return text

    def flags(self, chosen: Flags, *, empty: bool = False) -> Flags:
        """Mark the cells whose distinct text is chosen."""
        found: Flags = np.append(chosen, empty)[self.codes]
        return found

    def blank(self) -> Flags:
        """Mark the cells that hold nothing but white space."""
        return self.flags(as_flags(pc.utf8_is_space(self.values), null=True), empty=True)

    def holds(self, part: str) -> bool:
        """Say, at the speed of a search in memory, whether a word may occur in any text."""
        data = self.values.buffers()[2]
        return data is not None and part.encode() in data.to_pybytes()

    def cells(self, positions: Positions) -> pa.Array:
        """Give the cells at these positions as strings."""
        codes = self.codes[positions]
        return self.values.take(pa.array(codes, mask=codes == _NOTHING))

    def filled(self, positions: Positions, source: int) -> Self:
        """Give the column with the cells at these positions set to another cell of it."""
        codes = self.codes.copy()
        codes[positions] = codes[source]
        return replace(self, codes=codes)


def as_flags(mask: pa.Array, *, null: bool = False) -> Flags:
    """Turn an Arrow mask into a NumPy one."""
    flags: Flags = pc.fill_null(mask, null).to_numpy(zero_copy_only=False)
    return flags


def lengths(values: pa.Array) -> npt.NDArray[np.int32]:
    """Give the bytes of each text."""
    counted: npt.NDArray[np.int32] = pc.fill_null(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
    return counted


def matching(values: pa.Array, candidates: Flags, pattern: str) -> Flags:
    """Mark the candidates that match; a pattern is dear, so nothing else is looked at."""
    found: Flags = np.zeros(len(values), dtype=np.bool_)
    positions = np.flatnonzero(candidates)
    if len(positions):
        hits = pc.match_substring_regex(values.take(pa.array(positions)), pattern)
        found[positions[as_flags(hits)]] = True
    return found
