"""The warehouse behind the table store port: one transaction per publish, everything or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.application.ports import Clock, PublishRequest
from work_data_hub.application.runs import PublishRecord
from work_data_hub.domain.kernel.contract import TableContract, WriteMode
from work_data_hub.domain.kernel.errors import InputChangedError
from work_data_hub.domain.kernel.frames import identity_hash, to_arrow, to_pandas, with_stamps
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.kernel.validation import validate
from work_data_hub.io.loader.evidence import (
    settle_quarantine,
    write_metrics,
    write_quarantine,
    write_reconciliation,
)
from work_data_hub.io.loader.orphans import count_orphans
from work_data_hub.io.loader.recent import PublishId, RecentScopes
from work_data_hub.io.loader.records import dump, publish_record, publish_row
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import LoadCounts, Session, WarehouseLoader

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


# a reference that grew by so many rows gets fresh statistics before facts are checked against it
GROWN_BY = 500


def pass_by(_point: str) -> None:
    """Do nothing at a point of the publish."""


class WarehouseStore:
    """Publishes and reads scopes of warehouse tables; `at` is told when each named point is passed."""

    def __init__(
        self,
        loader: WarehouseLoader,
        clock: Clock,
        at: Callable[[str], None] = pass_by,
        recent: RecentScopes | None = None,
    ) -> None:
        """Work through a loader; with `recent`, rows that this process has just seen are not fetched again."""
        self._loader, self._clock, self._at, self._recent = loader, clock, at, recent

    def publish(self, request: PublishRequest) -> PublishRecord:
        """Write a scope, its evidence and its ledger row in one transaction."""
        run = request.run
        frame = with_stamps(request.contract, request.outcome.accepted, run.run_id, run.started_at)
        validate(request.contract, frame)
        table = to_arrow(request.contract, frame)
        identity = identity_hash(request.contract, table)
        record = self._loader.run(lambda session: self._publish(session, request, table, identity))
        self._at("committed")
        replaces = request.contract.write_mode is WriteMode.REPLACE_SCOPE
        if self._recent and replaces and record.identity_hash == identity:
            rows = _in_key_order(request.contract, table)
            self._recent.keep(request.contract, request.scope, (record.run_id, identity), rows)
        return record

    def read(self, contract: TableContract, scope: Scope) -> pd.DataFrame:
        """Give the rows of a scope in key order."""
        publish = self._newest(contract, scope) if self._recent else None
        if self._recent is None or publish is None:
            return to_pandas(self._fetch(contract, scope))
        rows = self._recent.get(contract, scope, publish)
        if rows is None:
            rows = self._fetch(contract, scope)
            self._recent.keep(contract, scope, publish, rows)
        return to_pandas(rows)

    def _newest(self, contract: TableContract, scope: Scope) -> PublishId | None:
        """Give the publish that a scope's rows are; rows that several publishes wrote are none's."""
        if contract.write_mode is not WriteMode.REPLACE_SCOPE:
            return None
        found = self._loader.run(lambda session: session.fetch(_newest_publish(contract.key, scope.key)))
        return (found[0]["run_id"], found[0]["identity_hash"]) if found else None

    def _fetch(self, contract: TableContract, scope: Scope) -> pa.Table:
        return _in_key_order(contract, self._loader.read(contract, scope=scope))

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
        counts = _load(session, request, table)
        request = _told(request, counts, count_orphans(session, request))
        self._at("loaded")
        now = self._clock.now()
        write_quarantine(session, request, now)
        settle_quarantine(session, request)
        self._at("quarantined")
        write_reconciliation(session, request)
        write_metrics(session, request, now)
        self._close(session, request, counts)
        self._at("reconciled")
        return _recorded(session, request)

    def _record(self, session: Session, request: PublishRequest, identity: str) -> bool:
        row = publish_row(request, identity, 0.0, self._clock.now())
        added = session.execute(insert(table_of(PUBLISHES)).values(row).on_conflict_do_nothing())
        return added == 1

    def _verify(self, session: Session, request: PublishRequest) -> None:
        request.still_valid()
        for source in request.inputs:
            latest = session.fetch(_newest_publish(source.name, source.scope))
            if latest and latest[0]["identity_hash"] != source.version:
                raise InputChangedError(
                    f"{source.name} for {source.scope} was published again while {request.contract.name} was built",
                    fix="run the month again",
                )

    def _close(self, session: Session, request: PublishRequest, counts: LoadCounts) -> None:
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
        session.execute(sa.update(publishes).where(*_same(publishes, request)).values(values))


def _told(request: PublishRequest, counts: LoadCounts, orphans: Mapping[str, int]) -> PublishRequest:
    """Add to the outcome what only the write can tell: new members, and rows that point at nobody."""
    outcome = request.outcome
    facts = dict(outcome.facts)
    if request.contract.write_mode is WriteMode.UPSERT:
        facts["new_members"] = [{"key": key} for key in counts.new]
    if orphans:
        metrics = facts.get("metrics")
        facts["metrics"] = {**(metrics if isinstance(metrics, dict) else {}), **orphans}
    warnings = tuple(f"{n:,} rows: {name} leads nowhere" for name, n in orphans.items() if n)
    told = replace(outcome, facts=facts, warnings=(*outcome.warnings, *warnings))
    return replace(request, outcome=told)


def _in_key_order(contract: TableContract, rows: pa.Table) -> pa.Table:
    # ordered here, so that no server's collation has a say in it
    return rows.sort_by([(name, "ascending") for name in contract.primary_key])


def _load(session: Session, request: PublishRequest, table: pa.Table) -> LoadCounts:
    if request.contract.write_mode is WriteMode.UPSERT:
        counts = session.upsert(request.contract, table)
        if counts.inserted >= GROWN_BY:
            session.refresh_statistics(request.contract)
        return counts
    if request.contract.write_mode is WriteMode.APPEND:
        return session.append(request.contract, table)
    return session.replace_scope(request.contract, request.scope, table)


def _lock(request: PublishRequest) -> sa.Select[tuple[object]]:
    name = f"{request.contract.key}|{request.scope.key}"
    return sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0)))


def _newest_publish(table_key: str, scope_key: str) -> sa.Select[str, str]:
    publishes = table_of(PUBLISHES)
    return (
        sa.select(publishes.c.run_id, publishes.c.identity_hash)
        .where(publishes.c.table_key == table_key, publishes.c.scope_key == scope_key)
        .order_by(publishes.c.published_at.desc())
        .limit(1)
    )


def _same(publishes: sa.Table, request: PublishRequest) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        publishes.c.run_id == request.run.run_id,
        publishes.c.table_key == request.contract.key,
        publishes.c.scope_key == request.scope.key,
    )


def _recorded(session: Session, request: PublishRequest) -> PublishRecord:
    publishes = table_of(PUBLISHES)
    row = session.fetch(sa.select(publishes).where(*_same(publishes, request)))[0]
    return replace(publish_record(row, ()), comparisons=request.outcome.comparisons)
