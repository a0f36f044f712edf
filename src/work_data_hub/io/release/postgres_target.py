"""A receiver's Postgres: the release is staged, counted and exchanged in one transaction."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.schema import CreateSchema, CreateTable, DropTable

from work_data_hub.application.release.manifest import Manifest
from work_data_hub.application.release.ports import Batches
from work_data_hub.application.release.schema import arrow_type
from work_data_hub.application.release.verify import Verified
from work_data_hub.domain.kernel.contract import COUNT, STAMP, TEXT, Column, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError, ConservationError
from work_data_hub.io.loader.session import Session
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.release.shelf import pass_by

LOADS: Final = "release_loads"
LOAD_POINTS: Final = ("staged", "exchanged", "recorded")
# tables of this schema are the transaction's own
_OWN: Final = "pg_temp"
_NAME_ROOM: Final = 63


class PostgresTarget:
    """One table of a database; readers see the old rows until the new ones are there."""

    def __init__(
        self,
        loader: WarehouseLoader,
        schema: str,
        table: str | None = None,
        at: Callable[[str], None] = pass_by,
    ) -> None:
        """Load into a schema, under the release's own table name by default; `at` hears the named points."""
        self._loader, self._schema, self._table, self._at = loader, schema, table, at

    def holds(self, release: Verified) -> bool:
        """Say whether the loads name this release and the table has its rows."""
        manifest, contract = release.manifest, self._contract(release.manifest)
        return self._loader.run(lambda session: _holds(session, contract, manifest))

    def load(self, release: Verified, batches: Batches) -> int:
        """Exchange the rows, or leave everything as it was."""
        contract = self._contract(release.manifest)
        self._loader.run(lambda session: _prepare(session, contract.schema))
        return self._loader.run(lambda session: _exchange(session, contract, release, batches, self._at))

    def _contract(self, manifest: Manifest) -> TableContract:
        return contract_of(manifest, self._schema, self._table or manifest.table)


def contract_of(manifest: Manifest, schema: str, table: str) -> TableContract:
    """Give the table that a manifest describes, in a schema."""
    columns = tuple(
        Column(
            c.name, arrow_type(c.type), c.name, f"{manifest.dataset} {manifest.table}", nullable=c.nullable
        )
        for c in manifest.table_schema.columns
    )
    return _platform(schema, table, columns, manifest.table_schema.primary_key)


def _platform(
    schema: str, table: str, columns: tuple[Column, ...], primary_key: tuple[str, ...]
) -> TableContract:
    # tables of this layer lie in the schema that the first part of their key names
    return TableContract(
        key=f"{schema}.platform.{table}",
        version="1.0.0",
        label=table,
        description="taken from a release",
        grain="as released",
        columns=columns,
        primary_key=primary_key,
        owner=schema,
    )


def _loads(schema: str) -> TableContract:
    texts = ("table_name", "dataset", "released_table", "version", "run_id", "schema_hash", "path")
    return _platform(
        schema,
        LOADS,
        (
            *(Column(name, TEXT, name, "of the release that the table holds") for name in texts),
            Column("row_count", COUNT, "row_count", "rows of the release"),
            Column("loaded_at", STAMP, "loaded_at", "when it was loaded"),
        ),
        ("table_name",),
    )


def _held(session: Session, contract: TableContract) -> dict[str, Any] | None:
    """Give what is recorded of a table; an empty record for one that no release filled, None for none."""
    names = _names(session, contract.schema)
    if contract.name not in names:
        return None
    loads = table_of(_loads(contract.schema))
    query = sa.select(loads).where(loads.c.table_name == contract.name)
    return next(iter(session.fetch(query)), {}) if LOADS in names else {}


def _holds(session: Session, contract: TableContract, manifest: Manifest) -> bool:
    held, wanted = _held(session, contract), _described(manifest)
    if not held or {name: held[name] for name in wanted} != wanted:
        return False
    return _count(session, table_of(contract)) == manifest.row_count_total


