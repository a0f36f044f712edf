"""Rows in a contract's types from arrays and whole numbers, columns of several frames as one, days as numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.contract import DAY, Role, TableContract
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, decimals

_EPOCH: Final = date(1970, 1, 1).toordinal()
Numbers: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.float64] | npt.NDArray[np.bool_]
Part: TypeAlias = Mapping[str, pa.Array | Numbers]


def frame_of(contract: TableContract, parts: Sequence[Mapping[str, pa.Array]]) -> pd.DataFrame:
    """Put parts one below the other, in the contract's columns without stamps; a wrong type is an error."""
    fields = [field for field in contract.arrow_schema if contract.column(field.name).role is not Role.STAMP]
    schema = pa.schema(fields)
    tables = [pa.Table.from_arrays([part[name] for name in schema.names], schema=schema) for part in parts]
    return to_pandas(pa.concat_tables([schema.empty_table(), *tables]).combine_chunks())


def stacked(contract: TableContract, parts: Sequence[Part]) -> pd.DataFrame:
    """Do as `frame_of`; whole numbers may stand for days and for the last digits of decimals."""
    types = {column.name: column.dtype for column in contract.columns}
    return frame_of(
        contract, [{name: _typed(values, types[name]) for name, values in part.items()} for part in parts]
    )


def _typed(values: pa.Array | Numbers, dtype: pa.DataType) -> pa.Array:
    if not isinstance(values, np.ndarray):
        return values
    if pa.types.is_decimal(dtype):
        return decimals(values.astype(np.int64), dtype)
    return days(values.astype(np.int64)) if dtype == DAY else pa.array(values, dtype)


def column(frames: Sequence[pd.DataFrame], name: str) -> pa.Array:
    """Give a column of several frames as one array."""
    arrays = [arrow(frame, name) for frame in frames]
    return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)


def integers(values: pa.Array) -> Integers:
    """Give whole numbers; there must be no null."""
    return np.asarray(values.to_numpy(zero_copy_only=False), np.int64)


def day_numbers(values: pa.Array) -> Integers:
    """Give days as numbers of days since 1970."""
    return integers(values.view(pa.int32()))


def day_number(day: date) -> int:
    """Give the number of one day."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """Give the day of a number."""
    return date.fromordinal(int(number) + _EPOCH)


def days(numbers: Integers) -> pa.Array:
    """Give numbers of days as days."""
    return pa.array(np.asarray(numbers, np.int32)).view(DAY)


def ratios(top: npt.ArrayLike, bottom: npt.ArrayLike) -> pa.Array:
    """Divide; what is divided by zero is null."""
    below = np.asarray(bottom, np.float64)
    missing = below == 0
    return pa.array(np.asarray(top, np.float64) / np.where(missing, 1.0, below), mask=missing)


def same(value: object, rows: int, dtype: pa.DataType) -> pa.Array:
    """Give one value for every row."""
    return pa.repeat(pa.scalar(value, dtype), rows)
