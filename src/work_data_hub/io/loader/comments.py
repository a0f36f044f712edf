"""Labels and meanings as database comments; wording is no schema, so it needs no migration."""

import sqlalchemy as sa
from sqlalchemy.schema import SetColumnComment, SetTableComment


def write_comments(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Bring the comments of the tables that exist up to date."""
    inspector = sa.inspect(connection)
    for schema in sorted({str(table.schema) for table in metadata.tables.values()}):
        columns = inspector.get_multi_columns(schema=schema)
        comments = inspector.get_multi_table_comment(schema=schema)
        for (_, name), found in columns.items():
            table = metadata.tables.get(f"{schema}.{name}")
            if table is None:
                continue
            if comments[(schema, name)]["text"] != table.comment:
                connection.execute(SetTableComment(table))
            for column in found:
                _write_column(connection, table, column["name"], column.get("comment"))


def _write_column(connection: sa.Connection, table: sa.Table, name: str, written: str | None) -> None:
    if name in table.c and table.c[name].comment != written:
        connection.execute(SetColumnComment(table.c[name]))
