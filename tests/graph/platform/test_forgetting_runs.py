"""Old runs go with all they left, and nothing that the UI or a sensor needs goes with them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.runs.schema import RunTagsTable
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from tests.graph.platform.conftest import age_runs
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import DETAIL, MART, MONTH, NEXT, RAW

from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError
from work_data_hub.orchestration.maintenance_runs import forget_runs, old_runs

NOW = datetime.now(UTC)
LATER = NEXT.shift(1)
HALF_A_YEAR = timedelta(days=180)
KEYS = [dg.AssetKey(contract.asset_key) for contract in (RAW, DETAIL, MART)]


def load(shop: ShopHub, instance: dg.DagsterInstance, key: str, *, force: bool = False) -> str:
    return shop.materialize(key, instance=instance, force=force).run_id


def rows_about(instance: dg.DagsterInstance, run_id: str) -> dict[str, int]:
    """Count what the tables still know of a run."""
    events, runs = instance.event_log_storage, instance.run_storage
    assert isinstance(events, SqlEventLogStorage)
    assert isinstance(runs, SqlRunStorage)
    with events.index_connection() as index, runs.connect() as runs_table:
        tables = (
            (index, AssetCheckExecutionsTable),
            (index, SqlEventLogStorageTable),
            (runs_table, RunTagsTable),
        )
        return {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table).where(table.c.run_id == run_id)
            ).scalar_one()
            for connection, table in tables
        }


def test_a_run_that_others_have_followed_goes_with_all_it_left(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1", "2", "x"], "first")
    first = load(shop, instance, MONTH.key)
    second = load(shop, instance, MONTH.key, force=True)
    assert all(rows_about(instance, first).values())
    age_runs(instance, NOW - timedelta(days=181))
    found = old_runs(instance, NOW - HALF_A_YEAR)
    assert (found.doomed, found.kept) == ((first,), 1)
    said: list[str] = []
    forget_runs(instance, found.doomed, said.append)
    assert said == ["1 of 1 old runs removed"]
    assert not any(rows_about(instance, first).values())
    assert instance.get_run_by_id(first) is None
    for key in KEYS:
        (record,) = instance.fetch_materializations(key, limit=9).records
        assert record.run_id == second
    assert old_runs(instance, NOW - HALF_A_YEAR).doomed == ()


def test_the_newest_of_every_month_stays_and_so_does_a_failure_that_nothing_followed(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.finder.files[NEXT] = AmbiguousCandidatesError("two files", fix="f", candidates=("a", "b"))
    bad = load(shop, instance, NEXT.key)
    shop.shop.drop(MONTH, ["1"], "first")
    good = load(shop, instance, MONTH.key)
    shop.shop.drop(LATER, ["1"], "first")
    last = load(shop, instance, LATER.key)
    age_runs(instance, NOW - timedelta(days=1000))
    found = old_runs(instance, NOW - HALF_A_YEAR)
    assert (found.doomed, found.kept) == ((), 3)
    assert {run.run_id for run in instance.get_runs()} == {bad, good, last}


def test_a_failure_goes_once_the_month_was_loaded(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.finder.files[MONTH] = AmbiguousCandidatesError("two files", fix="f", candidates=("a", "b"))
    bad = load(shop, instance, MONTH.key)
    shop.shop.drop(MONTH, ["1"], "first")
    load(shop, instance, MONTH.key)
    age_runs(instance, NOW - timedelta(days=181))
    assert old_runs(instance, NOW - HALF_A_YEAR).doomed == (bad,)


def test_young_runs_and_runs_that_have_not_ended_stay(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    load(shop, instance, MONTH.key)
    load(shop, instance, MONTH.key)
    found = old_runs(instance, NOW - HALF_A_YEAR)
    assert (found.doomed, found.kept) == ((), 0)
    started = dg.DagsterRun("job", status=dg.DagsterRunStatus.STARTED)
    instance.run_storage.add_run(started)
    age_runs(instance, NOW - timedelta(days=181))
    assert started.run_id not in old_runs(instance, NOW - HALF_A_YEAR).doomed


def test_what_a_newest_run_is_a_retry_of_stays(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    load(shop, instance, MONTH.key)
    crashed = dg.DagsterRun("job", status=dg.DagsterRunStatus.FAILURE)
    retry = dg.DagsterRun(
        "job",
        status=dg.DagsterRunStatus.FAILURE,
        root_run_id=crashed.run_id,
        parent_run_id=crashed.run_id,
        tags={"dagster/root_run_id": crashed.run_id},
    )
    for run in (crashed, retry):
        instance.run_storage.add_run(run)
    instance.report_runless_asset_event(dg.AssetMaterialization("elsewhere"))
    age_runs(instance, NOW - timedelta(days=181))
    assert set(old_runs(instance, NOW - HALF_A_YEAR).doomed) == {crashed.run_id, retry.run_id}
    events = instance.event_log_storage
    assert isinstance(events, SqlEventLogStorage)
    with events.index_connection() as index:
        last = index.scalar(sa.select(sa.func.max(SqlEventLogStorageTable.c.id)))
        made = sa.update(SqlEventLogStorageTable).where(SqlEventLogStorageTable.c.id == last)
        index.execute(made.values(run_id=retry.run_id))
    assert old_runs(instance, NOW - HALF_A_YEAR).doomed == ()


def test_on_sqlite_the_file_of_a_run_goes_too(shop: ShopHub, sqlite_home: Path) -> None:
    with dg.DagsterInstance.from_config(str(sqlite_home)) as instance:
        shop.shop.drop(MONTH, ["1"], "first")
        first = load(shop, instance, MONTH.key)
        load(shop, instance, MONTH.key)
        assert list(sqlite_home.rglob(f"{first}*"))
        age_runs(instance, NOW - timedelta(days=181))
        forget_runs(instance, old_runs(instance, NOW - HALF_A_YEAR).doomed, print)
    assert not list(sqlite_home.rglob(f"{first}*"))


def test_many_runs_go_in_batches(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    for _ in range(130):
        instance.run_storage.add_run(dg.DagsterRun("job", status=dg.DagsterRunStatus.SUCCESS))
    age_runs(instance, NOW - timedelta(days=181))
    said: list[str] = []
    forget_runs(instance, old_runs(instance, NOW - HALF_A_YEAR).doomed, said.append)
    assert said == [f"{number} of 130 old runs removed" for number in (100, 130)]
    assert instance.get_runs_count() == 0
