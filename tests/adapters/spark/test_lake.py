"""Spark and the hub's own client on the same lake: each reads what the other wrote, from the same catalog."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.adapters.lake.tables import DECEMBER, FACTS, NOVEMBER, ODD, SALES, facts, named, sales
from tests.unit.kernel.frame_laws import values

from work_data_hub.domain.kernel.contract import TEXT, Column, Evolution, EvolutionMode, Role
from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError, TransientError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.faults import SnapshotMissingError
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.spark.lake import SparkLakeTables
from work_data_hub.io.spark.opening import spark_lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEXT_YEAR = Scope.months_before(Period(2026, 1))
NOV, DEC = date(2025, 11, 1), date(2025, 12, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a lake"


@pytest.fixture
def own(root: Path, catalog_url: str) -> Iterator[LakeTables]:
    """The lake in the hands of the hub's own client."""
    lake = lake_tables(str(root), catalog_url, catalog_url)
    yield lake
    lake.close()


@pytest.fixture
def spark(root: Path, catalog_url: str, session: "SparkSession") -> Iterator[SparkLakeTables]:
    """The same lake in Spark's hands."""
    lake = spark_lake(session, str(root), catalog_url, catalog_url)
    yield lake
    lake.close()


def in_order(rows: pa.Table) -> pa.Table:
    return rows.sort_by([("period", "ascending"), ("line", "ascending")])


def names(lake: LakeTables, scope: Scope | None = None, snapshot_id: int | None = None) -> list[str]:
    found = lake.read(FACTS, scope, ("name",), snapshot_id=snapshot_id)["name"].to_pylist()
    return sorted(found, key=str)


def test_what_the_hubs_client_wrote_spark_reads(own: LakeTables, spark: SparkLakeTables) -> None:
    assert spark.read(FACTS).equals(FACTS.arrow_schema.empty_table())
    first = own.replace(FACTS, NOVEMBER, facts(ODD), "run-1").snapshot_id
    assert in_order(spark.read(FACTS)).equals(facts(ODD))
    assert spark.read(FACTS, DECEMBER).equals(FACTS.arrow_schema.empty_table())
    own.replace(FACTS, DECEMBER, named("later", scope=DECEMBER), "run-2")
    assert names(spark, DECEMBER) == ["later"]
    assert len(names(spark, NEXT_YEAR)) == len(ODD) + 1
    assert len(names(spark, Scope.months_before(Period(2025, 12)))) == len(ODD)
    assert len(names(spark, snapshot_id=first)) == len(ODD)
    with pytest.raises(SnapshotMissingError, match="has no snapshot 7"):
        spark.read(FACTS, snapshot_id=7)


def test_what_spark_wrote_the_hubs_client_reads(own: LakeTables, spark: SparkLakeTables, root: Path) -> None:
    done = spark.replace(FACTS, NOVEMBER, facts(ODD), "run-1")
    assert (done.deleted, done.inserted) == (0, len(ODD))
    assert in_order(own.read(FACTS)).equals(facts(ODD))
    assert in_order(spark.read(FACTS)).equals(facts(ODD))
    (snapshot,) = own.snapshots(FACTS)
    assert (snapshot.snapshot_id, snapshot.run_id) == (done.snapshot_id, "run-1")
    assert (snapshot.scope, snapshot.contract_version, snapshot.rows) == (NOVEMBER.key, "1.0.0", len(ODD))
    # one file of the month, as the table asks for it, and none beside it
    (file,) = own.planned_files(FACTS)
    assert pq.ParquetFile(file).metadata.row_group(0).column(0).compression == "ZSTD"
    assert list(root.rglob("*.parquet")) == [Path(file)]
    assert Path(file).parent.name == "period=2025-11-01"


def test_the_hub_removes_what_spark_no_longer_needs(
    own: LakeTables, spark: SparkLakeTables, root: Path
) -> None:
    for run in range(3):
        spark.replace(FACTS, NOVEMBER, named(f"run {run}"), f"run-{run}")
    gone = own.expire(FACTS, datetime.now(UTC) + timedelta(days=1), keep=1)
    assert (gone.snapshots, gone.snapshots_kept) == (2, 1)
    # the checksum files that Hadoop puts beside its own are not needed, either
    assert [len(list(root.rglob(kind))) for kind in ("*.parquet", "*.crc")] == [1, 0]
    assert names(spark) == names(own) == ["run 2"]
    spark.replace(FACTS, NOVEMBER, named("last"), "run-3")
    assert names(own) == ["last"]


def test_a_part_that_spark_replaces_leaves_the_others(own: LakeTables, spark: SparkLakeTables) -> None:
    own.append(FACTS, pa.concat_tables([named("old", "more"), named("other", scope=DECEMBER)]), "run-1")
    (kept,) = own.planned_files(FACTS, DECEMBER)
    done = spark.replace(FACTS, NOVEMBER, named("new"), "run-2")
    assert (done.deleted, done.inserted, done.snapshot_id) == (2, 1, own.head(FACTS))
    assert names(own) == names(spark) == ["new", "other"]
    assert own.planned_files(FACTS, DECEMBER) == (kept,)
    emptied = spark.replace(FACTS, NOVEMBER, named(), "run-3")
    assert (emptied.deleted, names(own), len(own.snapshots(FACTS))) == (1, ["other"], 3)
    again = spark.replace(FACTS, NOVEMBER, named(), "run-4")
    assert (again.deleted, again.snapshot_id, len(own.snapshots(FACTS))) == (0, emptied.snapshot_id, 3)
    own.replace(FACTS, NOVEMBER, named("last"), "run-5")
    assert names(spark) == ["last", "other"]


