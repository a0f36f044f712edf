"""From a contract to invented rows that obey it: same arguments, same rows."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.contract import Column, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.frames import to_pandas

_DAY = date(2025, 11, 1)
_MOMENT = datetime(2025, 12, 1, 8, 30, tzinfo=UTC)
_NULL_SHARE = 0.2
_LARGEST = 1_000_000
_WORDS = 7


def sample_rows(contract: TableContract, rows: int, seed: int = 0) -> pd.DataFrame:
    """Give rows of one scope with distinct keys, values inside every check, and nulls where they may be."""
    random = np.random.default_rng([seed, rows])
    # a scope of which every key column is part holds one row
    telling = None if rows == 1 else _telling_column(contract)
    arrays = [
        pa.array(_values(contract, column, rows, random, distinct=column.name == telling), column.dtype)
        for column in contract.columns
    ]
    return to_pandas(pa.Table.from_arrays(arrays, schema=contract.arrow_schema))


def _telling_column(contract: TableContract) -> str:
    """Name the key column that tells the rows of a scope apart."""
    free = [
        name
        for name in contract.primary_key
        if name not in contract.scope
        and not contract.column(name).checks
        and (
            pa.types.is_integer(contract.column(name).dtype)
            or pa.types.is_string(contract.column(name).dtype)
        )
    ]
    if not free:
        raise ConfigurationError(
            f"{contract.qualified_name}: no key column can tell invented rows apart",
            expected="a text or whole-number column of the key, outside of the scope and without checks",
            fix="write the rows by hand",
        )
    return free[-1]


def _values(
    contract: TableContract, column: Column, rows: int, random: np.random.Generator, *, distinct: bool
) -> Sequence[Any]:
    if distinct:
        whole = pa.types.is_integer(column.dtype)
        return [number if whole else f"{column.name}_{number:06d}" for number in range(1, rows + 1)]
    if column.name in contract.scope or column.name in contract.primary_key:
        return [_maker(column, np.random.default_rng(0))()] * rows
    make = _maker(column, random)
    return [None if column.nullable and random.random() < _NULL_SHARE else make() for _ in range(rows)]


def _maker(column: Column, random: np.random.Generator) -> Callable[[], Any]:
    """Give the maker of one value of a column."""
    allowed = next((check.one_of for check in column.checks if check.one_of), ())
    if any(check.pattern for check in column.checks):
        raise ConfigurationError(
            f"{column.name}: values of a pattern can't be invented",
            expected="checks by bounds or by a closed list",
            fix="write the rows by hand",
        )
    if allowed:
        return lambda: allowed[int(random.integers(len(allowed)))]
    if pa.types.is_decimal(column.dtype):
        low, high = _bounds(column)
        return lambda: Decimal(int(random.integers(low, high + 1))).scaleb(-column.dtype.scale)
    if pa.types.is_integer(column.dtype):
        low, high = _bounds(column)
        return lambda: int(random.integers(low, high + 1))
    return _plain_maker(column, random)


def _plain_maker(column: Column, random: np.random.Generator) -> Callable[[], Any]:
    if pa.types.is_floating(column.dtype):
        return lambda: float(random.random())
    if pa.types.is_boolean(column.dtype):
        return lambda: bool(random.integers(2))
    if pa.types.is_date(column.dtype):
        return lambda: _DAY
    if pa.types.is_timestamp(column.dtype):
        return lambda: _MOMENT
    return lambda: f"{column.label} {random.integers(_WORDS)}"


def _bounds(column: Column) -> tuple[int, int]:
    """Give the least and the largest value in units of the last decimal place."""
    unit = 10 ** getattr(column.dtype, "scale", 0)
    least = [int(check.at_least * unit) for check in column.checks if check.at_least is not None]
    most = [int(check.at_most * unit) for check in column.checks if check.at_most is not None]
    return max([0 - _LARGEST * bool(unit > 1), *least]), min([_LARGEST, *most])
