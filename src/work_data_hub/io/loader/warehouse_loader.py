"""The one way into the warehouse: bounded connections, transactions, retries, loads and reads."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from work_data_hub.domain.kernel.contract import TableContract, WriteMode
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.pool import AdbcPool
from work_data_hub.io.loader.projection import Frame, Projection, project
from work_data_hub.io.loader.retry import Listener, ignore_event, with_retries
from work_data_hub.io.loader.session import LoadCounts, Session
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.urls import DatabaseUrl

__all__ = ["LoadCounts", "LoadResult", "Session", "WarehouseLoader"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What one load did."""

    table: str
    mode: WriteMode
    counts: LoadCounts
    seconds: float
    dropped_columns: tuple[str, ...] = ()


class WarehouseLoader:
    """Loads and reads tables of one PostgreSQL database."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 4,
        batch_rows: int = 65_536,
        delays: Sequence[float] = (1, 2, 4),
        sleep: Callable[[float], None] = time.sleep,
        on_event: Listener | None = None,
        pool_wait_seconds: float = 30,
    ) -> None:
        """Remember how to connect; nothing is opened yet."""
        self._pool = AdbcPool(DatabaseUrl.parse(url), pool_size, pool_wait_seconds)
        self._batch_rows, self._delays, self._sleep = batch_rows, tuple(delays), sleep
        self._tell = on_event or ignore_event

    def connect(self) -> None:
        """Open a connection if there is none, and see that it answers."""
        self.run(lambda session: session.fetch(sa.select(sa.literal(1))))

    def disconnect(self) -> None:
        """Close idle connections; the loader may be used again."""
        self._pool.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a transaction: committed when the block ends normally, rolled back otherwise."""
        with self._pool.transaction() as connection:
            yield Session(connection, self._batch_rows)

    def run(self, work: Callable[[Session], T]) -> T:
        """Do work in a transaction of its own, again from the start after a transient fault."""

        def attempt() -> T:
            with self.transaction() as session:
                return work(session)

        return with_retries(attempt, self._delays, self._tell, self._sleep)

    def load_dataframe(
        self,
        frame: Frame,
        contract: TableContract,
        *,
        scope: Scope | None = None,
        mode: WriteMode | None = None,
    ) -> LoadResult:
        """Load a frame the way its contract says, all of it or nothing; columns without a place are left out."""
        started, mode = time.perf_counter(), mode or contract.write_mode
        projection = self.project_columns(frame, self.get_allowed_columns(contract))
        table = _as_arrow(contract, projection.frame)
        counts = self.run(lambda session: _write(session, contract, table, scope, mode))
        seconds = time.perf_counter() - started
        return LoadResult(contract.qualified_name, mode, counts, seconds, projection.dropped)

    def get_allowed_columns(self, table: TableContract | str) -> tuple[str, ...]:
        """Give the columns the database lets us write, in order."""
        name = table if isinstance(table, str) else table.qualified_name
        rows = self.run(lambda session: session.fetch(_columns_query(name)))
        if not rows:
            raise PermanentError(
                f"{name} is not in the database", fix="run `wdh db upgrade`, or correct the name", table=name
            )
        return tuple(str(row["name"]) for row in rows)

    def project_columns(self, frame: Frame, allowed: Sequence[str]) -> Projection:
        """Keep the allowed columns of a frame; above five dropped ones this is a warning."""
        projection = project(frame, allowed)
        if projection.warning:
            self._tell("columns_dropped", {"columns": projection.dropped, "warning": projection.warning})
        return projection

    def read(
        self,
        contract: TableContract,
        *,
        scope: Scope | None = None,
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] | None = None,
    ) -> pa.Table:
        """Give rows in the contract's types."""
        names = tuple(columns or contract.column_names)
        return self.run(lambda session: read_rows(session, contract, scope or Scope(), names, order_by or ()))


def read_rows(
    session: Session,
    contract: TableContract,
    scope: Scope,
    columns: Sequence[str],
    order_by: Sequence[str] = (),
) -> pa.Table:
    """Give columns of a scope's rows in the contract's types."""
    table = table_of(contract)
    query = sa.select(*(table.c[name] for name in columns)).where(*inside(table, scope))
    query = query.order_by(*(table.c[name] for name in order_by))
    schema = pa.schema([contract.arrow_schema.field(name) for name in columns])
    return session.fetch_arrow(query, schema)


def inside(table: sa.Table, scope: Scope) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions that a scope's rows meet."""
    yield from (table.c[column] == value for column, value in dict(scope.values).items())
    if scope.before is not None:
        column, day = scope.before
        yield table.c[column] < day


def _as_arrow(contract: TableContract, frame: Frame) -> pa.Table:
    if isinstance(frame, pd.DataFrame):
        return to_arrow(contract, frame)
    if set(contract.column_names) <= set(frame.column_names):
        return frame.select(contract.column_names)
    return frame


def _write(
    session: Session, contract: TableContract, table: pa.Table, scope: Scope | None, mode: WriteMode
) -> LoadCounts:
    if mode is WriteMode.UPSERT:
        return session.upsert(contract, table)
    if mode is WriteMode.APPEND:
        return session.append(contract, table)
    return session.replace_scope(contract, scope or Scope(), table)


def _columns_query(name: str) -> sa.Select[str]:
    schema, _, table = name.rpartition(".")
    columns = sa.table(
        "columns",
        *(sa.column(word) for word in ("column_name", "table_schema", "table_name", "ordinal_position")),
        sa.column("is_generated"),
        schema="information_schema",
    )
    return (
        sa.select(sa.cast(columns.c.column_name, sa.Text).label("name"))
        .where(columns.c.table_schema == schema, columns.c.table_name == table)
        .where(columns.c.is_generated == "NEVER")
        .order_by(columns.c.ordinal_position)
    )
