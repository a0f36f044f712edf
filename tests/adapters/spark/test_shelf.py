"""Publishes through Spark under the eyes of the ledger, beside publishes without it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.adapters.lake.tables import DECEMBER, FACTS, NOVEMBER, OCTOBER, SALES, named, publish, sales
from tests.adapters.store.conftest import CLOCK

from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.spark.lake import SparkLakeTables
from work_data_hub.io.spark.opening import spark_lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def store_on(lake: LakeTables, warehouse: str) -> Iterator[WarehouseStore]:
    loader = WarehouseLoader(warehouse, delays=(0.01,) * 3)
    with closing(lake):
        yield WarehouseStore(loader, CLOCK, shelf=LakeShelf(loader, lambda: lake))
    loader.disconnect()


@pytest.fixture
def spark(tmp_path: Path, migrated_url: str, catalog_url: str, session: "SparkSession") -> SparkLakeTables:
    return spark_lake(session, str(tmp_path / "lake"), migrated_url, catalog_url)


@pytest.fixture
def by_spark(spark: SparkLakeTables, migrated_url: str) -> Iterator[WarehouseStore]:
    """A store whose lake is in Spark's hands."""
    with store_on(spark, migrated_url) as store:
        yield store


@pytest.fixture
def by_hub(tmp_path: Path, migrated_url: str, catalog_url: str) -> Iterator[WarehouseStore]:
    """A store on the same warehouse and lake without Spark."""
    with store_on(lake_tables(str(tmp_path / "lake"), migrated_url, catalog_url), migrated_url) as store:
        yield store


def names(store: WarehouseStore, scope: Scope | None = None) -> list[str]:
    return sorted(store.read(FACTS, scope or Scope(), ("name",))["name"])


def test_publishes_of_both_engines_see_each_other_and_have_equal_versions(
    by_spark: WarehouseStore, by_hub: WarehouseStore
) -> None:
    one = by_spark.publish(publish(FACTS, named("a", "b")))
    assert (names(by_hub), one.rows_replaced) == (["a", "b"], 0)
    two = by_hub.publish(publish(FACTS, named("b", "a")[::-1], "run-2"))
    assert two.rows_replaced == 2
    other = by_spark.publish(publish(FACTS, named("z", scope=DECEMBER), "run-3", DECEMBER))
    assert names(by_spark) == names(by_hub) == ["a", "b", "z"]
    assert len({one.snapshot_id, two.snapshot_id, other.snapshot_id}) == 3
    again = by_spark.publish(publish(FACTS, named("a", "b"), "run-4"))
    assert again.identity_hash == one.identity_hash


def test_publishes_at_the_same_time_all_count(by_spark: WarehouseStore, by_hub: WarehouseStore) -> None:
    work = ((by_spark, OCTOBER), (by_hub, NOVEMBER), (by_spark, DECEMBER))
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(store.publish, publish(FACTS, named(scope.key, scope=scope), f"run {scope}", scope))
            for store, scope in work
        ]
        made = {task.result().snapshot_id for task in asked}
    assert len(made) == 3
    assert names(by_spark) == names(by_hub) == sorted(scope.key for _, scope in work)


def test_what_spark_wrote_without_the_ledger_is_undone(
    by_spark: WarehouseStore, by_hub: WarehouseStore, spark: SparkLakeTables
) -> None:
    shown = by_spark.publish(publish(FACTS, named("shown"))).snapshot_id
    spark.replace(FACTS, NOVEMBER, named("of", "nobody"), "died")
    assert names(by_hub) == ["shown"]
    assert spark.head(FACTS) == shown
    spark.replace(FACTS, NOVEMBER, named("of", "nobody"), "died again")
    by_spark.publish(publish(FACTS, named("z", scope=DECEMBER), "run-2", DECEMBER))
    assert names(by_spark) == names(by_hub) == ["shown", "z"]


def test_only_months_that_differ_are_written(by_spark: WarehouseStore) -> None:
    october, november = (scope.values[0][1] for scope in (OCTOBER, NOVEMBER))
    first = by_spark.publish(publish(SALES, sales([(october, "a"), (november, "b"), (None, "c")])))  # type: ignore[list-item]
    second = by_spark.publish(
        publish(SALES, sales([(october, "a"), (november, "x"), (None, "c")], "f2"), "run-2")  # type: ignore[list-item]
    )
    found = by_spark.read(SALES, Scope(), ("article", "file_id"))
    assert sorted(found.itertuples(index=False, name=None)) == [("a", "f1"), ("c", "f1"), ("x", "f2")]
    assert (second.rows_replaced, first.slices["none"]) == (1, second.slices["none"])
