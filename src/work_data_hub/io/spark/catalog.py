"""The lake's catalog as Spark is told of it: the same rows in the same database that the hub's own client uses."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.loader.urls import DatabaseUrl

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_PORT: Final = 5432
# what libpq and Java's driver call by the same name
_SHARED_OPTIONS: Final = ("sslmode", "sslrootcert")


def enter_catalog(session: "SparkSession", name: str, root: str, url: DatabaseUrl) -> None:
    """Tell a session of a catalog; what another catalog of its name has is never read in its place."""
    prefix = f"spark.sql.catalog.{name}"
    wanted = {"": "org.apache.iceberg.spark.SparkCatalog", **_options(name, root, url)}
    known = session.conf.get(f"{prefix}.uri", None), session.conf.get(f"{prefix}.warehouse", None)
    if known not in ((None, None), (wanted[".uri"], wanted[".warehouse"])):
        raise ConfigurationError(
            f"Spark knows another lake as {name} in this process",
            expected=f"one lake of the name {name} for each process",
            fix="work on the other lake in a process of its own",
        )
    # set while it runs: the settings that Spark starts with stand in the list of processes, password and all
    for option, value in wanted.items():
        session.conf.set(prefix + option, value)


def table_path(catalog: str, contract: TableContract) -> str:
    """Give the table's name as Spark reads it."""
    return f"`{catalog}`.`{contract.schema}`.`{contract.name}`"


def _options(name: str, root: str, url: DatabaseUrl) -> Mapping[str, str]:
    address = url.sqlalchemy
    if not _NAME.fullmatch(name) or not address.host:
        raise ConfigurationError(
            f"Spark can't use the lake's catalog {name} at {url}",
            expected="a name of letters, digits, _ and -, and a host that is reached by TCP",
            fix="give the database a plain name, and its address a host, or choose the engine pandas",
        )
    options = {
        ".type": "jdbc",
        ".uri": f"jdbc:postgresql://{address.host}:{address.port or _PORT}/{address.database}",
        ".warehouse": root,
        ".clients": "1",
        # another process may have changed a table since Spark last saw it
        ".cache-enabled": "false",
        ".jdbc.init-catalog-tables": "false",
        ".jdbc.user": address.username or "",
        ".jdbc.password": str(address.password or ""),
    }
    for option in _SHARED_OPTIONS:
        if option in address.query:
            options[f".jdbc.{option}"] = str(address.query[option])
    return options
