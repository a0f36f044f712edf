"""Lake and ledger: readers see what the ledger shows, and what a crash left is undone by the next publish."""

import multiprocessing
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.adapters.lake.tables import DECEMBER, FACTS, NOVEMBER, named, publish
from tests.adapters.lake.victim import publish_and_die
from tests.adapters.loader.conftest import Heard
from tests.adapters.loader.test_faults import KILL
from tests.adapters.store.conftest import CLOCK, Points, rows_of
from tests.fixtures_postgres import run_sql

from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.domain.kernel.contract import Reference, TableContract, WriteMode
from work_data_hub.domain.kernel.errors import ConfigurationError, TransientError
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.commits import commit
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.shelf import REPAIRED, LakeShelf
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.store import LAKE_POINTS, WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

processes = multiprocessing.get_context("spawn")
KILLED = -signal.SIGKILL
pytestmark = pytest.mark.xdist_group("lake_kills")


def names(store: WarehouseStore, scope: Scope = NOVEMBER) -> list[str]:
    return [str(name) for name in store.read(FACTS, scope, ("name",))["name"]]


def kill_at(point: str, warehouse: str, catalog: str, root: Path) -> None:
    """Let another process publish November and be killed at a named point."""
    victim = processes.Process(target=publish_and_die, args=(warehouse, catalog, str(root), point))
    victim.start()
    victim.join(60)
    assert victim.exitcode == KILLED


@pytest.fixture
def same_name_lake(migrated_url: str, catalog_url: str, root: Path) -> Any:
    """The lake as the victim finds it: under the name of the warehouse."""
    lake = lake_tables(str(root), migrated_url, catalog_url)
    yield lake
    lake.close()


@pytest.mark.parametrize("point", ["verified", "lake_committed", "reconciled", "committed"])
def test_killed_at_a_named_point_of_a_publish(
    *,
    point: str,
    same_name_lake: LakeTables,
    loader: WarehouseLoader,
    heard: Heard,
    migrated_url: str,
    catalog_url: str,
    root: Path,
) -> None:
    lake = same_name_lake
    store = WarehouseStore(loader, CLOCK, shelf=LakeShelf(loader, lambda: lake, heard.event))
    first = store.publish(publish(FACTS, named("old"), "first"))
    kill_at(point, migrated_url, catalog_url, root)
    survived = point == "committed"
    ahead = LAKE_POINTS.index("lake_committed") <= LAKE_POINTS.index(point) and not survived
    assert (lake.head(FACTS) != first.snapshot_id) == (ahead or survived)
    assert names(store) == (["half", "done"] if survived else ["old"])
    # the next publish is of another month, and undoes the dead one's
    after = store.publish(publish(FACTS, named("next", scope=DECEMBER), "second", DECEMBER))
    assert names(store) == (["half", "done"] if survived else ["old"])
    assert sorted(lake.read(FACTS)["name"].to_pylist()) == sorted([*names(store), "next"])
    assert lake.head(FACTS) == after.snapshot_id
    assert heard.names().count(REPAIRED) == (1 if ahead else 0)


def test_the_first_publish_of_a_table_that_died_leaves_nothing(
    migrated_url: str, catalog_url: str, root: Path, heard: Heard, loader: WarehouseLoader
) -> None:
    kill_at("lake_committed", migrated_url, catalog_url, root)
    lake = lake_tables(str(root), migrated_url, catalog_url)
    store = WarehouseStore(loader, CLOCK, shelf=LakeShelf(loader, lambda: lake, heard.event))
    assert names(store) == []
    store.publish(publish(FACTS, named("next", scope=DECEMBER), "second", DECEMBER))
    assert (names(store), names(store, Scope())) == ([], ["next"])
    lake.close()


def test_the_ledger_holds_the_snapshot(
    store: WarehouseStore, lake: LakeTables, loader: WarehouseLoader
) -> None:
    record = store.publish(publish(FACTS, named("a")))
    assert record.snapshot_id == lake.head(FACTS)
    assert WarehouseLedger(loader).latest(FACTS, NOVEMBER) == record
    assert [row["snapshot_id"] for row in rows_of(loader, PUBLISHES)] == [record.snapshot_id]


def test_a_snapshot_of_nobody_is_not_read_and_is_undone_at_the_first_read(
    store: WarehouseStore, lake: LakeTables, heard: Heard
) -> None:
    record = store.publish(publish(FACTS, named("a")))
    lake.replace(FACTS, NOVEMBER, named("stray"), "nobody")
    assert names(store) == ["a"]
    assert lake.head(FACTS) == record.snapshot_id
    ((name, told),) = heard.events
    assert (name, told["table"], told["snapshot"]) == (REPAIRED, FACTS.key, record.snapshot_id)


