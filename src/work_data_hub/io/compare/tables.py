"""The other side as a table or a view of a PostgreSQL database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from work_data_hub.application.compare.columns import month_column
from work_data_hub.application.compare.model import OtherRows
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import HeaderMissingError, Location, UsageError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.compare.named import headers_of, named_columns
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

# only these can be asked for a month by the database; a month written otherwise is read here
_DATES: Final = ("date", "timestamp without time zone")


@dataclass(frozen=True, slots=True)
class TableSide:
    """Rows of `schema.table`; a month column that is a date is filtered by the server."""

    loader: WarehouseLoader
    table: str
    month: str | None = None
    period: Period | None = None

    def read(self, words: Mapping[str, tuple[str, ...]]) -> OtherRows:
        """Give the rows of the table."""
        schema, name = split_name(self.table)
        types = self._types(schema, name)
        headers = headers_of(tuple(types), words)
        if not headers:
            raise HeaderMissingError(
                f"{self.table} has no column that we know",
                where=Location(self.table),
                expected="the contract's names, labels or aliases",
                fix=f"rename columns, in a view perhaps; it has {', '.join(types)}",
            )
        there = sa.table(name, *(sa.column(column) for column in types), schema=schema)
        query = sa.select(*(there.c[column] for column in headers.values()))
        query = query.where(*self._inside(there, types, headers))
        rows = self.loader.run(lambda session: session.fetch_arrow(query))
        return named_columns(self.table, rows, headers, tuple(types))

    def _inside(
        self, there: sa.TableClause, types: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        header = headers.get(self.month or "")
        if header is None or self.period is None or types[header] not in _DATES:
            return ()
        column: sa.ColumnElement[date] = sa.cast(there.c[header], sa.Date)
        within = sa.and_(column >= self.period.start, column < self.period.next().start)
        return (sa.or_(within, there.c[header].is_(None)),)

    def _types(self, schema: str, name: str) -> dict[str, str]:
        rows = self.loader.run(lambda session: session.fetch(_columns_query(schema, name)))
        if not rows:
            raise UsageError(
                f"there is no table {self.table} that this role can see",
                expected="schema.table, as in business.规模明细",
                fix="correct the name, or grant the right to read it",
            )
        return {str(row["name"]): str(row["type"]) for row in rows}


@contextmanager
def open_table(url: str, table: str, contract: TableContract, period: Period) -> Iterator[TableSide]:
    """Open a table of a database for as long as the block runs."""
    split_name(table)
    loader = WarehouseLoader(url)
    try:
        yield TableSide(loader, table, month_column(contract), period)
    finally:
        loader.disconnect()


def split_name(table: str) -> tuple[str, str]:
    """Read `schema.table`; either part may stand in double quotes."""
    parts = [part.strip('"') for part in table.split(".")]
    if len(parts) != len(("schema", "table")) or not all(parts):
        raise UsageError(f"{table!r} is no table", expected="schema.table", fix="name the schema too")
    return parts[0], parts[1]


def _columns_query(schema: str, name: str) -> sa.Select[str, str]:
    words = ("table_schema", "table_name", "column_name", "data_type", "ordinal_position")
    columns = sa.table("columns", *(sa.column(word) for word in words), schema="information_schema")
    return (
        sa.select(
            sa.cast(columns.c.column_name, sa.Text).label("name"),
            sa.cast(columns.c.data_type, sa.Text).label("type"),
        )
        .where(columns.c.table_schema == schema, columns.c.table_name == name)
        .order_by(columns.c.ordinal_position)
    )