def test_months_and_rows_without_a_month_are_replaced_at_once(
    own: LakeTables, spark: SparkLakeTables
) -> None:
    spark.append(SALES, sales([(NOV, "a"), (DEC, "b"), (None, "c")]), "run-1")
    done = spark.replace_months(SALES, (NOV, None), sales([(NOV, "x"), (NOV, "y")]), "run-2")
    assert (done.deleted, done.inserted) == (2, 2)
    assert sorted(own.read(SALES)["article"].to_pylist()) == ["b", "x", "y"]
    assert [one.operation for one in own.snapshots(SALES)] == ["append", "overwrite"]
    with pytest.raises(PermanentError, match="rows of 2025-12-01 are not in the months"):
        spark.replace_months(SALES, (NOV,), sales([(DEC, "b")]), "run-3")


def test_parts_named_by_words_and_months_are_kept_apart(own: LakeTables, spark: SparkLakeTables) -> None:
    columns = (Column("unit", TEXT, "u", "unit", role=Role.LINEAGE), *FACTS.columns)
    units = replace(FACTS, key="shop.silver.units", columns=columns, scope=("unit", "period"))

    def rows(unit: str, name: str) -> pa.Table:
        made = named(name)
        return made.add_column(0, units.arrow_schema.field(0), pa.array([unit] * made.num_rows))

    def part(unit: str) -> Scope:
        return Scope((("unit", unit), *NOVEMBER.values))

    for unit in ("A", "it's `B`"):
        spark.replace(units, part(unit), rows(unit, "old"), "run-1")
    spark.replace(units, part("it's `B`"), rows("it's `B`", "new"), "run-2")
    found = own.read(units, None, ("unit", "name")).sort_by("unit")
    assert found.to_pydict() == {"unit": ["A", "it's `B`"], "name": ["old", "new"]}
    assert spark.read(units, part("it's `B`"), ("name",)).to_pydict() == {"name": ["new"]}


def test_a_table_that_was_rolled_back_goes_on_from_there(own: LakeTables, spark: SparkLakeTables) -> None:
    first = spark.replace(FACTS, NOVEMBER, named("old"), "run-1").snapshot_id
    spark.replace(FACTS, NOVEMBER, named("lost"), "run-2")
    spark.roll_back(FACTS, first)
    assert (names(spark), own.head(FACTS)) == (["old"], first)
    spark.replace(FACTS, DECEMBER, named("next", scope=DECEMBER), "run-3")
    assert names(own) == ["next", "old"]
    spark.roll_back(FACTS, None)
    assert (names(spark), own.head(FACTS)) == ([], None)
    spark.replace(FACTS, NOVEMBER, named("anew"), "run-4")
    assert names(own) == ["anew"]


def test_a_column_that_is_younger_than_a_snapshot_is_empty_there(
    own: LakeTables, spark: SparkLakeTables
) -> None:
    evolving = replace(FACTS, evolution=Evolution(columns=EvolutionMode.EVOLVE))
    first = own.replace(evolving, NOVEMBER, named("a"), "run-1").snapshot_id
    wider = replace(evolving, columns=(*FACTS.columns, Column("colour", TEXT, "c", "c", nullable=True)))
    rows = named("b", scope=DECEMBER).append_column(wider.arrow_schema.field("colour"), [["red"]])
    spark.replace(wider, DECEMBER, rows, "run-2")
    assert sorted(spark.read(wider)["colour"].to_pylist(), key=str) == [None, "red"]
    assert spark.read(wider, snapshot_id=first).equals(own.read(wider, snapshot_id=first))


def test_rows_that_somebody_put_in_the_same_place_meanwhile_are_not_lost(
    own: LakeTables, spark: SparkLakeTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    spark.replace(FACTS, NOVEMBER, named("old"), "run-1")
    write = spark._write

    def late(*given: object) -> None:
        own.replace(FACTS, NOVEMBER, named("quicker"), "other")
        write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(spark, "_write", late)
    with pytest.raises(TransientError, match=r"somebody else changed shop_silver\.facts"):
        spark.replace(FACTS, NOVEMBER, named("slower"), "run-2")
    assert names(own) == ["quicker"]


def test_a_frame_of_a_table_is_joined_and_counted_without_leaving_spark(spark: SparkLakeTables) -> None:
    assert spark.frame(FACTS) is None
    spark.replace(FACTS, NOVEMBER, named("a", "b", "a"), "run-1")
    frame = spark.frame(FACTS, NOVEMBER, ("line", "name"))
    assert frame is not None
    counted = frame.groupby_agg(["name"], n=nw.len()).join(frame.select("name", "line"), ["name"])
    assert values(counted.select("line", "n")) == [(1, 2), (2, 1), (3, 2)]


def test_another_lake_of_the_same_name_is_refused(
    spark: SparkLakeTables, session: "SparkSession", catalog_url: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="Spark knows another lake as"):
        spark_lake(session, str(tmp_path / "elsewhere"), catalog_url, catalog_url)


@pytest.mark.parametrize("url", ["postgresql://u@h/some.name", "postgresql:///name?host=/var/run"])
def test_a_catalog_that_spark_cant_name_or_reach_is_refused(url: str, session: "SparkSession") -> None:
    with pytest.raises(ConfigurationError, match="Spark can't use the lake's catalog"):
        spark_lake(session, "/lake", url, url)


def test_the_password_of_the_catalog_is_not_told(session: "SparkSession") -> None:
    spark_lake(session, "/lake", "postgresql://u:sesame@127.0.0.1:1/unreached?sslmode=disable")
    assert session.conf.get("spark.sql.catalog.unreached.jdbc.sslmode") == "disable"
    shown = session.sql("SET").toArrow().to_pylist()
    assert "sesame" not in str(shown)
    assert "spark.sql.catalog.unreached.jdbc.password" in str(shown)
