"""Contracts as Iceberg schemas, types one to one, and how a table that is there meets a newer contract."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestamptzType,
)

from work_data_hub.domain.kernel.contract import Column, EvolutionMode, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.lake.faults import LakeSchemaError

_EXACT: Final[dict[pa.DataType, IcebergType]] = {
    pa.int64(): LongType(),
    pa.int32(): IntegerType(),
    pa.string(): StringType(),
    pa.timestamp("us", tz="UTC"): TimestamptzType(),
    pa.date32(): DateType(),
    pa.bool_(): BooleanType(),
    pa.float64(): DoubleType(),
}
_FIRST_PARTITION_FIELD: Final = 1000


def lake_type(dtype: pa.DataType) -> IcebergType:
    """Give the lake's type of an Arrow type."""
    if pa.types.is_decimal128(dtype):
        return DecimalType(dtype.precision, dtype.scale)
    if dtype in _EXACT:
        return _EXACT[dtype]
    raise ConfigurationError(
        f"{dtype} has no type in the lake",
        expected="decimal128, " + ", ".join(str(known) for known in _EXACT),
        fix="give the column one of these types in its contract",
    )


def lake_schema(contract: TableContract) -> Schema:
    """Give the columns with their labels and meanings."""
    return Schema(
        *(
            NestedField(
                place, column.name, lake_type(column.dtype), required=not column.nullable, doc=_doc(column)
            )
            for place, column in enumerate(contract.columns, 1)
        )
    )


def partition_columns(contract: TableContract) -> tuple[str, ...]:
    """Give the columns that keep rows in files of their own, so that a replaced part is whole files."""
    month = (contract.month_column,) if contract.month_column else ()
    member = (contract.member,) if contract.member else ()
    return tuple(dict.fromkeys((*month, *contract.scope, *member)))


def partition_spec(contract: TableContract) -> PartitionSpec:
    """Give the partitions of a new table."""
    names = contract.column_names
    return PartitionSpec(
        *(
            PartitionField(names.index(column) + 1, place, IdentityTransform(), column)
            for place, column in enumerate(partition_columns(contract), _FIRST_PARTITION_FIELD)
        )
    )


def bring_up_to_date(contract: TableContract, table: Table) -> None:
    """Add what the contract has more and lets be added; refuse every other difference."""
    added = [column for column in contract.columns if column.name not in _names(table)]
    wrong = [*_conflicts(contract, table)]
    if contract.evolution.columns is not EvolutionMode.EVOLVE:
        wrong += [f"{column.name} is new" for column in added]
    if wrong:
        raise LakeSchemaError(
            f"{contract.qualified_name} in the lake differs from its contract: {'; '.join(wrong)}",
            expected="the columns of the contract; new ones nullable, and only where its evolution is evolve",
            fix="let the contract evolve, or give the changed table another name",
            table=contract.qualified_name,
        )
    if added:
        with table.update_schema() as update:
            for column in added:
                update.add_column(column.name, lake_type(column.dtype), doc=_doc(column))


def _conflicts(contract: TableContract, table: Table) -> Iterator[str]:
    """Name what no contract may change in a table that is there."""
    for field in table.schema().fields:
        if field.name not in contract.column_names:
            yield f"{field.name} is gone"
            continue
        column = contract.column(field.name)
        if field.field_type != lake_type(column.dtype):
            yield f"{field.name} was {field.field_type}"
        if field.required == column.nullable:
            yield f"{field.name} was {'required' if field.required else 'nullable'}"
    for column in contract.columns:
        if column.name not in _names(table) and not column.nullable:
            yield f"{column.name} is new and not nullable"
    parts = tuple(field.name for field in table.spec().fields)
    if parts != partition_columns(contract):
        yield f"it was kept apart by {', '.join(parts) or 'nothing'}"


def _names(table: Table) -> frozenset[str]:
    return frozenset(table.schema().column_names)


def _doc(column: Column) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{column.label}{unit}: {column.meaning}"
