"""Rows in the order of their key, worked out here, so that no server's collation has a say in it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Order = npt.NDArray[np.int64]


def in_key_order(rows: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Give the rows by key, ascending."""
    order = key_order(rows, keys)
    return rows if order is None else rows.take(pa.array(order))


def key_order(rows: pa.Table, keys: Sequence[str]) -> Order | None:
    """Give the places of the rows by key, ascending; None where they stand in that order."""
    ranks = [_ranks(rows[name]) for name in keys]
    if rows.num_rows < 2 or not ranks or _is_ordered(ranks):  # noqa: PLR2004
        return None
    order: Order = np.lexsort(ranks[::-1])
    return order


def _ranks(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Give whole numbers that compare as the values do."""
    if pa.types.is_integer(column.type):
        ranks: npt.NDArray[np.int64] = column.to_numpy()
        return ranks
    if pa.types.is_date32(column.type):
        days: npt.NDArray[np.int64] = column.cast(pa.int32()).to_numpy()
        return days
    encoded = pc.dictionary_encode(column).combine_chunks()
    places = np.empty(len(encoded.dictionary), dtype=np.int64)
    places[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(places))
    codes: npt.NDArray[np.int64] = places[encoded.indices.to_numpy()]
    return codes


def _is_ordered(ranks: Sequence[npt.NDArray[np.int64]]) -> bool:
    decided = np.zeros(len(ranks[0]) - 1, dtype=np.int8)
    for rank in ranks:
        step = np.where(rank[1:] > rank[:-1], 1, np.where(rank[1:] < rank[:-1], -1, 0)).astype(np.int8)
        decided = np.where(decided == 0, step, decided)
    return bool((decided >= 0).all())
