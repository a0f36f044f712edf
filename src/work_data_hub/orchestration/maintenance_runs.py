"""Forgetting old runs of Dagster: all of a run goes, or all of it stays.

A run stays that made the newest materialization, plan, observation or check result of any asset and partition: that is
what the UI shows, what says that a partition failed, and what keeps a content from being requested twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable as Checks
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable as Events
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.runs.schema import RunTagsTable as Tags
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage

_BATCH: Final = 100
_SHOWN: Final = (
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_OBSERVATION,
)


@dataclass(frozen=True, slots=True)
class OldRuns:
    """Finished runs from before a day: those that nothing needs any more, and those that stay."""

    doomed: tuple[str, ...]
    kept: int


def old_runs(instance: dg.DagsterInstance, before: datetime) -> OldRuns:
    """Find the runs that ended before a day; changes nothing."""
    finished = dg.RunsFilter(statuses=FINISHED_STATUSES, updated_before=before)
    ended = instance.get_run_ids(finished)
    needed = _needed(instance)
    doomed = tuple(run_id for run_id in ended if run_id not in needed)
    return OldRuns(doomed, len(ended) - len(doomed))


def forget_runs(instance: dg.DagsterInstance, run_ids: Sequence[str], tell: Callable[[str], object]) -> None:
    """Remove runs with all they left; a call that is broken off is taken up by the next one."""
    removed = 0
    for batch in _chunks(run_ids):
        # before the runs themselves: events whose run is gone would never be found again
        _forget_events(instance, batch)
        _forget_runs(instance, batch)
        removed += len(batch)
        tell(f"{removed:,} of {len(run_ids):,} old runs removed")


def _needed(instance: dg.DagsterInstance) -> frozenset[str]:
    """Name the runs that made the newest of anything, and the runs that those are retries of."""
    newest = {run_id for query in (_newest_events(), _newest_checks()) for run_id in _ids(instance, query)}
    return frozenset(newest | set(_ancestors(instance, newest)))


def _newest_events() -> sa.Select[Any]:
    named = Events.c.asset_key.is_not(None), Events.c.dagster_event_type.in_([kind.value for kind in _SHOWN])
    last = sa.select(sa.func.max(Events.c.id)).where(*named)
    last = last.group_by(Events.c.asset_key, Events.c.partition, Events.c.dagster_event_type)
    return sa.select(Events.c.run_id).where(Events.c.id.in_(last))


def _newest_checks() -> sa.Select[Any]:
    last = sa.select(sa.func.max(Checks.c.id))
    last = last.group_by(Checks.c.asset_key, Checks.c.check_name, Checks.c.partition)
    return sa.select(Checks.c.run_id).where(Checks.c.id.in_(last))


def _ids(instance: dg.DagsterInstance, query: sa.Select[Any]) -> Iterator[str]:
    with _tables(instance).index_connection() as connection:
        yield from connection.scalars(query.distinct())


def _ancestors(instance: dg.DagsterInstance, run_ids: Collection[str]) -> Iterator[str]:
    for chunk in _chunks(sorted(run_ids)):
        for run in instance.get_runs(dg.RunsFilter(run_ids=chunk)):
            yield from (above for above in (run.parent_run_id, run.root_run_id) if above)


def _forget_events(instance: dg.DagsterInstance, run_ids: Sequence[str]) -> None:
    """Remove events and check results; `delete_run` leaves the latter, and is slow where each run has its own file."""
    storage = _tables(instance)
    with storage.index_connection() as connection:
        for run_id in run_ids:
            storage.delete_events_for_run(connection, run_id)
        connection.execute(sa.delete(Checks).where(Checks.c.run_id.in_(run_ids)))
    for path in (path for run_id in run_ids for path in _files(storage, run_id)):
        path.unlink(missing_ok=True)


def _forget_runs(instance: dg.DagsterInstance, run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        instance.run_storage.delete_run(run_id)
    # on SQLite the tags stay when a run goes; on Postgres there are none left
    if isinstance(instance.run_storage, SqlRunStorage):
        with instance.run_storage.connect() as connection:
            connection.execute(sa.delete(Tags).where(Tags.c.run_id.in_(run_ids)))


def _files(storage: SqlEventLogStorage, run_id: str) -> Iterable[Path]:
    """SQLite has a file of its own for the events of each run."""
    if not isinstance(storage, SqliteEventLogStorage):
        return ()
    return [Path(storage.path_for_shard(run_id) + ending) for ending in ("", "-wal", "-shm")]


def _tables(instance: dg.DagsterInstance) -> SqlEventLogStorage:
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        raise dg.DagsterInvariantViolationError(f"{type(storage).__name__} keeps no tables to look into")
    return storage


def _chunks(items: Sequence[str], size: int = _BATCH) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
