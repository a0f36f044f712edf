"""The one builder of database URLs: SQLAlchemy, libpq and log forms of the same address."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from work_data_hub.domain.kernel.errors import ConfigurationError

_DRIVERS: Final = ("postgresql", "postgres", "postgresql+psycopg2")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """One PostgreSQL address; its text never shows the password."""

    sqlalchemy: sa.URL

    @classmethod
    def parse(cls, text: str) -> "DatabaseUrl":
        """Read an address written for any of the drivers we know."""
        try:
            url = sa.make_url(text)
        except ArgumentError:
            raise _unusable("the address can't be read") from None
        if url.drivername not in _DRIVERS:
            raise _unusable(f"{url.drivername} is not PostgreSQL")
        return cls(url.set(drivername="postgresql+psycopg2"))

    @property
    def libpq(self) -> str:
        """The URI that libpq reads, password included."""
        return self.sqlalchemy.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def masked(self) -> str:
        """The address for logs."""
        return self.sqlalchemy.set(drivername="postgresql").render_as_string(hide_password=True)

    def database(self, name: str) -> "DatabaseUrl":
        """Give the address of another database on the same server."""
        return DatabaseUrl(self.sqlalchemy.set(database=name))

    def __str__(self) -> str:
        """Write the masked form."""
        return self.masked

    def __repr__(self) -> str:
        """Write the masked form."""
        return f"DatabaseUrl({self.masked})"


def _unusable(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"the database URL can't be used: {why}",
        expected="postgresql://user:password@host:5432/database",
        fix="correct DATABASE_URL",
    )
