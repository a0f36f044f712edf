"""What one transaction offers: statements, reads and the three ways to write a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.arrow_rows import (
    cast_to,
    require_distinct_keys,
    require_schema,
    require_scope,
    to_rows,
)
from work_data_hub.io.loader.pg_errors import translated
from work_data_hub.io.loader.statements import Prepared, prepare, prepare_insert
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.upserts import add_statement, renew_statement, staging_table

_ANALYZE_FROM: Final = 10_000


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """Rows by what happened to them, as the statements reported it."""

    deleted: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    # the first keys of those inserted
    new: tuple[str, ...] = field(default=(), compare=False)


class Session:
    """One open transaction; it ends with the block that opened it."""

    def __init__(self, connection: Any, batch_rows: int) -> None:
        """Work on a connection and send that many rows at a time."""
        self._connection, self._batch_rows = connection, batch_rows

    def execute(self, statement: sa.Executable) -> int:
        """Run a statement and give the rows it affected; -1 for one that affects none."""
        return self._run(prepare(statement), _subject(statement))

    def fetch(self, statement: sa.Executable) -> list[dict[str, Any]]:
        """Give a query's rows by column name, numeric as Decimal."""
        return to_rows(self.fetch_arrow(statement))

    def fetch_arrow(self, statement: sa.Executable, schema: pa.Schema | None = None) -> pa.Table:
        """Give a query's rows in a schema's types; without one, numeric stays text."""
        prepared = prepare(statement)
        with translated("reading", _subject(statement)), self._connection.cursor() as cursor:
            cursor.execute(prepared.sql, prepared.parameters)
            table = cursor.fetch_arrow_table()
        return table if schema is None else cast_to(table, schema)

    def replace_scope(self, contract: TableContract, scope: Scope, table: pa.Table) -> LoadCounts:
        """Delete what the scope says, then load the rows."""
        require_schema(contract, table)
        require_scope(contract, scope, table)
        target = table_of(contract)
        inside = [target.c[column] == value for column, value in scope.values]
        deleted = self.execute(sa.delete(target).where(*inside))
        return LoadCounts(deleted=deleted, inserted=self._load(contract, table))

    def append(self, contract: TableContract, table: pa.Table) -> LoadCounts:
        """Add the rows to those that are there."""
        require_schema(contract, table)
        return LoadCounts(inserted=self._load(contract, table))

    def upsert(self, contract: TableContract, table: pa.Table) -> LoadCounts:
        """Add rows of unknown keys; of known ones renew the contract's upsert columns where they differ."""
        require_schema(contract, table)
        if table.num_rows == 0:
            return LoadCounts()
        if contract.upsert_columns:
            require_distinct_keys(contract, table)
        staging = staging_table(contract)
        self._stage(contract, staging, table)
        with translated(f"merging into {contract.qualified_name}", contract.qualified_name):
            renewed = self.execute(renew_statement(contract, staging)) if contract.upsert_columns else 0
            counts = self.fetch(add_statement(contract, staging))[0]
        self.execute(DropTable(staging))
        return _merged(renewed, counts, table.num_rows)

    def insert(self, contract: TableContract, rows: Sequence[Mapping[str, object]]) -> int:
        """Write a few rows of a ledger."""
        if not rows:
            return 0
        prepared = prepare_insert(table_of(contract), rows, contract.arrow_schema)
        return self._run(prepared, contract.qualified_name)

    def _run(self, prepared: Prepared, subject: str | None) -> int:
        with translated("writing" if subject else "executing", subject), self._connection.cursor() as cursor:
            cursor.executemany(prepared.sql, prepared.parameters)
            return int(cursor.rowcount)

    def _load(self, contract: TableContract, table: pa.Table) -> int:
        if table.num_rows == 0:
            return 0
        with translated(f"loading {contract.qualified_name}", contract.qualified_name):
            return self._ingest(contract.name, table, db_schema_name=contract.schema)

    def _stage(self, contract: TableContract, staging: sa.Table, table: pa.Table) -> None:
        self.execute(CreateTable(staging))
        with translated(f"staging {contract.qualified_name}", contract.qualified_name):
            self._ingest(staging.name, table, temporary=True)
        if table.num_rows >= _ANALYZE_FROM:
            self.execute(_analyze(staging))

    def refresh_statistics(self, contract: TableContract) -> None:
        """Let the planner know a table's size now; plans of foreign keys made while it was small are renewed."""
        self.execute(_analyze(table_of(contract)))

    def _ingest(self, name: str, table: pa.Table, **where: object) -> int:
        reader = table.to_reader(max_chunksize=self._batch_rows)
        with self._connection.cursor() as cursor:
            return int(cursor.adbc_ingest(name, reader, mode="append", **where))


def _merged(renewed: int, counts: Mapping[str, Any], rows: int) -> LoadCounts:
    inserted, updated = int(counts["inserted"]), renewed + int(counts["updated"])
    new = tuple(sorted(counts["new"] or ()))
    return LoadCounts(inserted=inserted, updated=updated, unchanged=rows - inserted - updated, new=new)


def _subject(statement: sa.Executable) -> str | None:
    table = getattr(statement, "table", None)
    return str(table) if isinstance(table, sa.Table) else None


def _analyze(table: sa.Table) -> sa.Executable:
    statement = sa.DDL("ANALYZE %(fullname)s")  # type: ignore[no-untyped-call]  # its constructor is untyped
    return statement.against(table)
