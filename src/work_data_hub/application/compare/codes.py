"""Values of two sides as small whole numbers: equal values, equal codes; greater values, greater codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.application.compare.model import ComparedColumn, Side

Codes = npt.NDArray[np.int64]
NOTHING = 0


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The codes of every column on both sides; 0 is an empty cell, and an unreadable one equals nothing."""

    here: Mapping[str, Codes]
    there: Mapping[str, Codes]

    def joined(self, name: str) -> Codes:
        """Give a column of both sides, ours first."""
        return np.concatenate([self.here[name], self.there[name]])

    def split(self, joined: Codes) -> tuple[Codes, Codes]:
        """Give each side its part of what is joined."""
        rows = len(next(iter(self.here.values())))
        return joined[:rows], joined[rows:]

    @property
    def nothing(self) -> Codes:
        """The ids before any column has a say: all rows are alike."""
        return np.zeros_like(self.joined(next(iter(self.here))))

    def ids(self, columns: Sequence[str]) -> tuple[Codes, Codes]:
        """Number the distinct combinations of some columns, on both sides alike."""
        return self.split(reduce(combine, map(self.joined, columns), self.nothing))


def combine(ids: Codes, codes: Codes) -> Codes:
    """Number the distinct pairs of two numberings."""
    mixed = ids * (int(codes.max(initial=0)) + 1) + codes
    return pd.factorize(mixed)[0].astype(np.int64, copy=False)


def encode(columns: Sequence[ComparedColumn], here: Side, there: Side) -> Coded:
    """Give both sides' columns as codes."""
    pairs = {column.name: _encode(column.name, here, there) for column in columns}
    return Coded(
        {name: one for name, (one, _) in pairs.items()}, {n: other for n, (_, other) in pairs.items()}
    )


def _encode(name: str, here: Side, there: Side) -> tuple[Codes, Codes]:
    joined = pa.concat_arrays([here.columns[name], there.columns[name]]).dictionary_encode()
    order = pc.sort_indices(joined.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    rank[-1] = NOTHING
    codes = rank[joined.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    one, other = codes[: here.rows].copy(), codes[here.rows :].copy()
    one[_positions(here, name)] = len(order) + 1
    other[_positions(there, name)] = len(order) + 2
    return one, other


def _positions(side: Side, name: str) -> list[int]:
    return [failure.position for failure in side.unreadable.get(name, ())]


def in_order(coded: Coded, columns: Sequence[str]) -> tuple[Codes, Codes]:
    """Rank both sides' rows by their content, so that the order they came in has no say."""
    here, there = ([side[name] for name in reversed(columns)] for side in (coded.here, coded.there))
    return np.lexsort(here).astype(np.int64), np.lexsort(there).astype(np.int64)


def floats(side: Side, column: str) -> npt.NDArray[np.float64]:
    """Give a number column as floats: good enough to find neighbours, never to judge."""
    values: npt.NDArray[np.float64] = pc.fill_null(
        pc.cast(side.columns[column], pa.float64()), np.nan
    ).to_numpy(zero_copy_only=False)
    return values
