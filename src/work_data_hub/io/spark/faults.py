"""Faults of Spark and of what it calls as the kernel's errors: which may pass by themselves, and which will not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Final

from work_data_hub.domain.kernel.errors import ConfigurationError, HubError, PermanentError, TransientError

_LOST_RACES: Final = re.compile(r"CommitFailedException|CommitStateUnknownException|ValidationException")
_CONNECTIONS: Final = re.compile(
    r"UncheckedSQL\w*Exception|PSQLException|Connection (?:refused|reset)|SocketTimeout"
)
_NO_LIBRARY: Final = re.compile(
    r"CATALOG_NOT_FOUND|Cannot find catalog plugin class|No suitable driver|ClassNotFound"
)
_CAUSE: Final = re.compile(r"(?m)^(?:Caused by: |: )?[\w.$]+(?:Exception|Error): (.*)$")


@contextmanager
def spark_translated(doing: str, table: str) -> Iterator[None]:
    """Turn faults of Spark into the kernel's errors."""
    from pyspark.errors import PySparkException

    # the bridge to Java has no types
    of_java = import_module("py4j.protocol").Py4JError
    try:
        yield
    except (PySparkException, of_java) as error:
        raise _of_spark(str(error), doing, table) from error


def _of_spark(told: str, doing: str, table: str) -> HubError:
    said = f"{doing}: {_said(told)}"
    if _NO_LIBRARY.search(told):
        return ConfigurationError(
            said,
            expected="Iceberg's Spark runtime and PostgreSQL's driver on Spark's class path",
            fix="let the hub start Spark, or add both libraries to the cluster",
            table=table,
        )
    if _LOST_RACES.search(told):
        return TransientError(
            f"{doing}: somebody else changed {table}", fix="try again; let nobody but the hub write there"
        )
    if _CONNECTIONS.search(told):
        return TransientError(said, fix="try again; if it stays, look at the server's log", table=table)
    return PermanentError(said, fix="look at what Spark has written to the console", table=table)


def _said(told: str) -> str:
    """Give the innermost cause, without the stack."""
    causes = [found.strip() for found in _CAUSE.findall(told) if found.strip()]
    return causes[-1] if causes else told.strip().partition("\n")[0]
