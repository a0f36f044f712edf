"""Core statements as ADBC takes them: PostgreSQL text with numbered parameters, values bound as Arrow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.util import LRUCache

DIALECT: Final = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # its constructor is untyped
# a process asks some fifty forms of questions
_FORMS_KEPT: Final = 500
_INT32: Final = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text and one row of parameters for each execution; None runs it once without any."""

    sql: str
    parameters: pa.RecordBatch | None


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement of some form, compiled; None where every statement must be compiled by itself."""

    text: str
    order: tuple[str, ...]
    compiled: Any


_FORMS: Final = LRUCache[Any, _Form](_FORMS_KEPT)
_LOCK: Final = Lock()


def prepare(statement: sa.Executable) -> Prepared:
    """Compile a statement; its values become parameters, never text."""
    known = _known(statement)
    if known is not None:
        text, found = known
        return Prepared(text, _batch([_array(value) for value in found]))
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


def _known(statement: sa.Executable) -> tuple[str, list[object]] | None:
    """Give the text of a statement of a form that was compiled before, and this one's values.

    SQLAlchemy tells statements of one form by a key, and which values take the place of those it was compiled with.
    """
    maker: Any = getattr(statement, "_generate_cache_key", None)
    key = maker() if maker is not None else None
    if key is None:
        return None
    with _LOCK:
        form = _FORMS.get(key.key)
        if form is None:
            form = _FORMS[key.key] = _form(statement, key)
    if form.compiled is None:
        return None
    values = form.compiled.construct_params(extracted_parameters=key.bindparams)
    return form.text, [values[name] for name in form.order]


def _form(statement: sa.Executable, key: Any) -> _Form:
    compilable: Any = statement
    compiled = compilable.compile(dialect=DIALECT, cache_key=key)
    if compiled.post_compile_params or compiled.literal_execute_params:
        # a list of values is written out one by one, so that its text depends on how many there are
        return _Form("", (), None)
    return _Form(str(compiled), tuple(_order(compiled)), compiled)


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
