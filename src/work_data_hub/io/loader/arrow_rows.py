"""What comes back from the driver, in the types that were asked for."""

from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import Location, PermanentError
from work_data_hub.domain.kernel.scope import Scope

_NUMERIC: Final = "numeric"


def cast_to(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give the columns the types of a schema; numeric arrives as text and becomes decimal."""
    arrays = [_plain(table[field.name]).cast(field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def to_rows(table: pa.Table) -> list[dict[str, Any]]:
    """Give Python rows, numeric as Decimal."""
    columns = {name: _values(table[name]) for name in table.column_names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def require_schema(contract: TableContract, table: pa.Table) -> None:
    """Refuse rows that differ from the contract in a name, an order or a type; nothing is cast on the way in."""
    wanted = {field.name: field.type for field in contract.arrow_schema}
    given = {field.name: field.type for field in table.schema}
    if list(given.items()) == list(wanted.items()):
        return
    wrong = [f"{name} is {given.get(name, 'absent')}" for name in wanted if given.get(name) != wanted[name]]
    wrong += [f"{name} is unknown" for name in given if name not in wanted]
    raise PermanentError(
        f"{contract.qualified_name}: the rows differ from the contract: {'; '.join(wrong) or 'another order'}",
        expected=", ".join(f"{name} {dtype}" for name, dtype in wanted.items()),
        fix="build the rows with the columns of the contract in their order and types",
        table=contract.qualified_name,
    )


def require_scope(contract: TableContract, scope: Scope, table: pa.Table) -> None:
    """Refuse a scope of other columns than the contract's, and rows that lie outside the scope."""
    named = tuple(column for column, _ in scope.values)
    if scope.before is not None or set(named) != set(contract.scope):
        raise PermanentError(
            f"{contract.qualified_name}: the scope {scope} can't say what to replace",
            expected=f"values for {', '.join(contract.scope) or 'no column: the whole table'}",
            fix="give the scope the contract declares",
            table=contract.qualified_name,
        )
    for column, value in scope.values:
        wanted = pa.scalar(value, contract.column(column).dtype)
        strays = [seen for seen in table[column].unique() if not seen.equals(wanted)]
        if strays:
            raise PermanentError(
                f"{contract.qualified_name}: rows with {column} {strays[0]} lie outside the scope {scope}",
                expected=f"{column} {value} in every row",
                fix="reject such rows before publishing",
                table=contract.qualified_name,
            )


def require_distinct_keys(contract: TableContract, table: pa.Table) -> None:
    """Refuse rows that give one key twice: which of them would win is anybody's guess."""
    keys = list(contract.primary_key)
    seen = table.select(keys).group_by(keys).aggregate([([], "count_all")])
    if seen.num_rows == table.num_rows:
        return
    first = seen.filter(pc.greater(seen["count_all"], 1)).select(keys).slice(0, 1).to_pylist()[0]
    raise PermanentError(
        f"{contract.qualified_name}: {table.num_rows - seen.num_rows} rows repeat the key of another",
        where=Location(column=", ".join(keys), value=", ".join(str(part) for part in first.values())),
        expected="each key once",
        fix="let each key occur once in the rows",
        table=contract.qualified_name,
    )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if isinstance(column.type, pa.BaseExtensionType):
        chunks = [chunk.storage for chunk in column.chunks]
        return pa.chunked_array(chunks, column.type.storage_type)
    return column


def _values(column: pa.ChunkedArray) -> list[Any]:
    values: list[Any] = _plain(column).to_pylist()
    if getattr(column.type, "type_name", None) == _NUMERIC:
        return [None if value is None else Decimal(value) for value in values]
    return values
