"""Core statements as ADBC takes them: PostgreSQL text with numbered parameters, values bound as Arrow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDialect

DIALECT: Final = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # its constructor is untyped
_INT32: Final = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text and one row of parameters for each execution; None runs it once without any."""

    sql: str
    parameters: pa.RecordBatch | None


def prepare(statement: sa.Executable) -> Prepared:
    """Compile a statement; its values become parameters, never text."""
    compiled = _compile(statement)
    values = compiled.params or {}
    arrays = [_array(values[name]) for name in _order(compiled)]
    return Prepared(str(compiled), _batch(arrays))


def prepare_insert(table: sa.Table, rows: Sequence[Mapping[str, object]], schema: pa.Schema) -> Prepared:
    """Compile an insert that runs once for each row; the rows share the columns of the first."""
    compiled = _compile(sa.insert(table), column_keys=list(rows[0]))
    order = _order(compiled)
    arrays = [pa.array([row[name] for row in rows], schema.field(name).type) for name in order]
    return Prepared(str(compiled), _batch(arrays))


def _compile(statement: sa.Executable, **options: Any) -> Any:
    compilable: Any = statement
    return compilable.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True}, **options)


def _order(compiled: Any) -> list[str]:
    return list(getattr(compiled, "positiontup", None) or ())


def _batch(arrays: list[pa.Array]) -> pa.RecordBatch | None:
    if not arrays:
        return None
    return pa.RecordBatch.from_arrays(
        arrays, names=[f"${position}" for position in range(1, len(arrays) + 1)]
    )


def _array(value: object) -> pa.Array:
    # a small integer goes as int4, which PostgreSQL widens by itself; int8 fits no int4 argument
    if isinstance(value, int) and not isinstance(value, bool) and value in _INT32:
        return pa.array([value], pa.int32())
    return pa.array([value])
