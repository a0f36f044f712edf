"""The schema of the warehouse through alembic: up, down, where it stands."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from work_data_hub.cli.project import project_folder
from work_data_hub.domain.kernel.errors import TransientError, UsageError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "head"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database is at, and the newest one there is."""

    current: str | None
    head: str | None

    @property
    def at_head(self) -> bool:
        """Say whether there is nothing to upgrade."""
        return self.current == self.head


def upgrade(url: str, revision: str = HEAD) -> SchemaState:
    """Bring the schema up and say where it stands now."""
    from alembic import command

    with _explained(url, revision):
        command.upgrade(_config(url), revision)
    return schema_state(url)


def downgrade(url: str, revision: str) -> SchemaState:
    """Take the schema back and say where it stands now."""
    from alembic import command

    with _explained(url, revision):
        command.downgrade(_config(url), revision)
    return schema_state(url)


def schema_state(url: str) -> SchemaState:
    """Look at the revision of a database; changes nothing."""
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.pool import NullPool

    from work_data_hub.io.loader.urls import DatabaseUrl

    address = DatabaseUrl.parse(url)
    head = ScriptDirectory.from_config(_config(url)).get_current_head()
    with _explained(url), create_engine(address.sqlalchemy, poolclass=NullPool).connect() as connection:
        if not inspect(connection).has_table("alembic_version", schema="hub"):
            return SchemaState(None, head)
        current = connection.execute(text("SELECT version_num FROM hub.alembic_version")).scalar()
    return SchemaState(current, head)


@contextmanager
def _explained(url: str, revision: str = HEAD) -> Iterator[None]:
    from alembic.util import CommandError
    from sqlalchemy.exc import OperationalError

    from work_data_hub.io.loader.urls import DatabaseUrl

    try:
        yield
    except OperationalError as error:
        raise TransientError(
            f"the warehouse does not answer: {str(error.orig).splitlines()[0]}",
            expected=f"a connection to {DatabaseUrl.parse(url).masked}",
            fix="start the server, or correct DATABASE_URL",
        ) from error
    except CommandError as error:
        raise UsageError(
            f"the schema can't go to {revision}: {error}",
            expected="head, base, a revision id, or steps such as -1",
            fix="see the files in migrations/versions",
        ) from error


def _config(url: str) -> "Config":
    from alembic.config import Config

    config = Config(project_folder() / "alembic.ini", stdout=io.StringIO())
    config.set_main_option("script_location", str(project_folder() / "migrations"))
    config.attributes["url"] = url
    return config
