"""Lake tables made from contracts: created, appended to, replaced part by part, read, looked at as they were."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from pyiceberg.expressions import BooleanExpression
from pyiceberg.table import Table

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.catalog import LakeCatalog
from work_data_hub.io.lake.commits import commit, whole_files
from work_data_hub.io.lake.expiry import Expired, delete_files, doomed_snapshots, unneeded_files
from work_data_hub.io.lake.faults import translated
from work_data_hub.io.lake.filters import rows_of, rows_of_months
from work_data_hub.io.lake.schemas import bring_up_to_date, lake_schema, partition_spec
from work_data_hub.io.lake.snapshots import (
    CONTRACT,
    RUN,
    SCOPE,
    LakeSnapshot,
    require_snapshot,
    roll_back_to,
    snapshot_at,
    snapshots_of,
)
from work_data_hub.io.loader.arrow_rows import require_schema, require_scope

Months = Collection[date | None]


@dataclass(frozen=True, slots=True)
class LakeCommit:
    """What one commit did, and the snapshot that the table is since then; an empty table may have none."""

    snapshot_id: int | None
    deleted: int
    inserted: int


class LakeTables:
    """The tables of one lake; each commit is one snapshot that names its run, scope and contract version."""

    def __init__(self, catalog: LakeCatalog) -> None:
        """Work through a catalog; nothing is opened yet."""
        self._catalog = catalog

    def close(self) -> None:
        """Close idle connections; the lake may be used again."""
        self._catalog.close()

    def ensure(self, contract: TableContract) -> None:
        """Create the table, or let it follow its contract as far as the contract's evolution lets it."""
        self._ensured(contract)

    def append(self, contract: TableContract, rows: pa.Table, run_id: str) -> LakeCommit:
        """Add rows to those that are there."""
        require_schema(contract, rows)
        return self._commit(contract, None, rows, _marks(contract, run_id, "append"))

    def replace(self, contract: TableContract, scope: Scope, rows: pa.Table, run_id: str) -> LakeCommit:
        """Put rows in the place of those of a scope."""
        require_schema(contract, rows)
        require_scope(contract, scope, rows)
        return self._commit(contract, rows_of(scope), rows, _marks(contract, run_id, scope.key))

    def replace_months(
        self,
        contract: TableContract,
        months: Months,
        rows: pa.Table,
        run_id: str,
        scope: Scope | None = None,
    ) -> LakeCommit:
        """Put rows in the place of those of these months, of a member where the scope names one; None is no month."""
        require_schema(contract, rows)
        scope = scope or Scope()
        if scope.values:
            require_scope(contract, scope, rows)
        column = contract.month_column
        strays = set(rows[column].unique().to_pylist()) - set(months) if column else set(months)
        if column is None or strays:
            raise PermanentError(
                f"{contract.qualified_name}: rows of {min(map(str, strays), default='no month')} are not in the months",
                expected=", ".join(sorted(map(str, months))) or "no row",
                fix="give the rows of the named months alone",
            )
        marks = _marks(contract, run_id, scope.key)
        return self._commit(contract, rows_of_months(column, months, scope), rows, marks)

    def head(self, contract: TableContract) -> int | None:
        """Give the snapshot that the table is now."""
        table = self._catalog.find(contract)
        return table.metadata.current_snapshot_id if table else None

    def has(self, contract: TableContract, snapshot_id: int) -> bool:
        """Say whether the table is there and knows a snapshot."""
        table = self._catalog.find(contract)
        return table is not None and table.snapshot_by_id(snapshot_id) is not None

    def read(
        self,
        contract: TableContract,
        scope: Scope | None = None,
        columns: Sequence[str] = (),
        *,
        snapshot_id: int | None = None,
        as_of: datetime | None = None,
    ) -> pa.Table:
        """Give a scope's rows in the contract's types: those of a snapshot, of a moment, or of now."""
        names = tuple(columns or contract.column_names)
        wanted = pa.schema([contract.arrow_schema.field(name) for name in names])
        found = self._seen(contract, snapshot_id, as_of)
        if found is None:
            return wanted.empty_table()
        table, snapshot = found
        with translated(f"reading {contract.qualified_name}", contract.qualified_name):
            scan = table.scan(rows_of(scope or Scope()), snapshot_id=snapshot)
            known = [name for name in names if name in scan.projection().column_names]
            rows = scan.select(*known).to_arrow()
        return _shaped(rows, wanted)

    def planned_files(
        self, contract: TableContract, scope: Scope | None = None, *, snapshot_id: int | None = None
    ) -> tuple[str, ...]:
        """Give the Parquet files that hold a scope's rows, for engines that read files."""
        found = self._seen(contract, snapshot_id, None)
        if found is None:
            return ()
        table, snapshot = found
        with translated(f"planning {contract.qualified_name}", contract.qualified_name):
            tasks = table.scan(rows_of(scope or Scope()), snapshot_id=snapshot).plan_files()
            return tuple(sorted(task.file.file_path for task in tasks))

    def snapshots(self, contract: TableContract) -> tuple[LakeSnapshot, ...]:
        """Give the snapshots that are kept, oldest first."""
        table = self._catalog.find(contract)
        return snapshots_of(table) if table else ()

    def roll_back(self, contract: TableContract, snapshot_id: int | None) -> None:
        """Let the table be what it was at a snapshot, or empty."""
        table = self._catalog.find(contract)
        if table is None or table.metadata.current_snapshot_id == snapshot_id:
            return
        with self._changing(contract):
            roll_back_to(table, snapshot_id)

    def expire(
        self,
        contract: TableContract,
        older_than: datetime,
        keep: int,
        needed: Collection[int] = (),
        *,
        dry_run: bool = False,
    ) -> Expired:
        """Forget snapshots made before a moment, all but the newest ones and those needed, and remove their files."""
        table = self._catalog.find(contract)
        if table is None:
            return Expired(contract.key, 0, 0, 0, 0)
        with self._changing(contract):
            doomed = doomed_snapshots(table, older_than, keep, needed)
            kept = len(table.snapshots()) - len(doomed)
            if doomed and not dry_run:
                table.maintenance.expire_snapshots().by_ids(list(doomed)).commit()
            files = list(unneeded_files(table, doomed, older_than))
            if not dry_run:
                delete_files(table, files)
        size = sum(file.size for file in files)
        return Expired(contract.key, len(doomed), len(files), size, kept)

    def _seen(
        self, contract: TableContract, snapshot_id: int | None, as_of: datetime | None
    ) -> tuple[Table, int] | None:
        """Give the table and the snapshot to read; a snapshot that is known needs no look at the catalog."""
        table = self._catalog.known(contract) if snapshot_id is not None else self._catalog.find(contract)
        if table is not None and snapshot_id is not None and table.snapshot_by_id(snapshot_id) is None:
            table = self._catalog.find(contract)
        if table is None:
            return None
        if snapshot_id is not None:
            require_snapshot(table, snapshot_id)
        head = snapshot_id if snapshot_id is not None else table.metadata.current_snapshot_id
        seen = head if as_of is None else snapshot_at(table, head, as_of)
        return None if seen is None else (table, seen)

    def _ensured(self, contract: TableContract) -> Table:
        table = self._catalog.find(contract)
        if table is None:
            return self._catalog.create(contract, lake_schema(contract), partition_spec(contract))
        with self._changing(contract):
            bring_up_to_date(contract, table)
        return table

    def _commit(
        self,
        contract: TableContract,
        gone: BooleanExpression | None,
        rows: pa.Table,
        marks: Mapping[str, str],
    ) -> LakeCommit:
        table = self._ensured(contract)
        with self._changing(contract):
            files = [] if gone is None else whole_files(table, gone)
            snapshot = commit(table, files, rows, marks)
        return LakeCommit(snapshot, sum(file.record_count for file in files), rows.num_rows)

    @contextmanager
    def _changing(self, contract: TableContract) -> Iterator[None]:
        """Translate the faults of a change, and load the table again after a change that failed half-way."""
        try:
            with translated(f"changing {contract.qualified_name}", contract.qualified_name):
                yield
        except BaseException:
            self._catalog.forget(contract)
            raise


def _shaped(rows: pa.Table, wanted: pa.Schema) -> pa.Table:
    """Give the columns in the wanted order and types; one that is younger than the snapshot is empty."""
    arrays = [
        rows[field.name].cast(field.type)
        if field.name in rows.column_names
        else pa.chunked_array([pa.nulls(rows.num_rows, field.type)])
        for field in wanted
    ]
    return pa.Table.from_arrays(arrays, schema=wanted)


def _marks(contract: TableContract, run_id: str, scope: str) -> dict[str, str]:
    return {RUN: run_id, SCOPE: scope, CONTRACT: contract.version}
