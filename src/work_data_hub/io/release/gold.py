"""Gold tables of the warehouse, read in batches from one snapshot, in an order that no collation changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.application.release.records import GoldRows, PublishedInput
from work_data_hub.application.release.schema import released
from work_data_hub.domain.kernel.contract import Store, TableContract, WriteMode
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.loader.arrow_rows import cast_to
from work_data_hub.io.loader.pg_errors import translated
from work_data_hub.io.loader.pool import AdbcPool
from work_data_hub.io.loader.session import Session
from work_data_hub.io.loader.statements import prepare
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.urls import DatabaseUrl

_FEW_ROWS = 1_000


class WarehouseGold:
    """Reads released tables over one connection of its own, never all rows at once."""

    def __init__(self, url: str, wait_seconds: float = 30) -> None:
        """Remember where to connect; nothing is opened yet."""
        self._pool = AdbcPool(DatabaseUrl.parse(url), 1, wait_seconds)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    @contextmanager
    def open(self, contract: TableContract, until: tuple[str, date] | None) -> Iterator[GoldRows]:
        """Give the publishes and the rows of one moment, whatever is published meanwhile."""
        if contract.store is not Store.WAREHOUSE:
            raise ConfigurationError(
                f"{contract.key} is kept in the {contract.store}",
                expected="a table of the warehouse",
                fix="release a gold table that is made from it",
            )
        with self._pool.transaction() as connection:
            session = Session(connection, _FEW_ROWS)
            session.execute(_ONE_SNAPSHOT)
            inputs = tuple(_inputs(contract, session.fetch(_publishes(contract))))
            count = sa.select(sa.func.count().label("rows")).select_from(table_of(contract))
            count = count.where(*_limits(contract, until))
            yield GoldRows(
                inputs,
                lambda: int(session.fetch(count)[0]["rows"]),
                lambda: _batches(connection, contract, until),
            )


# the publishes and the rows that are read must be of one moment
_ONE_SNAPSHOT = sa.DDL(  # type: ignore[no-untyped-call]  # its constructor is untyped
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
)


def _publishes(contract: TableContract) -> sa.Select[Any]:
    table = table_of(PUBLISHES)
    columns = (table.c.scope_key, table.c.run_id, table.c.identity_hash, table.c.published_at)
    return (
        sa.select(*columns)
        .ext(distinct_on(table.c.scope_key))
        .where(table.c.table_key == contract.key)
        .order_by(table.c.scope_key, table.c.published_at.desc())
    )


def _inputs(contract: TableContract, rows: list[dict[str, Any]]) -> Iterator[PublishedInput]:
    for row in rows:
        # only where a publish replaces its scope does its hash say what the scope holds
        replaced = contract.write_mode is WriteMode.REPLACE_SCOPE
        identity = row["identity_hash"] if replaced else f"{row['run_id']}:{row['identity_hash']}"
        yield PublishedInput(row["scope_key"], identity, row["published_at"])


def _batches(connection: Any, contract: TableContract, until: tuple[str, date] | None) -> Iterator[pa.Table]:
    columns, table = [column.name for column in released(contract)], table_of(contract)
    query = sa.select(*(table.c[name] for name in columns)).where(*_limits(contract, until))
    query = query.order_by(*(_plain_order(table.c[name]) for name in contract.primary_key or columns))
    schema = pa.schema([contract.arrow_schema.field(name) for name in columns])
    prepared = prepare(query)
    with translated("reading", contract.qualified_name), connection.cursor() as cursor:
        cursor.execute(prepared.sql, prepared.parameters)
        for batch in cursor.fetch_record_batch():
            yield cast_to(pa.Table.from_batches([batch]), schema)


def _plain_order(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.collate(column, "C") if isinstance(column.type, sa.Text) else column


def _limits(contract: TableContract, until: tuple[str, date] | None) -> Iterator[sa.ColumnElement[bool]]:
    if until is not None:
        name, day = until
        # of a moment, all of the last day counts
        yield table_of(contract).c[name] < day + timedelta(days=1)
