"""Numbers that stand for values and for whole rows, and the order in which rows stand in their files."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import text_cells
from work_data_hub.domain.pipelines.exact import Integers

Flags = npt.NDArray[np.bool_]

_LIMIT: Final = np.iinfo(np.int64).max


def codes_of(values: pa.Array) -> Integers:
    """Give equal values equal numbers, counted from 0; nulls are equal to each other."""
    indices = values.dictionary_encode(null_encoding="encode").indices
    return np.asarray(indices.to_numpy(), np.int64)


def joint_codes(columns: Iterable[Integers], rows: int) -> Integers:
    """Give rows that are equal in all columns equal numbers."""
    joint, size = np.zeros(rows, np.int64), 1
    for codes in columns:
        width = int(codes.max(initial=0)) + 1
        if size > _LIMIT // width:
            found, distinct = pd.factorize(joint)
            joint, size = found.astype(np.int64), len(distinct)
        joint, size = joint * width + codes, size * width
    return joint


def repeats(joint: Integers) -> Flags:
    """Say of each row whether an equal one stands before it."""
    return np.asarray(pd.Series(joint).duplicated(), bool)


def running_numbers(codes: Integers) -> Integers:
    """Count the rows of each group from 1, in the order in which they stand."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sizes = np.diff(np.append(starts, len(codes)))
    numbers = np.empty(len(codes), np.int64)
    numbers[order] = np.arange(len(codes)) - np.repeat(starts, sizes) + 1
    return numbers


def sheet_ranks(rows: pd.DataFrame) -> Integers:
    """Number the sheets of a drop in the order of their names; of equal names, in the order of their files."""
    sheets, files = (text_cells(rows[name]).dictionary_encode() for name in ("sheet", "file_id"))
    pairs = joint_codes((_ranks(sheets), _ranks(files)), len(rows))
    ranks = np.cumsum(np.bincount(pairs) > 0) - 1
    return ranks.astype(np.int64)[pairs]


def _ranks(encoded: pa.DictionaryArray) -> Integers:
    order = np.asarray(pc.sort_indices(encoded.dictionary))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks[np.asarray(encoded.indices)] if len(order) else np.zeros(len(encoded), np.int64)


def in_file_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Put rows in the order of their sheets and row numbers; rows that stand so are not moved."""
    sheets, numbers = sheet_ranks(rows), rows["row_number"].to_numpy(np.int64)
    behind = (sheets[1:] < sheets[:-1]) | ((sheets[1:] == sheets[:-1]) & (numbers[1:] < numbers[:-1]))
    if not behind.any():
        return rows
    return rows.iloc[np.lexsort((numbers, sheets))]
