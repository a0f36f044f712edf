"""Where a release is loaded: an address becomes a Postgres or a Delta target."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from work_data_hub.application.release.place import TABLE_FORM
from work_data_hub.application.release.ports import Target
from work_data_hub.domain.kernel.errors import ConfigurationError, UsageError
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

_DELTA, _ENVIRONMENT = "delta:", "env:"
# schemes that delta-rs reads; a plain folder is written as delta:PATH or file://
_FOLDERS: Final = ("file", "s3", "s3a", "az", "abfs", "abfss", "gs")
_EXPECTED: Final = "postgresql://…, delta:PATH, file:///…, or env:NAME of a variable that holds one"


@contextmanager
def open_target(address: str, schema: str, table: str | None = None) -> Iterator[Target]:
    """Give the target of an address; a connection lives as long as the block."""
    address = _resolved(address)
    if address.startswith(_DELTA) or address.partition("://")[0] in _FOLDERS:
        from work_data_hub.io.release.delta_target import DeltaTarget

        if table is not None:
            raise UsageError("a Delta table is named by its folder", fix="leave --table out")
        yield DeltaTarget(address.removeprefix(_DELTA))
        return
    from work_data_hub.io.release.postgres_target import PostgresTarget

    for name in filter(None, (schema, table)):
        _require_name(name)
    loader = WarehouseLoader(_database(address), pool_size=1)
    try:
        yield PostgresTarget(loader, schema, table)
    finally:
        loader.disconnect()


def _resolved(address: str) -> str:
    if not address.startswith(_ENVIRONMENT):
        return address
    name = address.removeprefix(_ENVIRONMENT)
    if not os.environ.get(name):
        raise ConfigurationError(f"the environment has no {name}", expected=_EXPECTED, fix=f"set {name}")
    return os.environ[name]


def _database(address: str) -> str:
    try:
        DatabaseUrl.parse(address)
    except ConfigurationError as error:
        # the address may hold a password, so it is not repeated
        raise UsageError(
            "--into names no place that a release can be loaded into",
            expected=_EXPECTED,
            fix="correct the address",
        ) from error
    return address


def _require_name(name: str) -> None:
    if not re.fullmatch(TABLE_FORM, name):
        raise UsageError(
            f"{name!r} is no name of a schema or a table",
            expected="small letters, digits and _, at most 63",
            fix="name another",
        )
