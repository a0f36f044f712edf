"""From whole numbers and texts to a table's rows in its contract's types, and the outcomes of builds that add up."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import ControlTotal, Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow, total
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.frames.shaping import frame_of, stacked

# numbers, or an Arrow array in the contract's type
Values: TypeAlias = pa.Array | npt.NDArray[Any]
_WHOLE: Final = pa.decimal128(38, 0)
_EPOCH_YEAR: Final = 1970
_ZERO: Final = Decimal(0)


def rows_of(contract: TableContract, *parts: Mapping[str, Values]) -> pd.DataFrame:
    """Give rows in the contract's types: whole numbers stand for days, counts or the last digit of decimals."""
    return stacked(contract, parts)


def unknown_row(contract: TableContract, values: Mapping[str, object]) -> Mapping[str, Values]:
    """Give a dimension's row for what is not known; what has no value is null."""
    return {column.name: pa.array([values.get(column.name)], column.dtype) for column in contract.columns}


def date_keys(numbers: Integers) -> Integers:
    """Give days, counted from 1970, as YYYYMMDD."""
    day = numbers.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    year = month.astype("datetime64[Y]")
    parts = (
        year.astype(np.int64) + _EPOCH_YEAR,
        (month - year).astype(np.int64),
        (day - month).astype(np.int64),
    )
    keys: Integers = parts[0] * 10_000 + (parts[1] + 1) * 100 + parts[2] + 1
    return keys


def published_total(rows: pd.DataFrame, column: str) -> Decimal:
    """Add up a column of decimals or of whole numbers, exactly."""
    values = arrow(rows, column)
    return total(values if pa.types.is_decimal(values.type) else pc.cast(values, _WHOLE))


def aggregated(
    contract: TableContract,
    rows: pd.DataFrame,
    *,
    read: int,
    sums: Mapping[str, Decimal],
    facts: Mapping[str, object],
) -> Outcome:
    """Give the outcome of a build that adds up: `sums` are the control totals as its input has them."""
    totals = tuple(
        ControlTotal(name, sums[name], published_total(rows, name)) for name in contract.control_totals
    )
    return Outcome(rows, Counts(read=read, published=len(rows)), totals=totals, facts=facts)


def no_rows(contract: TableContract, facts: Mapping[str, object]) -> Outcome:
    """Give the outcome of a month, or of a whole, that has no line."""
    zeros = dict.fromkeys(contract.control_totals, _ZERO)
    return aggregated(contract, frame_of(contract, []), read=0, sums=zeros, facts=facts)
