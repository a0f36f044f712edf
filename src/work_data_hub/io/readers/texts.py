"""A column of cells as its distinct texts: rules run once per distinct text, never once per cell."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

_NOTHING = -1
_ASCII_END = 0x80
_NUL = re.compile(rb"\0")
_PROBED = 16_384
_WORTH_PROBING = 4 * _PROBED
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Distinct texts, as far as it pays, and for each cell the index of its text; -1 is an empty cell."""

    values: pa.Array
    codes: npt.NDArray[np.int32]

    @classmethod
    def encode(cls, cells: pa.Array) -> Self:
        """Take a column of strings apart; one in which hardly a text comes twice is left as it is."""
        if _hardly_repeats(cells):
            codes = np.arange(len(cells), dtype=np.int32)
            codes[as_flags(pc.is_null(cells))] = _NOTHING
            return cls(cells, codes)
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

    def held(self, letters: Collection[str]) -> frozenset[str]:
        """Say, at the speed of a search in memory, which letters may occur in any text."""
        _, offsets, data = self.values.buffers()
        if data is None or not letters:
            return frozenset()
        used = np.frombuffer(offsets, np.int32)[self.values.offset + len(self.values)]
        texts = np.frombuffer(data, np.uint8)[:used]
        if not any(letter.isascii() for letter in letters):
            # the longest columns to search are numbers, of which nothing is left here
            texts = texts[texts >= _ASCII_END]
        searched = texts.tobytes()
        return frozenset(letter for letter in letters if letter.encode() in searched)

    def holds_nul(self) -> bool:
        """Say, without a copy, whether a NUL character may occur in any text."""
        data = self.values.buffers()[2]
        return data is not None and _NUL.search(memoryview(data)) is not None

    def cells(self, positions: Positions) -> pa.Array:
        """Give the cells at these positions as strings."""
        codes = self.codes[positions]
        first = int(codes[0]) if len(codes) else _NOTHING
        if first != _NOTHING and np.array_equal(codes, np.arange(first, first + len(codes))):
            return self.values.slice(first, len(codes))
        return self.values.take(pa.array(codes, mask=codes == _NOTHING))

    def filled(self, positions: Positions, sources: Positions) -> Self:
        """Give the column with the cells at these positions set to other cells of it."""
        codes = self.codes.copy()
        codes[positions] = self.codes[sources]
        return replace(self, codes=codes)


def _hardly_repeats(cells: pa.Array) -> bool:
    if len(cells) < _WORTH_PROBING:
        return False
    probe = cells.slice(len(cells) // 2, _PROBED)
    return bool(len(probe.unique()) > _MOSTLY * _PROBED)


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


def byte_from_end(values: pa.Array, back: int) -> npt.NDArray[np.uint8]:
    """Give the byte so far from the end of each text; 0 where the text is shorter."""
    _, offsets, data = values.buffers()
    found = np.zeros(len(values), np.uint8)
    if data is not None:
        ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
        places = ends[1:] - back
        inside = places >= ends[:-1]
        found[inside] = np.frombuffer(data, np.uint8)[places[inside]]
    return found
