"""The schema that a release promises: columns, types and key, with a hash that a receiver can recompute."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from work_data_hub.domain.kernel.contract import Column, Role, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError

_NAMES: Final[dict[pa.DataType, str]] = {
    pa.int64(): "bigint",
    pa.int32(): "integer",
    pa.string(): "text",
    pa.timestamp("us", tz="UTC"): "timestamptz",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.float64(): "double precision",
}
_TYPES: Final = {name: dtype for dtype, name in _NAMES.items()}
_NUMERIC: Final = re.compile(r"numeric\(([1-9]\d?),(\d{1,2})\)")
_DIGITS: Final = 38


@dataclass(frozen=True, slots=True)
class ReleaseColumn:
    """One column as a receiver sees it."""

    name: str
    type: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class ReleaseSchema:
    """The columns of a table in their order, and its key."""

    table: str
    columns: tuple[ReleaseColumn, ...]
    primary_key: tuple[str, ...]

    @classmethod
    def of(cls, contract: TableContract) -> "ReleaseSchema":
        """Give the schema that a contract promises."""
        columns = (ReleaseColumn(c.name, type_name(c.dtype), c.nullable) for c in released(contract))
        return cls(contract.name, tuple(columns), contract.primary_key)

    @classmethod
    def of_arrow(cls, table: str, schema: pa.Schema, primary_key: Iterable[str]) -> "ReleaseSchema":
        """Give the schema that a file has."""
        columns = (ReleaseColumn(field.name, type_name(field.type), field.nullable) for field in schema)
        return cls(table, tuple(columns), tuple(primary_key))

    @property
    def arrow(self) -> pa.Schema:
        """The schema of the files."""
        return pa.schema([pa.field(c.name, arrow_type(c.type), nullable=c.nullable) for c in self.columns])

    @property
    def ddl(self) -> str:
        """The normalised DDL: names quoted, columns and key sorted by name, one space between words."""
        parts = [
            f"{_quoted(c.name)} {c.type}{'' if c.nullable else ' not null'}"
            for c in sorted(self.columns, key=lambda column: column.name)
        ]
        if self.primary_key:
            parts.append(f"primary key ({', '.join(map(_quoted, sorted(self.primary_key)))})")
        return f"create table {_quoted(self.table)} ({', '.join(parts)})"

    @property
    def hash(self) -> str:
        """SHA-256 of the normalised DDL."""
        return hashlib.sha256(self.ddl.encode()).hexdigest()


def released(contract: TableContract) -> tuple[Column, ...]:
    """Give the columns that leave the house: all but stamps, which change with every run."""
    return tuple(c for c in contract.columns if c.role is not Role.STAMP or c.name in contract.primary_key)


def type_name(dtype: pa.DataType) -> str:
    """Give the SQL name of an Arrow type; one that releases do not know keeps its Arrow name."""
    if pa.types.is_decimal128(dtype):
        return f"numeric({dtype.precision},{dtype.scale})"
    return _NAMES.get(dtype, str(dtype))


def arrow_type(name: str) -> pa.DataType:
    """Give the Arrow type of an SQL name."""
    match = _NUMERIC.fullmatch(name)
    if match and int(match[1]) <= _DIGITS and int(match[2]) <= int(match[1]):
        return pa.decimal128(int(match[1]), int(match[2]))
    if name in _TYPES:
        return _TYPES[name]
    raise ConfigurationError(
        f"a release knows no type {name!r}",
        expected=f"numeric(p,s), {', '.join(_TYPES)}",
        fix="give the column one of these types",
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
