"""A Postgres for tests: TEST_DATABASE_URL, or a throw-away server for each worker; each test its own database."""

import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest
from psycopg2 import sql

from work_data_hub.cli.migrations import upgrade
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader.urls import DatabaseUrl


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server one may create databases on; the database itself stays empty."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with throwaway_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server.url()


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """A database of the test's own, empty."""
    with temporary_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> Iterator[str]:
    """The name of a database at head, to copy from."""
    with temporary_database(postgres_url) as url:
        upgrade(url)
        yield str(DatabaseUrl.parse(url).sqlalchemy.database)


@pytest.fixture
def migrated_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """A database of the test's own, with all tables."""
    with temporary_database(postgres_url, migrated_template) as url:
        yield url


@contextmanager
def temporary_database(server_url: str, template: str = "template0") -> Iterator[str]:
    """Create a database, give its URL, and drop it whoever is still connected."""
    server, name = DatabaseUrl.parse(server_url), f"test_{uuid.uuid4().hex[:12]}"
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    run_sql(server_url, sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
    try:
        yield server.database(name).libpq
    finally:
        run_sql(server_url, sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


def run_sql(url: str, statement: str | sql.Composable, *values: object) -> list[tuple[object, ...]]:
    """Run one statement outside of the code under test, committed at once."""
    with closing(psycopg2.connect(DatabaseUrl.parse(url).libpq)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []
