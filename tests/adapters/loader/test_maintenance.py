"""What the ledgers forget, and what they never do."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.application import ledgers
from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.maintenance import ABANDONED, LedgerHorizons, LedgerMaintenance
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HORIZONS = LedgerHorizons(attempts=400 * DAY, metrics=800 * DAY, rejections=800 * DAY)
TABLE, MONTH = "annuity.silver.scale_detail", "period=2025-11-01"


@pytest.fixture
def loader(migrated_url: str) -> Iterator[WarehouseLoader]:
    loader = WarehouseLoader(migrated_url, delays=())
    yield loader
    loader.disconnect()


def write(loader: WarehouseLoader, contract: TableContract, *rows: Mapping[str, object]) -> None:
    loader.run(lambda session: session.insert(contract, rows))


def keys(loader: WarehouseLoader, contract: TableContract, column: str) -> set[str]:
    return {row[column] for row in everything(loader, contract)}


def everything(loader: WarehouseLoader, contract: TableContract) -> list[dict[str, Any]]:
    return loader.run(lambda session: session.fetch(sa.select(table_of(contract))))


def attempt(run: str, result: Result, ago: timedelta, *, scope: str = MONTH) -> dict[str, object]:
    return {
        "run_id": run,
        "table_key": TABLE,
        "scope_key": scope,
        "result": str(result),
        "actor": "tester",
        "code_version": "code",
        "started_at": NOW - ago,
    }


def metric(run: str, name: str, ago: timedelta) -> dict[str, object]:
    about = {"run_id": run, "table_key": TABLE, "scope_key": MONTH}
    return {**about, "metric": name, "value": 1.0, "measured_at": NOW - ago}


def rejection(name: str, state: str, ago: timedelta) -> dict[str, object]:
    seen = {"first_run_id": "r", "last_run_id": "r", "first_seen_at": NOW - ago, "last_seen_at": NOW - ago}
    about = {"rejection_id": name, "table_key": TABLE, "scope_key": MONTH, "state": state}
    return {**about, "rule": "rule", "reason": "reason", **seen}


def prune(loader: WarehouseLoader, *, dry_run: bool = False, batch: int = 10_000) -> dict[str, int]:
    return LedgerMaintenance(loader, batch).prune(HORIZONS, NOW, dry_run=dry_run)


def test_old_attempts_go_but_for_those_that_published_and_the_newest(loader: WarehouseLoader) -> None:
    write(
        loader,
        ledgers.PIPELINE_EXECUTIONS,
        attempt("published", Result.PUBLISHED, 900 * DAY),
        attempt("unchanged", Result.UNCHANGED, 800 * DAY),
        attempt("refused", Result.REFUSED, 700 * DAY),
        attempt("failed", Result.FAILED, 600 * DAY),
        attempt("young", Result.FAILED, 399 * DAY),
        attempt("newest", Result.UNCHANGED, 1 * DAY),
        attempt("newest of another month", Result.FAILED, 900 * DAY, scope="period=2025-10-01"),
    )
    before = keys(loader, ledgers.PIPELINE_EXECUTIONS, "run_id")
    assert prune(loader, dry_run=True)["pipeline_executions"] == 3
    assert keys(loader, ledgers.PIPELINE_EXECUTIONS, "run_id") == before
    assert prune(loader)["pipeline_executions"] == 3
    gone = {"unchanged", "refused", "failed"}
    assert keys(loader, ledgers.PIPELINE_EXECUTIONS, "run_id") == before - gone
    assert prune(loader)["pipeline_executions"] == 0


def test_old_metrics_go_but_for_the_newest_of_each(loader: WarehouseLoader) -> None:
    write(
        loader,
        ledgers.DATA_QUALITY_METRICS,
        metric("old", "nulls", 900 * DAY),
        metric("new", "nulls", 801 * DAY),
        metric("only", "rows", 900 * DAY),
    )
    assert prune(loader)["data_quality_metrics"] == 1
    assert keys(loader, ledgers.DATA_QUALITY_METRICS, "run_id") == {"new", "only"}


def test_of_the_quarantine_only_what_is_settled_and_undecided_goes(loader: WarehouseLoader) -> None:
    old = 801 * DAY
    write(
        loader,
        ledgers.QUARANTINE,
        rejection("gone", "fixed", old),
        rejection("open", "open", old),
        rejection("waived", "waived", old),
        rejection("replayed", "replayed", old),
        rejection("young", "fixed", 799 * DAY),
        rejection("corrected", "fixed", old),
        rejection("once waived", "fixed", old),
    )
    correction = {"table_key": TABLE, "file_id": "f", "sheet": "s", "row_number": 1, "column_name": "c"}
    by = {"author": "a", "reason": "r", "made_at": NOW}
    write(loader, ledgers.CORRECTIONS, {**correction, **by, "rejection_id": "corrected"})
    write(loader, ledgers.WAIVERS, {"rejection_id": "once waived", **by, "expires_on": NOW.date()})
    assert prune(loader)["quarantine"] == 1
    left = keys(loader, ledgers.QUARANTINE, "rejection_id")
    assert left == {"open", "waived", "replayed", "young", "corrected", "once waived"}


def test_many_lines_go_in_batches(loader: WarehouseLoader) -> None:
    rows = [attempt(f"run {number}", Result.FAILED, (500 + number) * DAY) for number in range(25)]
    write(loader, ledgers.PIPELINE_EXECUTIONS, *rows)
    assert prune(loader, batch=10)["pipeline_executions"] == 24
    assert keys(loader, ledgers.PIPELINE_EXECUTIONS, "run_id") == {"run 0"}


def test_an_attempt_whose_process_died_is_closed_and_says_so(loader: WarehouseLoader) -> None:
    write(
        loader,
        ledgers.PIPELINE_EXECUTIONS,
        attempt("dead", Result.RUNNING, timedelta(hours=5)),
        attempt("alive", Result.RUNNING, timedelta(hours=3), scope="period=2025-10-01"),
        attempt("done", Result.PUBLISHED, timedelta(hours=9), scope="period=2025-09-01"),
    )
    keeper, since = LedgerMaintenance(loader), NOW - timedelta(hours=4)
    assert keeper.close_abandoned(since, NOW, dry_run=True) == 1
    assert keeper.close_abandoned(since, NOW, dry_run=False) == 1
    assert keeper.close_abandoned(since, NOW, dry_run=False) == 0
    rows = {row["run_id"]: row for row in everything(loader, ledgers.PIPELINE_EXECUTIONS)}
    assert {run: row["result"] for run, row in rows.items()} == {
        "dead": "failed",
        "alive": "running",
        "done": "published",
    }
    assert rows["dead"]["error_kind"] == ABANDONED
    assert rows["dead"]["finished_at"] == NOW
    assert rows["dead"]["message"].startswith("the process ended without a word\nFix: ")
    (newest,) = [t for t in WarehouseLedger(loader).attempts([_contract()]) if t.run_id == "dead"]
    assert newest.result is Result.FAILED


def _contract() -> TableContract:
    return replace(ledgers.PIPELINE_EXECUTIONS, key=TABLE)


def test_whatever_happened_the_newest_attempt_stays_and_dry_runs_tell_the_truth(
    loader: WarehouseLoader,
) -> None:
    @given(st.lists(st.tuples(st.sampled_from(list(Result)), st.integers(0, 2000)), min_size=1, max_size=8))
    def check(history: list[tuple[Result, int]]) -> None:
        table = table_of(ledgers.PIPELINE_EXECUTIONS)
        loader.run(lambda session: session.execute(sa.delete(table)))
        rows = [attempt(f"run {n}", result, days * DAY) for n, (result, days) in enumerate(history)]
        write(loader, ledgers.PIPELINE_EXECUTIONS, *rows)
        told, done = prune(loader, dry_run=True), prune(loader)
        left = everything(loader, ledgers.PIPELINE_EXECUTIONS)
        assert told == done
        assert len(left) == len(rows) - done["pipeline_executions"]
        assert max(row["started_at"] for row in left) == NOW - min(days for _, days in history) * DAY
        assert sum(row["result"] in ("published", "running") for row in left) == sum(
            row["result"] in ("published", "running") for row in rows
        )

    check()
