"""The tracker's database: its own, beside the warehouse on the same server, made when it is missing."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from psycopg2 import errors, sql

from work_data_hub.domain.kernel.errors import ConfigurationError, TransientError
from work_data_hub.io.loader.urls import DatabaseUrl

_SECONDS = 10


def tracking_database(warehouse: str) -> DatabaseUrl:
    """Give the address of the tracker's database: that of wdh is wdh_mlflow."""
    hub = DatabaseUrl.parse(warehouse)
    return hub.database(f"{hub.sqlalchemy.database}_mlflow")


def ensure_database(warehouse: str) -> DatabaseUrl:
    """See that the tracker's database is there; if not, create it by way of the warehouse."""
    wanted = tracking_database(warehouse)
    name = str(wanted.sqlalchemy.database)
    with closing(_connect(DatabaseUrl.parse(warehouse))) as session, session.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if not cursor.fetchone():
            _create(cursor, name)
    return wanted


@contextmanager
def alone_with(database: DatabaseUrl, name: str) -> Iterator[None]:
    """Be the only one who works on something, of all processes; the lock goes with its connection."""
    with closing(_connect(database)) as session, session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"models|{name}",))
        yield


def _create(cursor: "psycopg2.extensions.cursor", name: str) -> None:
    try:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except (errors.DuplicateDatabase, errors.UniqueViolation):
        # another process was quicker
        return
    except errors.InsufficientPrivilege:
        raise ConfigurationError(
            f"the experiment tracker needs a database {name}, and this user may not create it",
            expected=f"a database {name} beside the warehouse",
            fix=f"let an administrator run CREATE DATABASE {name} OWNER …",
        ) from None


def _connect(server: DatabaseUrl) -> "psycopg2.extensions.connection":
    try:
        session = psycopg2.connect(server.libpq, connect_timeout=_SECONDS)
    except psycopg2.OperationalError as error:
        told = str(error).strip().partition("\n")[0]
        raise TransientError(
            f"the server of the experiment tracker does not answer: {told}",
            expected=f"a PostgreSQL server at {server}",
            fix="start the server, or correct DATABASE_URL",
        ) from None
    session.autocommit = True
    return session
