"""Exact numbers at the speed of integers: decimals as scaled int64 and back, and division that rounds half up."""

from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import PermanentError

Integers = npt.NDArray[np.int64]
_WORDS: Final = 2
_CENTS: Final = 2
_LIMIT: Final = np.iinfo(np.int64).max


def scaled(values: pd.Series | pa.Array | pa.ChunkedArray) -> Integers:
    """Give decimals as whole numbers of their last digit; a null is zero. Values beyond int64 are refused."""
    array = _one_array(values)
    words = np.frombuffer(array.buffers()[1], np.int64).reshape(-1, _WORDS)
    words = words[array.offset : array.offset + len(array)]
    low = words[:, 0].copy()
    if array.null_count:
        low[np.asarray(array.is_null())] = 0
    known = np.asarray(array.is_valid()) if array.null_count else slice(None)
    if (words[known, 1] != (low[known] >> 63)).any():
        raise PermanentError("an amount is too large for exact sums", fix="correct the amount in its source")
    return low


def decimals(numbers: Integers, dtype: pa.DataType, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Give whole numbers of the last digit as decimals of a type; null where `missing`."""
    words = np.empty((len(numbers), _WORDS), np.int64)
    words[:, 0], words[:, 1] = numbers, numbers >> 63
    array = pa.Array.from_buffers(dtype, len(numbers), [None, pa.py_buffer(words)])
    if missing is None or not missing.any():
        return array
    return pc.if_else(pa.array(~missing), array, pa.scalar(None, dtype))


def cents_at(amounts: Integers, digits: int, rates: Integers | int, rate_digits: int) -> Integers:
    """Divide amounts by rates, all scaled by powers of ten, into hundredths; half a cent goes away from zero.

    The whole calculation is in integers; amounts too large for it are refused.
    """
    power = rate_digits + _CENTS - digits
    if power < 0:
        raise PermanentError(
            "amounts have more digits than their rates allow", fix="give the rate more digits"
        )
    factor, divisor = 2 * 10**power, 2 * np.asarray(rates, np.int64)
    size = np.abs(amounts)
    if len(size) and int(size.max()) > (_LIMIT - int(divisor.max())) // factor:
        raise PermanentError(
            "an amount is too large for exact division", fix="correct the amount in its source"
        )
    whole: Integers = (size * factor + divisor // 2) // divisor
    return np.where(amounts < 0, -whole, whole)


def grouped_sums(codes: Integers, groups: int, amounts: Integers) -> Integers:
    """Add up whole numbers by group code, exactly."""
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, codes, amounts)
    return sums


def total_of(amounts: Integers, digits: int) -> Decimal:
    """Give the sum of scaled numbers as a decimal; Python's integers know no overflow."""
    return Decimal(sum(map(int, _partial(amounts)))).scaleb(-digits)


def _partial(amounts: Integers, size: int = 4096) -> list[np.int64]:
    # parts of so many can't overflow where the whole could
    return [part.sum() for part in np.array_split(amounts, max(1, len(amounts) // size))]


def as_series(values: pa.Array, index: Any = None) -> pd.Series:
    """Give an Arrow array as a column of a frame."""
    return pd.Series(pd.arrays.ArrowExtensionArray(values), index=index)


def _one_array(values: pd.Series | pa.Array | pa.ChunkedArray) -> pa.Array:
    array = pa.array(values.array, from_pandas=True) if isinstance(values, pd.Series) else values
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
