"""Keeping the hub's ledgers small and true: what may be forgotten, and attempts whose process has died.

The book of publishes, landing files, decisions of people and whatever is open are never touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from work_data_hub.application.ledgers import (
    CORRECTIONS,
    DATA_QUALITY_METRICS,
    PIPELINE_EXECUTIONS,
    QUARANTINE,
    WAIVERS,
)
from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

ABANDONED: Final = "AbandonedError"
_SAID: Final = (
    "the process ended without a word\nFix: run the month again; what was published before it stands"
)
_BATCH: Final = 10_000


@dataclass(frozen=True, slots=True)
class LedgerHorizons:
    """How long lines of the ledgers are kept once something newer has taken their place."""

    attempts: timedelta
    metrics: timedelta
    rejections: timedelta


@dataclass(frozen=True, slots=True)
class LedgerMaintenance:
    """Counts or removes what the hub's ledgers need no longer, some thousand lines a transaction."""

    loader: WarehouseLoader
    batch: int = _BATCH

    def close_abandoned(self, started_before: datetime, now: datetime, *, dry_run: bool) -> int:
        """Mark attempts that began so long ago and never ended as failed; give their number."""
        table = table_of(PIPELINE_EXECUTIONS)
        left = sa.and_(table.c.result == str(Result.RUNNING), table.c.started_at < started_before)
        if dry_run:
            return self._count(table, left)
        failed = {"result": str(Result.FAILED), "error_kind": ABANDONED, "message": _SAID, "finished_at": now}
        statement = sa.update(table).where(left).values(failed)
        return self.loader.run(lambda session: session.execute(statement))

    def prune(self, horizons: LedgerHorizons, now: datetime, *, dry_run: bool) -> dict[str, int]:
        """Remove what is beyond its horizon; give the number of lines by table."""
        return {
            contract.name: self._count(table_of(contract), doomed)
            if dry_run
            else self._delete(contract, doomed)
            for contract, doomed in _doomed(horizons, now)
        }

    def _count(self, table: sa.Table, doomed: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count().label("number")).select_from(table).where(doomed)
        return int(self.loader.run(lambda session: session.fetch(query))[0]["number"])

    def _delete(self, contract: TableContract, doomed: sa.ColumnElement[bool]) -> int:
        table, removed = table_of(contract), 0
        key: list[sa.Column[Any]] = [table.c[name] for name in contract.primary_key]
        chosen = sa.select(*key).where(doomed).limit(self.batch)
        statement = sa.delete(table).where(sa.tuple_(*key).in_(chosen))
        while True:
            gone = self.loader.run(lambda session: session.execute(statement))
            removed += gone
            if gone < self.batch:
                return removed


def _doomed(
    horizons: LedgerHorizons, now: datetime
) -> Iterator[tuple[TableContract, sa.ColumnElement[bool]]]:
    yield PIPELINE_EXECUTIONS, _old_attempts(now - horizons.attempts)
    yield DATA_QUALITY_METRICS, _old_metrics(now - horizons.metrics)
    yield QUARANTINE, _settled_rejections(now - horizons.rejections)


def _old_attempts(before: datetime) -> sa.ColumnElement[bool]:
    """An attempt that published tells who did it, for as long as the book of publishes; the newest tells the state."""
    table = table_of(PIPELINE_EXECUTIONS)
    later = table.alias("later")
    same = [later.c[name] == table.c[name] for name in ("table_key", "scope_key")]
    superseded = sa.exists().where(*same, later.c.started_at > table.c.started_at)
    forgettable = [str(Result.UNCHANGED), str(Result.REFUSED), str(Result.FAILED)]
    return sa.and_(table.c.started_at < before, table.c.result.in_(forgettable), superseded)


def _old_metrics(before: datetime) -> sa.ColumnElement[bool]:
    table = table_of(DATA_QUALITY_METRICS)
    later = table.alias("later")
    same = [later.c[name] == table.c[name] for name in ("table_key", "scope_key", "metric")]
    superseded = sa.exists().where(*same, later.c.measured_at > table.c.measured_at)
    return sa.and_(table.c.measured_at < before, superseded)


def _settled_rejections(before: datetime) -> sa.ColumnElement[bool]:
    """A rejection that a newer file no longer shows, and that nobody has decided about."""
    table = table_of(QUARANTINE)
    decided = [
        sa.exists().where(decision.c.rejection_id == table.c.rejection_id)
        for decision in (table_of(CORRECTIONS), table_of(WAIVERS))
    ]
    settled = sa.and_(table.c.state == "fixed", table.c.last_seen_at < before)
    return sa.and_(settled, *(sa.not_(found) for found in decided))
