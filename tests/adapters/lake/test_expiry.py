"""Old snapshots and their files go; whatever a living snapshot needs stays, to the byte."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.adapters.lake.tables import DECEMBER, FACTS, NOVEMBER, named, publish
from tests.adapters.store.conftest import create_tables

from work_data_hub.domain.kernel.contract import Store
from work_data_hub.io.lake.faults import SnapshotMissingError
from work_data_hub.io.lake.shelf import LakeShelf, expire_snapshots
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.store import WarehouseStore


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def files(root: Path, pattern: str = "*") -> set[Path]:
    return {path for path in root.rglob(pattern) if path.is_file()}


@pytest.fixture
def published(store: WarehouseStore) -> list[int]:
    """December once, then November four times; give the snapshots."""
    store.publish(publish(FACTS, named("d", scope=DECEMBER), "run-0", DECEMBER))
    records = [store.publish(publish(FACTS, named(f"n{n}"), f"run-{n}")) for n in range(1, 5)]
    return [int(record.snapshot_id or 0) for record in records]


def test_old_snapshots_go_with_their_files_and_living_ones_read_as_before(
    published: list[int], shelf: LakeShelf, lake: LakeTables, root: Path
) -> None:
    kept = published[-2:]
    before = {one: lake.read(FACTS, snapshot_id=one) for one in kept}
    done = shelf.expire(FACTS, later(), keep=2)
    assert (done.snapshots, done.snapshots_kept) == (3, 2)
    assert {one.snapshot_id for one in lake.snapshots(FACTS)} == set(kept)
    for one in kept:
        assert lake.read(FACTS, snapshot_id=one).equals(before[one])
    needed = {Path(path) for one in kept for path in lake.planned_files(FACTS, snapshot_id=one)}
    assert files(root, "*.parquet") == needed
    assert (len(needed), done.files > 0, done.bytes > 0) == (3, True, True)
    with pytest.raises(SnapshotMissingError):
        lake.read(FACTS, snapshot_id=published[0])


def test_what_is_younger_than_the_limit_stays(published: list[int], shelf: LakeShelf, root: Path) -> None:
    before = files(root)
    done = shelf.expire(FACTS, datetime.now(UTC) - timedelta(hours=1), keep=1)
    assert (done.snapshots, done.files, files(root)) == (0, 0, before)


def test_a_dry_run_only_counts(published: list[int], shelf: LakeShelf, lake: LakeTables, root: Path) -> None:
    before, snapshots = files(root), lake.snapshots(FACTS)
    counted = shelf.expire(FACTS, later(), keep=1, dry_run=True)
    assert (counted.snapshots, files(root), lake.snapshots(FACTS)) == (4, before, snapshots)
    done = shelf.expire(FACTS, later(), keep=1)
    assert done.snapshots == counted.snapshots
    assert done.files >= counted.files


def test_the_snapshot_that_the_ledger_shows_never_goes(
    published: list[int], shelf: LakeShelf, lake: LakeTables, store: WarehouseStore
) -> None:
    lake.replace(FACTS, NOVEMBER, named("nobody's"), "nobody")
    shelf.expire(FACTS, later(), keep=1)
    assert [one.snapshot_id for one in lake.snapshots(FACTS)] == [published[-1]]
    assert list(store.read(FACTS, NOVEMBER)["name"]) == ["n4"]
    assert list(store.read(FACTS, DECEMBER)["name"]) == ["d"]


def test_a_needed_snapshot_that_is_not_the_head_stays(lake: LakeTables) -> None:
    first = lake.replace(FACTS, NOVEMBER, named("first"), "run-1").snapshot_id
    lake.replace(FACTS, NOVEMBER, named("second"), "run-2")
    lake.expire(FACTS, later(), 1, needed=(int(first or 0),))
    assert lake.read(FACTS, snapshot_id=first)["name"].to_pylist() == ["first"]


def test_files_that_no_commit_ever_took_up_go_too(published: list[int], shelf: LakeShelf, root: Path) -> None:
    folder = next(iter(files(root, "*.parquet"))).parent
    left = folder / "00000-0-left-behind.parquet"
    left.write_bytes(b"half a file")
    shelf.expire(FACTS, datetime.now(UTC) - timedelta(hours=1), keep=1)
    assert left.exists()
    shelf.expire(FACTS, later(), keep=1)
    assert not left.exists()


def test_the_table_goes_on_after_an_expiry(
    published: list[int], shelf: LakeShelf, store: WarehouseStore
) -> None:
    shelf.expire(FACTS, later(), keep=1)
    store.publish(publish(FACTS, named("next"), "run-9"))
    assert list(store.read(FACTS, NOVEMBER)["name"]) == ["next"]
    assert list(store.read(FACTS, DECEMBER)["name"]) == ["d"]


def test_only_tables_of_the_lake_are_expired(
    published: list[int], shelf: LakeShelf, migrated_url: str
) -> None:
    from dataclasses import replace

    unborn = replace(FACTS, key="shop.silver.unborn")
    inside = replace(FACTS, key="shop.silver.inside", store=Store.WAREHOUSE)
    create_tables(migrated_url, inside)
    done = expire_snapshots(shelf, (FACTS, inside, unborn), later(), 1)
    assert [(one.table, one.snapshots) for one in done] == [(FACTS.key, 4), (unborn.key, 0)]
