"""Between frames and whole numbers: discounts as millionths, texts as codes, and rows in a contract's types."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import Role, TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, decimals, scaled

Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Values: TypeAlias = pa.Array | npt.NDArray[Any]
MILLION: Final = 1_000_000
# what a discount's type can hold
_LARGEST: Final = 10**10 - 1


def frame_of(contract: TableContract, columns: Mapping[str, Values]) -> pd.DataFrame:
    """Give rows in the contract's types, stamps left out; whole numbers stand for the last digits of decimals."""
    fields = [field for field in contract.arrow_schema if contract.column(field.name).role is not Role.STAMP]
    arrays = [_typed(columns[field.name], field.type) for field in fields]
    return to_pandas(pa.Table.from_arrays(arrays, schema=pa.schema(fields)))


def no_rows(contract: TableContract) -> pd.DataFrame:
    """Give a frame of the contract's types without rows."""
    return frame_of(
        contract, {name: pa.array([], contract.column(name).dtype) for name in contract.column_names}
    )


def _typed(values: Values, dtype: pa.DataType) -> pa.Array:
    if not isinstance(values, np.ndarray):
        return values
    return decimals(values.astype(np.int64), dtype) if pa.types.is_decimal(dtype) else pa.array(values, dtype)


def repeated(value: object, rows: int, dtype: pa.DataType) -> pa.Array:
    """Give one value for every row."""
    return pa.repeat(pa.scalar(value, dtype), rows)


def month_columns(member: str | None, day: date, rows: int) -> dict[str, Values]:
    """Give business unit and month of every row."""
    return {"bu_id": repeated(member, rows, pa.string()), "period": repeated(day, rows, pa.date32())}


def exact(frame: pd.DataFrame, name: str, digits: int = 6) -> pa.Array:
    """Give a column as decimals of so many digits, rounded half away from zero where it has more."""
    values = pc.round(arrow(frame, name), digits, round_mode="half_towards_infinity")
    return pc.cast(values, pa.decimal128(38, digits))


def millionths(frame: pd.DataFrame, name: str) -> Integers:
    """Give a column in millionths; a null is zero."""
    return scaled(exact(frame, name))


def discounts(shares: Floats) -> Integers:
    """Give predicted shares in millionths, rounded once, half away from zero; what is no number is refused."""
    if not np.isfinite(shares).all():
        raise PermanentError(
            "a predicted discount is not a number", fix="look at the model and at the features it was given"
        )
    at = np.abs(shares) * MILLION
    return np.clip(np.copysign(np.floor(at + 0.5), shares), -_LARGEST, _LARGEST).astype(np.int64)


def truths(frame: pd.DataFrame, name: str) -> Flags:
    """Give a column of yes and no; what is not known is no."""
    return np.asarray(pc.fill_null(arrow(frame, name), False).to_numpy(zero_copy_only=False), np.bool_)


def numbers(frame: pd.DataFrame, name: str) -> Floats:
    """Give a column as binary floats; a null is no number."""
    values = pc.cast(arrow(frame, name), pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, np.float64)


def codes(texts: pa.Array) -> tuple[Integers, pa.Array]:
    """Give each text's place among the distinct ones, which are in order."""
    distinct = pc.unique(texts).sort()
    return np.asarray(pc.index_in(texts, distinct).to_numpy(zero_copy_only=False), np.int64), distinct
