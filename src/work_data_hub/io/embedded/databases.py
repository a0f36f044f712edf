"""The databases every server of ours has."""

from contextlib import closing

import psycopg2
from psycopg2 import sql

from work_data_hub.io.embedded.connection import USER, Connection

DATABASES = ("wdh", "wdh_dagster")


def missing_databases(connection: Connection, *, create: bool = False) -> list[str]:
    """Ask the server which of our databases it lacks, and create them if wished."""
    with closing(_connect(connection)) as session, session.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        present = {name for (name,) in cursor.fetchall()}
        missing = [name for name in DATABASES if name not in present]
        for name in missing if create else ():
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return missing


def _connect(connection: Connection) -> "psycopg2.extensions.connection":
    session = psycopg2.connect(
        host="127.0.0.1",
        port=connection.port,
        user=USER,
        password=connection.password,
        dbname="postgres",
        connect_timeout=5,
    )
    session.autocommit = True
    return session
