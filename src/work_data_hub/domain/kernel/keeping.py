"""Whether a frame keeps its contract, asked of whole columns; why it does not is for `validation` to say."""

import re
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import Check, Column, TableContract


def keeps(contract: TableContract, frame: pd.DataFrame) -> bool:
    """Say whether columns, order, types, nulls, checks and the key are as the contract has them."""
    if tuple(frame.columns) != contract.column_names:
        return False
    columns = {column.name: _array(frame[column.name], column) for column in contract.columns}
    if any(values is None for values in columns.values()):
        return False
    return all(_keeps(column, columns[column.name]) for column in contract.columns) and _distinct(
        pa.table({name: columns[name] for name in contract.primary_key})
    )


def _array(series: pd.Series, column: Column) -> pa.ChunkedArray | None:
    if series.dtype != pd.ArrowDtype(column.dtype):
        return None
    values = pa.array(series.array, from_pandas=True)
    return pa.chunked_array([values]) if isinstance(values, pa.Array) else values


def _keeps(column: Column, values: pa.ChunkedArray) -> bool:
    if values.null_count and not column.nullable:
        return False
    return all(_holds(check, values) for check in column.checks)


def _holds(check: Check, values: pa.ChunkedArray) -> bool:
    if check.at_least is not None or check.at_most is not None:
        lowest, highest = _bounds(values)
        if lowest is None:
            return True
        if check.at_least is not None and lowest < check.at_least:
            return False
        if check.at_most is not None and highest > check.at_most:
            return False
    if not (check.one_of or check.pattern):
        return True
    seen = [value for value in pc.unique(values).to_pylist() if value is not None]
    listed = not check.one_of or all(value in check.one_of for value in seen)
    return listed and all(re.fullmatch(check.pattern or ".*", value) for value in seen if check.pattern)


def _bounds(values: pa.ChunkedArray) -> tuple[Any, Any]:
    found = pc.min_max(values).as_py()
    return found["min"], found["max"]


def _distinct(keys: pa.Table) -> bool:
    # an Arrow table can't be grouped by nothing; a table without a key has none to repeat
    names = keys.column_names
    if not names:
        return True
    rows: int = keys.group_by(names, use_threads=False).aggregate([]).num_rows
    return rows == int(keys.num_rows)