def test_a_reader_does_not_disturb_a_publish_that_goes_on(
    store: WarehouseStore, points: Points, loader: WarehouseLoader, lake: LakeTables, heard: Heard
) -> None:
    store.publish(publish(FACTS, named("old")))
    seen: list[list[str]] = []
    other = WarehouseStore(loader, CLOCK, shelf=LakeShelf(loader, lambda: lake, heard.event))
    points.once("loaded", lambda: seen.append(names(other)))
    store.publish(publish(FACTS, named("new"), "run-2"))
    assert seen == [["old"]]
    assert names(other) == names(store) == ["new"]
    assert heard.names() == []


def test_a_passing_fault_after_the_lake_has_committed_is_repaired_and_tried_again(
    store: WarehouseStore, points: Points, migrated_url: str, heard: Heard, lake: LakeTables
) -> None:
    store.publish(publish(FACTS, named("old")))
    for _ in range(2):
        points.once("lake_committed", lambda: run_sql(migrated_url, KILL))
    record = store.publish(publish(FACTS, named("new"), "run-2"))
    assert heard.names() == ["retry", REPAIRED, "retry", REPAIRED, "recovered"]
    assert names(store) == ["new"]
    assert (record.rows_replaced, lake.head(FACTS)) == (1, record.snapshot_id)


def test_a_catalog_that_loses_its_connection_is_tried_again(
    store: WarehouseStore, points: Points, catalog_url: str, heard: Heard
) -> None:
    store.publish(publish(FACTS, named("old")))
    points.once("verified", lambda: run_sql(catalog_url, KILL))
    store.publish(publish(FACTS, named("new"), "run-2"))
    assert names(store) == ["new"]
    assert set(heard.names()) <= {"retry", "recovered"}


def test_somebody_who_commits_in_between_makes_the_publish_start_again(
    lake: LakeTables, root: Path, catalog_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.replace(FACTS, NOVEMBER, named("old"), "run-1")
    other, honest = lake_tables(str(root), catalog_url, catalog_url), commit

    def overtaken(*args: Any) -> int | None:
        monkeypatch.undo()
        other.replace(FACTS, DECEMBER, named("first", scope=DECEMBER), "run-2")
        return honest(*args)

    monkeypatch.setattr("work_data_hub.io.lake.tables.commit", overtaken)
    with pytest.raises(TransientError, match="somebody else changed"):
        lake.replace(FACTS, NOVEMBER, named("late"), "run-3")
    assert sorted(lake.read(FACTS)["name"].to_pylist()) == ["first", "old"]
    lake.replace(FACTS, NOVEMBER, named("late"), "run-3")
    assert sorted(lake.read(FACTS)["name"].to_pylist()) == ["first", "late"]
    other.close()


@pytest.mark.parametrize(
    ("contract", "told"),
    [
        (replace(FACTS, write_mode=WriteMode.UPSERT), "renews no single rows"),
        (
            replace(FACTS, references=(Reference(("name",), "shop.gold.names", ("name",), enforced=False),)),
            "checks no references",
        ),
    ],
)
def test_what_the_lake_does_not_do_is_refused(
    contract: TableContract, told: str, store: WarehouseStore
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        store.publish(publish(contract, named("a")))


def test_appended_rows_join_those_that_are_there(store: WarehouseStore) -> None:
    added = replace(FACTS, write_mode=WriteMode.APPEND)
    store.publish(publish(added, named("a")))
    store.publish(publish(added, named("b"), "run-2"))
    assert sorted(store.read(added, NOVEMBER)["name"]) == ["a", "b"]


def test_a_hub_without_a_lake_says_so(loader: WarehouseLoader) -> None:
    with pytest.raises(ConfigurationError, match="lives in the lake"):
        WarehouseStore(loader, CLOCK).read(FACTS, NOVEMBER)


def test_what_was_just_published_is_not_read_again(
    keeping: WarehouseStore, lake: LakeTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[object] = []
    honest = lake.read

    def counted(*args: Any, **more: Any) -> Any:
        reads.append(args)
        return honest(*args, **more)

    monkeypatch.setattr(lake, "read", counted)
    keeping.publish(publish(FACTS, named("a", "b")))
    assert [names(keeping), names(keeping)] == [["a", "b"]] * 2
    assert reads == []


def test_the_lake_is_not_opened_for_the_warehouse_alone(loader: WarehouseLoader) -> None:
    def never() -> LakeTables:
        raise AssertionError

    shelf = LakeShelf(loader, never)
    assert WarehouseStore(loader, CLOCK, shelf=shelf).read(FACTS, NOVEMBER).empty
    assert loader.run(lambda session: session.fetch(sa.select(sa.literal(1).label("n")))) == [{"n": 1}]
    shelf.close()
