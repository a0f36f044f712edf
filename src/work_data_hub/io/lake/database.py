"""The database of the lake's catalog: its own, on a server that has others, made when it is missing."""

from contextlib import closing
from typing import Final

import psycopg2
from psycopg2 import errors, sql

from work_data_hub.domain.kernel.errors import ConfigurationError, TransientError
from work_data_hub.io.loader.urls import DatabaseUrl

DATABASE: Final = "wdh_iceberg"
_SECONDS: Final = 10


def ensure_database(catalog: DatabaseUrl, server: DatabaseUrl) -> None:
    """See that the catalog's database is there; if not, create it by way of another database of the server."""
    if _answers(catalog):
        return
    with closing(_connect(server)) as session, session.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (catalog.sqlalchemy.database,))
        if cursor.fetchone():
            # another process may have made it since the first try
            if _answers(catalog):
                return
            raise ConfigurationError(
                f"the lake's catalog at {catalog} is there, but can't be used",
                expected="a database that this user may connect to",
                fix=f"grant CONNECT and CREATE on {catalog.sqlalchemy.database}, or correct LAKE_CATALOG_URL",
            )
        _create(cursor, str(catalog.sqlalchemy.database))


def _create(cursor: "psycopg2.extensions.cursor", name: str) -> None:
    try:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except (errors.DuplicateDatabase, errors.UniqueViolation):
        # another process was quicker
        return
    except errors.InsufficientPrivilege:
        raise ConfigurationError(
            f"the lake's catalog needs a database {name}, and this user may not create it",
            expected=f"a database {name} on the same server, or LAKE_CATALOG_URL",
            fix=f"let an administrator run CREATE DATABASE {name} OWNER …, or set LAKE_CATALOG_URL",
        ) from None


def _answers(url: DatabaseUrl) -> bool:
    try:
        psycopg2.connect(url.libpq, connect_timeout=_SECONDS).close()
    except psycopg2.OperationalError:
        return False
    return True


def _connect(server: DatabaseUrl) -> "psycopg2.extensions.connection":
    try:
        session = psycopg2.connect(server.libpq, connect_timeout=_SECONDS)
    except psycopg2.OperationalError as error:
        told = str(error).strip().partition("\n")[0]
        raise TransientError(
            f"the server of the lake's catalog does not answer: {told}",
            expected=f"a PostgreSQL server at {server}",
            fix="start the server, or correct LAKE_CATALOG_URL",
        ) from None
    session.autocommit = True
    return session
