"""Rows grouped by small numbers: texts as codes, groups of combined codes, sums and distinct counts per group."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from work_data_hub.domain.pipelines.exact import Integers, grouped_sums

Flags = npt.NDArray[np.bool_]
NOTHING: Final = -1
# up to so many possible keys a table of all of them is cheaper than sorting the rows
_DENSE: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of texts as numbers: its distinct texts, and which of them each row has; -1 where it has none."""

    texts: pa.Array
    rows: Integers

    @classmethod
    def of(cls, texts: pa.Array) -> "Codes":
        """Number the distinct texts in the order they occur."""
        encoded = texts.dictionary_encode()
        rows = encoded.indices.fill_null(NOTHING).to_numpy(zero_copy_only=False).astype(np.int64)
        return cls(encoded.dictionary, rows)

    @property
    def size(self) -> int:
        """Number of distinct texts."""
        return len(self.texts)

    def of_rows(self, codes: Integers) -> pa.Array:
        """Give the texts of codes; none for -1."""
        return self.texts.take(pa.array(codes, mask=codes < 0))


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by group: the sorted keys of the groups, and the group of each row."""

    keys: Integers
    rows: Integers

    @classmethod
    def of(cls, keys: Integers, size: int) -> "Groups":
        """Group rows by keys from 0 to below `size`."""
        if size > _DENSE:
            found, rows = np.unique(keys, return_inverse=True)
            return cls(found, rows.astype(np.int64))
        found = np.flatnonzero(np.bincount(keys, minlength=size)).astype(np.int64)
        number = np.zeros(size, np.int64)
        number[found] = np.arange(len(found))
        return cls(found, number[keys])

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.keys)

    def sums(self, numbers: Integers, where: Flags | None = None) -> Integers:
        """Add up whole numbers per group, exactly."""
        if where is None:
            return grouped_sums(self.rows, len(self), numbers)
        return grouped_sums(self.rows[where], len(self), numbers[where])

    def counts(self, where: Flags | None = None) -> Integers:
        """Count rows per group."""
        rows = self.rows if where is None else self.rows[where]
        return np.bincount(rows, minlength=len(self)).astype(np.int64)

    def distinct(self, codes: Integers, size: int, where: Flags) -> Integers:
        """Count the different codes, from 0 to below `size`, per group."""
        pairs = Groups.of(self.rows[where] * size + codes[where], max(1, len(self) * size)).keys
        return np.bincount(pairs // max(1, size), minlength=len(self)).astype(np.int64)

    def first(self, positions: Integers) -> Integers:
        """Give per group the row whose position is lowest; of equal ones the first."""
        count = len(self.rows)
        lowest = np.full(len(self), np.iinfo(np.int64).max)
        np.minimum.at(lowest, self.rows, positions * count + np.arange(count))
        return lowest % max(1, count)

    def mixed(self, codes: Integers, first: Integers) -> Flags:
        """Say which groups hold another code than that of their first row."""
        other = codes != codes[first][self.rows]
        return self.counts(other) > 0


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows grouped by day, brand and one thing more, and the three of each group."""

    groups: Groups
    day: Integers
    system: Integers
    other: Integers

    @classmethod
    def of(cls, days: Integers, systems: Codes, other: Integers, size: int) -> "Cells":
        """Group rows; the thing more is a code from 0 to below `size`."""
        start = int(days.min()) if len(days) else 0
        span = int(days.max(initial=start)) - start + 1
        keys, whole = combined((days - start, span), (systems.rows, systems.size), (other, size))
        groups = Groups.of(keys, whole)
        rest, third = np.divmod(groups.keys, max(1, size))
        day, system = np.divmod(rest, max(1, systems.size))
        return cls(groups, day + start, system, third)


def combined(*parts: tuple[Integers, int]) -> tuple[Integers, int]:
    """Make one key of several codes, each with its size; also give the size of the whole."""
    keys, size = parts[0]
    for codes, width in parts[1:]:
        keys, size = keys * width + codes, size * width
    return keys, max(1, size)
