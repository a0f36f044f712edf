"""The lake's catalog: opened when a lake table is first touched, with few connections; it remembers tables it loaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final

import sqlalchemy as sa
from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.exceptions import CommitFailedException, NamespaceAlreadyExistsError
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.io.lake.database import ensure_database
from work_data_hub.io.lake.faults import translated
from work_data_hub.io.loader.urls import DatabaseUrl

_CONNECTIONS: Final = 3
_WAIT_SECONDS: Final = 30
_FILES: Final = "pyiceberg.io.pyarrow.PyArrowFileIO"
_PROPERTIES: Final = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "10",
    # a commit that lost a race is told; the whole publish is tried again, not half of it
    "commit.retry.num-retries": "0",
}


class _SqlCatalog(SqlCatalog):
    """The library's catalog on an engine with bounded connections."""

    def __init__(self, name: str, engine: sa.Engine, **properties: str) -> None:
        MetastoreCatalog.__init__(self, name, **properties)
        self.engine = engine
        self._init_catalog()


class LakeCatalog:
    """Finds and makes tables; several hubs may share a database, each under its own name."""

    def __init__(self, name: str, root: str, url: DatabaseUrl, server: DatabaseUrl) -> None:
        """Remember where things are; nothing is opened yet."""
        self._name, self._root, self._url, self._server = name, root, url, server
        self._opened: SqlCatalog | None = None
        self._known: dict[str, Table] = {}
        self._lock = RLock()

    def find(self, contract: TableContract) -> Table | None:
        """Give the table as it is now; one that nobody changed since is not loaded again."""
        with translated(f"looking for {contract.qualified_name}", contract.qualified_name), self._lock:
            location = self._location(contract)
            known = self._known.get(contract.key)
            if location is None or (known is not None and known.metadata_location == location):
                return known if location else None
            known = self._known[contract.key] = self._catalog().load_table(_identifier(contract))
            return known

    def known(self, contract: TableContract) -> Table | None:
        """Give the table as this process has last seen it, or as it is now if it has never seen it."""
        with self._lock:
            return self._known.get(contract.key) or self.find(contract)

    def forget(self, contract: TableContract) -> None:
        """Load the table again when it is next asked for."""
        with self._lock:
            self._known.pop(contract.key, None)

    def create(self, contract: TableContract, schema: Schema, spec: PartitionSpec) -> Table:
        """Make a table and its namespace, unless another process was quicker."""
        with translated(f"creating {contract.qualified_name}", contract.qualified_name):
            catalog = self._catalog()
            with _alone(catalog.engine):
                if self._location(contract) is None:
                    self._create_namespace(catalog, contract.schema)
                    about = {"comment": f"{contract.label}: {contract.description}"}
                    catalog.create_table(
                        _identifier(contract),
                        schema,
                        partition_spec=spec,
                        properties={**_PROPERTIES, **about},
                    )
            found = self.find(contract)
            if found is None:
                raise CommitFailedException(f"{contract.qualified_name} was dropped while it was made")
            return found

    def close(self) -> None:
        """Close idle connections; the catalog may be used again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None
            self._known.clear()

    def _catalog(self) -> SqlCatalog:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> SqlCatalog:
        ensure_database(self._url, self._server)
        engine = sa.create_engine(
            self._url.sqlalchemy,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_WAIT_SECONDS,
            pool_pre_ping=True,
        )
        properties = {"uri": "of the engine", "warehouse": self._root, "py-io-impl": _FILES}
        with _alone(engine):
            return _SqlCatalog(self._name, engine, **properties)

    def _location(self, contract: TableContract) -> str | None:
        catalog, table = self._catalog(), IcebergTables
        query = sa.select(table.metadata_location).where(
            table.catalog_name == catalog.name,
            table.table_namespace == contract.schema,
            table.table_name == contract.name,
        )
        with catalog.engine.connect() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def _create_namespace(self, catalog: SqlCatalog, name: str) -> None:
        try:
            catalog.create_namespace(name)
        except NamespaceAlreadyExistsError:
            return


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Keep other processes from making the same things in the catalog."""
    lock = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("wdh lake catalogue", 0)))
    with engine.begin() as connection:
        connection.execute(lock)
        yield


def _identifier(contract: TableContract) -> tuple[str, str]:
    return (contract.schema, contract.name)
