"""How alembic meets the warehouse: one transaction, one at a time, our schemas only."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig

import sqlalchemy as sa
from alembic import context
from sqlalchemy.pool import NullPool

from work_data_hub.io.loader.catalogue import WAREHOUSE_CONTRACTS
from work_data_hub.io.loader.comments import write_comments
from work_data_hub.io.loader.tables import metadata_for
from work_data_hub.io.loader.urls import DatabaseUrl

VERSION_SCHEMA = "hub"
LOCK_NAME = "work_data_hub.migrations"

TARGET = metadata_for(WAREHOUSE_CONTRACTS)
SCHEMAS = {table.schema for table in TARGET.tables.values()}


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Look at the schemas of our contracts only: others belong to other tools."""
    return kind != "schema" or name in SCHEMAS


def migrate(connection: sa.Connection) -> None:
    """Run the migrations in one transaction that waits for any other that migrates."""
    context.configure(
        connection=connection,
        target_metadata=TARGET,
        version_table_schema=VERSION_SCHEMA,
        include_schemas=True,
        include_name=ours,
        compare_type=True,
    )
    with context.begin_transaction():
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(LOCK_NAME, 0))))
        connection.execute(sa.schema.CreateSchema(VERSION_SCHEMA, if_not_exists=True))
        context.run_migrations()
        write_comments(connection, TARGET)


@contextmanager
def database_url() -> Iterator[str]:
    """Give the address: the caller's, that of `-x url=...`, or that of the settings."""
    given = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    if given:
        yield given
        return
    from work_data_hub.bootstrap import warehouse_url
    from work_data_hub.config.settings import get_settings

    with warehouse_url(get_settings()) as url:
        yield url


def main() -> None:
    """Migrate over the caller's connection, or over one of our own."""
    if context.is_offline_mode():
        raise SystemExit("migrations need a database: leave --sql out")
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    with database_url() as url:
        engine = sa.create_engine(DatabaseUrl.parse(url).sqlalchemy, poolclass=NullPool)
        with engine.connect() as own:
            migrate(own)


if context.config.config_file_name and context.config.cmd_opts is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)
main()