def _described(manifest: Manifest) -> dict[str, object]:
    return {
        "dataset": manifest.dataset,
        "released_table": manifest.table,
        "version": manifest.version,
        "run_id": str(manifest.run_id),
        "schema_hash": manifest.table_schema.schema_hash,
        "row_count": manifest.row_count_total,
    }


def _prepare(session: Session, schema: str) -> None:
    """Make the schema and its record of loads, once; two loads that begin at the same time take turns."""
    session.execute(_lock(schema))
    if LOADS not in _names(session, schema):
        session.execute(CreateSchema(schema, if_not_exists=True))
        session.execute(CreateTable(table_of(_loads(schema))))


def _stage(session: Session, contract: TableContract, manifest: Manifest, batches: Batches) -> sa.Table:
    staged = _platform(_OWN, f"staged_{contract.name}"[:_NAME_ROOM], contract.columns, contract.primary_key)
    session.execute(CreateTable(table_of(staged)))
    for rows in batches():
        session.append(staged, rows)
    _require_rows(session, table_of(staged), manifest)
    return table_of(staged)


def _make_room(session: Session, contract: TableContract, manifest: Manifest) -> None:
    held, target = _held(session, contract), table_of(contract)
    if held == {}:
        raise ConfigurationError(
            f"{contract.qualified_name} exists, and no release filled it",
            expected="a table that a release filled, or none",
            fix="name another with --table, or drop it yourself",
        )
    if held is not None and held["schema_hash"] != manifest.table_schema.schema_hash:
        session.execute(DropTable(target))
        held = None
    if held is None:
        session.execute(CreateTable(target))
        return
    # exchanged in place: readers are not held up, and grants and views stay
    session.execute(sa.delete(target))


def _exchange(
    session: Session, contract: TableContract, release: Verified, batches: Batches, at: Callable[[str], None]
) -> int:
    session.execute(_lock(contract.qualified_name))
    staged, names = _stage(session, contract, release.manifest, batches), contract.column_names
    at("staged")
    _make_room(session, contract, release.manifest)
    source = sa.select(*(staged.c[name] for name in names))
    session.execute(insert(table_of(contract)).from_select(names, source))
    counted = _require_rows(session, table_of(contract), release.manifest)
    at("exchanged")
    session.execute(DropTable(staged))
    session.refresh_statistics(contract)
    _record(session, contract, release)
    at("recorded")
    return counted


def _record(session: Session, contract: TableContract, release: Verified) -> None:
    table = table_of(_loads(contract.schema))
    row = {**_described(release.manifest), "path": str(release.path), "loaded_at": datetime.now(UTC)}
    statement = insert(table).values(table_name=contract.name, **row)
    renewed = {name: statement.excluded[name] for name in row}
    session.execute(statement.on_conflict_do_update(index_elements=["table_name"], set_=renewed))


def _require_rows(session: Session, table: sa.Table, manifest: Manifest) -> int:
    counted = _count(session, table)
    if counted != manifest.row_count_total:
        raise ConservationError(
            f"{table.name} would hold {counted:,} rows, the release has {manifest.row_count_total:,}",
            fix="load the release again; nothing was changed",
        )
    return counted


def _count(session: Session, table: sa.Table) -> int:
    rows = session.fetch(sa.select(sa.func.count().label("rows")).select_from(table))
    return int(rows[0]["rows"])


def _lock(name: str) -> sa.Select[Any]:
    return sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"release|{name}", 0)))


def _names(session: Session, schema: str) -> set[str]:
    columns = (sa.column(name, sa.Text) for name in ("table_schema", "table_name"))
    tables = sa.table("tables", *columns, schema="information_schema")
    query = sa.select(sa.cast(tables.c.table_name, sa.Text).label("name"))
    return {row["name"] for row in session.fetch(query.where(tables.c.table_schema == schema))}
