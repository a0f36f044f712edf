"""Retention: what Dagster and the hub's ledgers keep for how long; counted first, removed only when told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from work_data_hub.bootstrap import Hub, lake_shelf, warehouse_url
from work_data_hub.io.lake.shelf import expire_snapshots
from work_data_hub.io.loader.maintenance import LedgerHorizons, LedgerMaintenance
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.orchestration.instance import MAX_RUNTIME_SECONDS
from work_data_hub.orchestration.maintenance_runs import forget_runs, old_runs

if TYPE_CHECKING:
    from work_data_hub.io.lake.expiry import Expired

_CONNECTIONS = 2


class RetentionConfig(dg.Config):
    """How many days things are kept; a run by hand only counts, unless `dry_run` is switched off."""

    dry_run: bool = True
    run_days: int = 180
    attempt_days: int = 400
    metric_days: int = 800
    rejection_days: int = 800
    snapshot_days: int = 30
    snapshots_kept: int = 10

    @property
    def horizons(self) -> LedgerHorizons:
        """The horizons of the ledgers."""
        days = (self.attempt_days, self.metric_days, self.rejection_days)
        return LedgerHorizons(*(timedelta(days=number) for number in days))


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What was removed, or would be."""

    dry_run: bool
    runs_removed: int
    runs_kept: int
    attempts_closed: int
    ledger_lines_removed: dict[str, int]
    lake: "tuple[Expired, ...]" = ()

    @property
    def metadata(self) -> dict[str, int | bool]:
        """The counts as metadata of a materialization."""
        lines = {f"{table}_removed": number for table, number in self.ledger_lines_removed.items()}
        return {
            "dry_run": self.dry_run,
            "runs_removed": self.runs_removed,
            "old_runs_kept": self.runs_kept,
            "attempts_closed": self.attempts_closed,
            **lines,
            "lake_snapshots_removed": sum(table.snapshots for table in self.lake),
            "lake_files_removed": sum(table.files for table in self.lake),
            "lake_bytes_removed": sum(table.bytes for table in self.lake),
        }


def keep_house(
    hub: Hub, instance: dg.DagsterInstance, config: RetentionConfig, tell: Callable[[str], object]
) -> RetentionReport:
    """Close attempts whose process has died, forget old runs, old lines of the ledgers, then old lake snapshots."""
    now = hub.ports.clock.now()
    with _ledgers(hub) as ledgers:
        closed = ledgers.close_abandoned(_still_running_since(now), now, dry_run=config.dry_run)
        runs = old_runs(instance, now - timedelta(days=config.run_days))
        tell(
            f"{len(runs.doomed):,} old runs are needed no longer, {runs.kept:,} stay; {closed:,} attempts abandoned"
        )
        if not config.dry_run:
            forget_runs(instance, runs.doomed, tell)
        lines = ledgers.prune(config.horizons, now, dry_run=config.dry_run)
    lake = _expire(hub, config, now)
    return RetentionReport(config.dry_run, len(runs.doomed), runs.kept, closed, lines, lake)


def _expire(hub: Hub, config: RetentionConfig, now: datetime) -> "tuple[Expired, ...]":
    """Forget old snapshots of lake tables that were ever published."""
    contracts = [table.contract for domain in hub.domains.values() for table in domain]
    known = {record.table for record in hub.ports.ledger.publishes(contracts) if record.snapshot_id}
    if not known:
        return ()
    published = [contract for contract in contracts if contract.key in known]
    older_than = now - timedelta(days=config.snapshot_days)
    with warehouse_url(hub.settings) as url:
        loader = WarehouseLoader(url, pool_size=_CONNECTIONS)
        shelf = lake_shelf(hub.settings, url, loader)
        try:
            return expire_snapshots(
                shelf, published, older_than, config.snapshots_kept, dry_run=config.dry_run
            )
        finally:
            shelf.close()
            loader.disconnect()


def _still_running_since(now: datetime) -> datetime:
    """Nothing may run for longer: what began before this has ended, whatever its last word was."""
    return now - timedelta(seconds=MAX_RUNTIME_SECONDS)


@contextmanager
def _ledgers(hub: Hub) -> Iterator[LedgerMaintenance]:
    with warehouse_url(hub.settings) as url:
        loader = WarehouseLoader(url, pool_size=_CONNECTIONS)
        try:
            yield LedgerMaintenance(loader)
        finally:
            loader.disconnect()
