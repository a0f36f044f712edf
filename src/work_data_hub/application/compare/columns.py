"""From what the other side wrote to comparable values: which column is which, and how its cells are read."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.application.compare.model import ComparedColumn, CompareOptions, Kind, OtherRows, Side
from work_data_hub.cleansing.column import CleanColumn, apply_rule
from work_data_hub.cleansing.dates import date_rule, read_day, read_month
from work_data_hub.cleansing.numbers import UNITS, decimal_number
from work_data_hub.cleansing.rule import Rule
from work_data_hub.domain.kernel.contract import Column, Role, TableContract

# ids that stand for a name until the real one is known: two systems never agree on them
TEMPORARY_IDS: Final[Mapping[str, str]] = MappingProxyType({"company_id": "IN[A-Z2-7]{16}"})
_COUNT: Final = pa.decimal128(38, 6)
_RATES: Final = ("fraction", "percent")
_LINEAGE: Final = ("file_id", "sheet", "row_number")


def header_words(contract: TableContract, related: Iterable[TableContract]) -> dict[str, tuple[str, ...]]:
    """Give the names each column may have elsewhere: its own, its label, and aliases in related tables."""
    groups = [{c.label, *c.aliases} for table in (contract, *related) for c in table.columns]
    words = {}
    for column in _named(contract):
        others = {w for c in contract.columns if c.name != column.name for w in (c.name, c.label)}
        own = {column.label, *column.aliases}
        aliases = sorted({word for group in groups if group & own for word in group} - own - others)
        words[column.name] = (column.name, column.label, *column.aliases, *aliases)
    return words


def _named(contract: TableContract) -> tuple[Column, ...]:
    return tuple(c for c in contract.columns if c.role is Role.BUSINESS or c.name in contract.scope)


def month_column(contract: TableContract) -> str | None:
    """Give the scope column that says the month; tables without one are compared whole."""
    dates = (name for name in contract.scope if pa.types.is_date(contract.column(name).dtype))
    return next(dates, None)


def compared_columns(
    contract: TableContract, other: OtherRows, options: CompareOptions
) -> tuple[ComparedColumn, ...]:
    """Give the columns both sides have, but for those to be ignored."""
    return tuple(
        _compared(column, other.headers[column.name], options)
        for column in _named(contract)
        if column.name in other.headers and column.name not in options.ignore
    )


def _compared(column: Column, header: str, options: CompareOptions) -> ComparedColumn:
    kind, dtype = _kind(column.dtype)
    given = (options.tolerances or {}).get(column.name)
    amount = pa.types.is_decimal(column.dtype) and column.unit not in _RATES
    tolerance = given if given is not None else options.tolerance if amount else Decimal(0)
    return ComparedColumn(
        column.name,
        column.label,
        header,
        kind,
        dtype,
        tolerance,
        temporary=TEMPORARY_IDS.get(column.name),
        summed=kind is Kind.NUMBER and column.unit not in _RATES,
    )


def _kind(dtype: pa.DataType) -> tuple[Kind, pa.DataType]:
    if pa.types.is_decimal(dtype):
        return Kind.NUMBER, dtype
    if pa.types.is_integer(dtype) or pa.types.is_floating(dtype):
        return Kind.NUMBER, _COUNT
    return (Kind.DATE, dtype) if pa.types.is_date(dtype) else (Kind.TEXT, pa.string())


def rule_of(contract: TableContract, column: ComparedColumn) -> Rule | None:
    """Give the rule that reads a column's texts; text itself stays as it is written."""
    declared = contract.column(column.name)
    if column.kind is Kind.NUMBER:
        unit = declared.unit if declared.unit in UNITS else "number"
        return decimal_number(column.dtype.precision, column.dtype.scale, unit or "number")
    if column.kind is Kind.DATE:
        monthly = contract.partition == "month" and column.name == month_column(contract)
        return date_rule("date", read_month if monthly else read_day, "a month" if monthly else "a day")
    return None


def as_side(
    contract: TableContract,
    columns: Sequence[ComparedColumn],
    cells: Mapping[str, pa.Array],
    rows: int,
    lineage: pd.DataFrame | None,
) -> Side:
    """Read one side's cells as comparable values; what can't be read is listed."""
    read = {column.name: read_column(contract, column, cells[column.name]) for column in columns}
    return Side(
        {name: one_array(column.values) for name, column in read.items()},
        rows,
        {name: column.failures for name, column in read.items() if column.failures},
        lineage,
    )


def our_side(contract: TableContract, columns: Sequence[ComparedColumn], frame: pd.DataFrame) -> Side:
    """Give our own rows as comparable values."""
    lineage = [name for name in _LINEAGE if name in frame.columns]
    cells = {c.name: one_array(frame[c.name]) for c in columns}
    return as_side(contract, columns, cells, len(frame), frame[lineage] if "row_number" in lineage else None)


def read_column(contract: TableContract, column: ComparedColumn, cells: pa.Array) -> CleanColumn:
    """Read one column's cells as comparable values."""
    rule = rule_of(contract, column)
    if rule is None:
        texts = as_text(cells)
        blank = pc.equal(pc.utf8_trim_whitespace(texts), "")
        return CleanColumn(_series(pc.if_else(blank, pa.scalar(None, pa.string()), texts)), ())
    if cells.type == column.dtype:
        return CleanColumn(_series(cells), ())
    return apply_rule(_series(as_text(cells)), rule)


def as_text(cells: pa.Array) -> pa.Array:
    """Write typed cells as a person would; a time with a zone is told in UTC."""
    if pa.types.is_timestamp(cells.type):
        cells = cells.cast(pa.timestamp("us"), safe=False)
    return cells.cast(pa.string())


def _series(cells: pa.Array) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(cells))


def one_array(series: pd.Series) -> pa.Array:
    """Give a column as one Arrow array in the type it has."""
    cells = pa.array(series, from_pandas=True)
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
