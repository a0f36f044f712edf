"""The warehouse behind the table store port: one transaction per publish, everything or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.application.ports import Clock, PublishRequest
from work_data_hub.application.runs import SLICES, PublishRecord
from work_data_hub.application.scopes import without_month
from work_data_hub.domain.kernel.contract import TableContract, WriteMode
from work_data_hub.domain.kernel.errors import ConfigurationError, InputChangedError
from work_data_hub.domain.kernel.frames import identity_in_order, to_arrow, to_pandas, with_stamps
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.kernel.validation import validate
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.loader.champions import check_champions, write_trained
from work_data_hub.io.loader.evidence import (
    settle_quarantine,
    write_metrics,
    write_quarantine,
    write_reconciliation,
)
from work_data_hub.io.loader.key_order import in_key_order
from work_data_hub.io.loader.newest import (
    current_version,
    in_lake,
    newest_publish,
    newest_slice,
    publishes_before,
    same_publish,
    slices_before,
)
from work_data_hub.io.loader.orphans import count_orphans
from work_data_hub.io.loader.recent import PublishId, RecentScopes
from work_data_hub.io.loader.records import dump, publish_record, publish_row
from work_data_hub.io.loader.slices import changed_months, rows_of_months, slice_versions, version_of_slices
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import LoadCounts, Session, WarehouseLoader, read_rows
from work_data_hub.io.loader.warehouse_write import with_told, write_rows

PUBLISH_POINTS = (
    "opened",
    "recorded",
    "locked",
    "verified",
    "loaded",
    "quarantined",
    "reconciled",
    "committed",
)
# a lake table's rows are committed by the lake, before the ledger's transaction ends
LAKE_POINTS = (*PUBLISH_POINTS[:4], "lake_committed", *PUBLISH_POINTS[4:])


def pass_by(_point: str) -> None:
    """Do nothing at a point of the publish."""


class WarehouseStore:
    """Publishes and reads scopes of tables, in the warehouse or in the lake; `at` hears each named point passed."""

    def __init__(
        self,
        loader: WarehouseLoader,
        clock: Clock,
        at: Callable[[str], None] = pass_by,
        recent: RecentScopes | None = None,
        shelf: LakeShelf | None = None,
    ) -> None:
        """Work through a loader; with `recent`, rows that this process has just seen are not fetched again."""
        self._loader, self._clock, self._at, self._recent = loader, clock, at, recent
        self._lake = shelf

    def publish(self, request: PublishRequest) -> PublishRecord:
        """Write a scope, its evidence and its ledger row in one transaction."""
        run = request.run
        frame = with_stamps(request.contract, request.outcome.accepted, run.run_id, run.started_at)
        validate(request.contract, frame)
        table = to_arrow(request.contract, frame)
        if not request.contract.sliced_by:
            table = in_key_order(table, request.contract.primary_key)
        request, identity = _versioned(request, table)
        record = self._loader.run(lambda session: self._publish(session, request, table, identity))
        self._at("committed")
        if self._recent and request.contract.sliced_by:
            # a month that comes back as it once was has other rows by their lineage
            self._recent.forget(request.contract)
        if self._recent and _is_all_new(request.contract) and record.identity_hash == identity:
            self._recent.keep(request.contract, request.scope, (record.run_id, identity), table)
        return record

    def read(self, contract: TableContract, scope: Scope, columns: Sequence[str] = ()) -> pd.DataFrame:
        """Give the rows of a scope in key order, or some of their columns."""
        rows = self._loader.run(lambda session: self._read(session, contract, scope, columns))
        return to_pandas(rows.select(list(columns)) if columns else rows)

    def _read(
        self, session: Session, contract: TableContract, scope: Scope, columns: Sequence[str]
    ) -> pa.Table:
        remembered = self._remembered(session, contract, scope, columns)
        if remembered is not None:
            return remembered
        publish = _newest(session, contract, scope) if self._recent else None
        rows = self._recent.get(contract, scope, publish, columns) if self._recent and publish else None
        if rows is None:
            rows = self._fetch(session, contract, scope, columns)
            if self._recent and publish:
                self._recent.keep(contract, scope, publish, rows, columns)
        return rows

    def _remembered(
        self, session: Session, contract: TableContract, scope: Scope, columns: Sequence[str]
    ) -> pa.Table | None:
        """Put all months before one together, if this process has seen every one of them as it is now."""
        if self._recent is None or scope.before is None or not _is_all_new(contract):
            return None
        # of one member every row has the same value in its column
        keys = [name for name in contract.primary_key if name not in dict(scope.values)]
        if keys[:1] != [scope.before[0]]:
            return None
        parts = [
            self._recent.get(contract, month, publish, columns)
            for month, publish in publishes_before(session, contract, scope)
        ]
        known = [part for part in parts if part is not None]
        if not parts or len(known) < len(parts):
            return None
        # each part stands in key order, and so do the months: a key begins with its month
        return pa.concat_tables(known)

    def _fetch(
        self, session: Session, contract: TableContract, scope: Scope, columns: Sequence[str]
    ) -> pa.Table:
        names = tuple(dict.fromkeys((*columns, *contract.primary_key))) if columns else contract.column_names
        if in_lake(contract):
            rows = self._shelf(contract).read(session, contract, scope, names)
        else:
            rows = read_rows(session, contract, scope, names)
        return in_key_order(rows, contract.primary_key)

    def _shelf(self, contract: TableContract) -> LakeShelf:
        if self._lake is None:
            raise ConfigurationError(
                f"{contract.qualified_name} lives in the lake, and this hub has none",
                fix="build the hub with a lake",
            )
        return self._lake

    def keep_evidence(self, request: PublishRequest) -> None:
        """Write the rejections of a refused outcome in a transaction of their own."""
        now = self._clock.now()
        self._loader.run(lambda session: write_quarantine(session, request, now))

    def _publish(
        self, session: Session, request: PublishRequest, table: pa.Table, identity: str
    ) -> PublishRecord:
        self._at("opened")
        if not self._record(session, request, identity):
            return _recorded(session, request)
        self._at("recorded")
        session.execute(_lock(request))
        self._at("locked")
        self._verify(session, request)
        self._at("verified")
        counts, snapshot = self._load(session, request, table)
        orphans = {} if in_lake(request.contract) else count_orphans(session, request)
        request = with_told(request, counts, orphans)
        self._at("loaded")
        now = self._clock.now()
        write_quarantine(session, request, now)
        settle_quarantine(session, request)
        self._at("quarantined")
        write_reconciliation(session, request)
        write_metrics(session, request, now)
        write_trained(session, request)
        self._close(session, request, counts, snapshot)
        self._at("reconciled")
        return _recorded(session, request)

    def _record(self, session: Session, request: PublishRequest, identity: str) -> bool:
        row = publish_row(request, identity, 0.0, self._clock.now())
        added = session.execute(insert(table_of(PUBLISHES)).values(row).on_conflict_do_nothing())
        return added == 1

    def _verify(self, session: Session, request: PublishRequest) -> None:
        request.still_valid()
        for source in request.inputs:
            if current_version(session, source) not in (None, source.version):
                raise InputChangedError(
                    f"{source.name} for {source.scope} was published again while {request.contract.name} was built",
                    fix="run the month again",
                )
        check_champions(session, request)

    def _load(
        self, session: Session, request: PublishRequest, table: pa.Table
    ) -> tuple[LoadCounts, int | None]:
        """Write what the publish brings: all of it, or the months that differ from the publish before."""
        contract, months = request.contract, None
        if contract.sliced_by:
            months = changed_months(self._slices_there(session, request), _slices(request))
            table = rows_of_months(contract, table, months)
        if not in_lake(contract):
            return write_rows(session, request, table, months), None
        loaded = self._shelf(contract).load(session, request, table, months)
        self._at("lake_committed")
        return loaded

    def _slices_there(self, session: Session, request: PublishRequest) -> Mapping[str, str]:
        """Give the months that need not be written again; of a lake that was lost, none."""
        lost = in_lake(request.contract) and not self._shelf(request.contract).holds(session, request)
        return {} if lost else slices_before(session, request)

    def _close(
        self, session: Session, request: PublishRequest, counts: LoadCounts, snapshot: int | None
    ) -> None:
        publishes = table_of(PUBLISHES)
        values: dict[str, object] = {
            "rows_replaced": counts.deleted,
            "published_at": sa.func.clock_timestamp(),
            "seconds": self._clock.elapsed() - request.started_at,
            "facts": dump(dict(request.outcome.facts)),
            "warnings": dump(list(request.outcome.warnings)),
        }
        if request.contract.write_mode is WriteMode.UPSERT:
            known = len(request.outcome.accepted) - counts.inserted - counts.updated
            values |= {"rows_published": counts.inserted + counts.updated, "rows_deduplicated": known}
        if snapshot is not None:
            values["snapshot_id"] = snapshot
        session.execute(sa.update(publishes).where(*same_publish(request)).values(values))


def _newest(session: Session, contract: TableContract, scope: Scope) -> PublishId | None:
    """Give the publish that a scope's rows are; rows that several publishes wrote are none's."""
    if contract.write_mode is not WriteMode.REPLACE_SCOPE:
        return None
    if contract.sliced_by and scope != without_month(scope, contract.month_column):
        return newest_slice(session, contract, scope)
    return newest_publish(session, contract.key, scope.key)


def _versioned(request: PublishRequest, table: pa.Table) -> tuple[PublishRequest, str]:
    """Give the publish with the versions of its months, where it has months of its own, and its version."""
    if not request.contract.sliced_by:
        return request, identity_in_order(request.contract, table)
    slices = slice_versions(request.contract, table)
    facts = {**request.outcome.facts, SLICES: slices}
    return replace(request, outcome=replace(request.outcome, facts=facts)), version_of_slices(slices)


def _slices(request: PublishRequest) -> Mapping[str, str]:
    slices = request.outcome.facts[SLICES]
    return slices if isinstance(slices, Mapping) else {}


def _is_all_new(contract: TableContract) -> bool:
    """Say whether a publish leaves nothing in its scope but its own rows."""
    return contract.write_mode is WriteMode.REPLACE_SCOPE and not contract.sliced_by


def _lock(request: PublishRequest) -> sa.Select[tuple[object]]:
    # the lake commits whole tables
    key = request.contract.key
    name = key if in_lake(request.contract) else f"{key}|{request.scope.key}"
    return sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0)))


def _recorded(session: Session, request: PublishRequest) -> PublishRecord:
    row = session.fetch(sa.select(table_of(PUBLISHES)).where(*same_publish(request)))[0]
    return replace(publish_record(row, ()), comparisons=request.outcome.comparisons)
