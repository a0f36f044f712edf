"""Dagster's Postgres storage with connections that are used again: its own opens one for every statement.

A run of nine tables makes some 800 statements; a connection for each of most of them takes longer than the run itself.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.utils import create_pg_engine, pg_url_from_config

if TYPE_CHECKING:
    from dagster_postgres.auth import PgTokenProvider

KEPT_CONNECTIONS = 2
MORE_CONNECTIONS = 8
_SECONDS_UNTIL_RENEWED = 1_800


class PooledPostgresStorage(DagsterPostgresStorage):
    """Runs, events and schedules in one Postgres database, over one small pool for each process."""

    def __init__(
        self,
        postgres_url: str,
        should_autocreate_tables: bool = True,
        inst_data: ConfigurableClassData | None = None,
        token_provider: "PgTokenProvider | None" = None,
    ) -> None:
        """Make the tables if there are none, then share the pool of this process."""
        super().__init__(postgres_url, should_autocreate_tables, inst_data, token_provider)
        engine = shared_engine(postgres_url)
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            # what the webserver does to itself too, but there without asking a connection whether it still lives
            storage._engine = engine  # noqa: SLF001

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "PooledPostgresStorage":
        """Open the storage that the instance file describes."""
        autocreate = config_value.get("should_autocreate_tables", True)
        return cls(pg_url_from_config(config_value), autocreate, inst_data)


@cache
def shared_engine(url: str) -> sa.Engine:
    """Give the engine of this process; a connection that died with its server is replaced before it is used."""
    return create_pg_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=KEPT_CONNECTIONS,
        max_overflow=MORE_CONNECTIONS,
        pool_recycle=_SECONDS_UNTIL_RENEWED,
        pool_pre_ping=True,
    )
