"""Lake tables from contracts: what goes in comes out, and a replaced part leaves every other file alone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.adapters.lake.tables import DECEMBER, FACTS, NOVEMBER, OCTOBER, ODD, SALES, facts, named, sales

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.faults import SnapshotMissingError
from work_data_hub.io.lake.tables import LakeTables

JANUARY = Period(2026, 1)
NOV, DEC = date(2025, 11, 1), date(2025, 12, 1)


def names(lake: LakeTables, scope: Scope | None = None, **when: object) -> list[str]:
    return sorted(lake.read(FACTS, scope, ("name",), **when)["name"].to_pylist())  # type: ignore[arg-type]


def parquet(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in root.rglob("*.parquet")}


def test_every_type_comes_back_as_it_went_in(lake: LakeTables) -> None:
    lake.replace(FACTS, NOVEMBER, facts(ODD), "run-1")
    assert lake.read(FACTS).equals(facts(ODD))


def test_a_table_that_nobody_made_is_empty(lake: LakeTables) -> None:
    assert lake.read(FACTS).equals(FACTS.arrow_schema.empty_table())
    assert lake.snapshots(FACTS) == ()
    assert lake.planned_files(FACTS) == ()
    assert lake.head(FACTS) is None


def test_files_are_parquet_with_zstd_below_the_root_and_apart_by_month(lake: LakeTables, root: Path) -> None:
    both = pa.concat_tables([named("a"), named("b", scope=DECEMBER)])
    lake.append(FACTS, both, "run-1")
    files = lake.planned_files(FACTS)
    assert set(map(Path, files)) == set(parquet(root))
    assert {Path(file).parent.name for file in files} == {"period=2025-11-01", "period=2025-12-01"}
    assert pq.ParquetFile(files[0]).metadata.row_group(0).column(0).compression == "ZSTD"
    assert {Path(file).parent.name for file in lake.planned_files(FACTS, DECEMBER)} == {"period=2025-12-01"}


def test_columns_carry_their_label_and_meaning(lake: LakeTables) -> None:
    lake.ensure(FACTS)
    schema = lake._catalog.find(FACTS).schema()  # type: ignore[union-attr]
    assert schema.find_field("amount").doc == "金额 [yuan]: amount"
    assert str(schema.find_field("amount").field_type) == "decimal(18, 4)"
    assert schema.find_field("line").required


def test_a_replaced_month_is_one_snapshot_and_rewrites_no_other_file(lake: LakeTables, root: Path) -> None:
    for number, scope in enumerate((OCTOBER, NOVEMBER, DECEMBER)):
        lake.replace(FACTS, scope, named(f"old {number}", "more", scope=scope), "run-1")
    before, snapshots = parquet(root), len(lake.snapshots(FACTS))
    done = lake.replace(FACTS, NOVEMBER, named("new"), "run-2")
    assert (done.deleted, done.inserted) == (2, 1)
    assert names(lake) == ["more", "more", "new", "old 0", "old 2"]
    after = parquet(root)
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    assert len(lake.snapshots(FACTS)) == snapshots + 1


def test_months_and_rows_without_a_month_are_replaced_in_one_snapshot(lake: LakeTables, root: Path) -> None:
    lake.append(SALES, sales([(NOV, "a"), (DEC, "b"), (None, "c")]), "run-1")
    before = parquet(root)
    done = lake.replace_months(SALES, (NOV, None), sales([(NOV, "x"), (NOV, "y")]), "run-2")
    assert (done.deleted, done.inserted) == (2, 2)
    assert sorted(lake.read(SALES)["article"].to_pylist()) == ["b", "x", "y"]
    assert before.items() <= parquet(root).items()
    assert [one.operation for one in lake.snapshots(SALES)] == ["append", "overwrite"]


def test_rows_outside_of_what_is_replaced_are_refused(lake: LakeTables) -> None:
    with pytest.raises(PermanentError, match="lie outside the scope"):
        lake.replace(FACTS, NOVEMBER, named("a", scope=DECEMBER), "run-1")
    with pytest.raises(PermanentError, match="rows of 2025-12-01 are not in the months"):
        lake.replace_months(SALES, (NOV,), sales([(DEC, "b")]), "run-1")
    assert lake.head(FACTS) is None


def test_a_file_that_mixes_parts_is_never_cut(lake: LakeTables) -> None:
    lake.append(SALES, sales([(NOV, "a")]), "run-1")
    table = lake._catalog.find(SALES)
    assert table is not None
    with table.update_spec() as change:
        change.remove_field("month")
    table.append(sales([(NOV, "b"), (DEC, "c")]))
    with pytest.raises(PermanentError, match="kept apart by nothing"):
        lake.replace_months(SALES, (NOV,), sales([(NOV, "x")]), "run-2")


def test_an_empty_publish_of_an_empty_month_makes_no_snapshot(lake: LakeTables) -> None:
    assert lake.replace(FACTS, NOVEMBER, named(), "run-1").snapshot_id is None
    first = lake.replace(FACTS, NOVEMBER, named("a"), "run-2").snapshot_id
    assert lake.replace(FACTS, DECEMBER, named(scope=DECEMBER), "run-3").snapshot_id == first
    emptied = lake.replace(FACTS, NOVEMBER, named(), "run-4")
    assert (emptied.deleted, lake.read(FACTS).num_rows) == (1, 0)


def test_a_snapshot_names_its_run_its_scope_and_its_contract(lake: LakeTables) -> None:
    lake.replace(FACTS, NOVEMBER, named("a"), "run-1")
    lake.replace(FACTS, DECEMBER, named("b", "c", scope=DECEMBER), "run-2")
    one, two = lake.snapshots(FACTS)
    assert (one.run_id, one.scope, one.contract_version, one.rows) == ("run-1", NOVEMBER.key, "1.0.0", 1)
    assert (two.run_id, two.scope, two.rows, two.current) == ("run-2", DECEMBER.key, 3, True)


def test_a_table_is_read_as_it_was_at_a_snapshot_or_at_a_time(lake: LakeTables) -> None:
    first = lake.replace(FACTS, NOVEMBER, named("old"), "run-1").snapshot_id
    seen = lake.snapshots(FACTS)[0].made_at
    lake.replace(FACTS, NOVEMBER, named("new"), "run-2")
    assert names(lake) == ["new"]
    assert names(lake, snapshot_id=first) == names(lake, as_of=seen) == ["old"]
    assert names(lake, as_of=seen - timedelta(seconds=1)) == []
    assert names(lake, as_of=datetime.now(UTC) + timedelta(days=1)) == ["new"]
    with pytest.raises(SnapshotMissingError, match="has no snapshot 7"):
        lake.read(FACTS, snapshot_id=7)


def test_a_table_rolled_back_is_what_it_was_and_goes_on_from_there(lake: LakeTables) -> None:
    first = lake.replace(FACTS, NOVEMBER, named("old"), "run-1").snapshot_id
    lake.replace(FACTS, NOVEMBER, named("lost"), "run-2")
    lake.roll_back(FACTS, first)
    assert (names(lake), lake.head(FACTS)) == (["old"], first)
    lake.replace(FACTS, DECEMBER, named("next", scope=DECEMBER), "run-3")
    assert names(lake) == ["next", "old"]
    assert names(lake, as_of=datetime.now(UTC)) == ["next", "old"]
    lake.roll_back(FACTS, None)
    assert (names(lake), lake.head(FACTS)) == ([], None)


def test_rows_are_chosen_by_value_and_by_what_comes_before(lake: LakeTables) -> None:
    for scope in (OCTOBER, NOVEMBER, DECEMBER):
        lake.replace(FACTS, scope, named(scope.key, scope=scope), "run-1")
    assert names(lake, DECEMBER) == [DECEMBER.key]
    assert names(lake, Scope.months_before(Period(2025, 12))) == [OCTOBER.key, NOVEMBER.key]
    assert names(lake, Scope.months_before(JANUARY)) == sorted((OCTOBER.key, NOVEMBER.key, DECEMBER.key))


def test_another_process_sees_what_this_one_wrote_and_the_other_way_round(
    lake: LakeTables, root: Path, catalog_url: str
) -> None:
    from work_data_hub.io.lake.opening import lake_tables

    lake.replace(FACTS, NOVEMBER, named("a"), "run-1")
    other = lake_tables(str(root), catalog_url, catalog_url)
    assert names(other) == ["a"]
    other.replace(FACTS, NOVEMBER, named("b"), "run-2")
    other.close()
    assert names(lake) == ["b"]
    lake.replace(FACTS, NOVEMBER, named("c"), "run-3")
    assert names(lake) == ["c"]


def test_many_replaced_months_leave_no_heap_of_manifests(lake: LakeTables) -> None:
    for run in range(12):
        lake.replace(
            FACTS, (NOVEMBER, DECEMBER)[run % 2], named("x", scope=(NOVEMBER, DECEMBER)[run % 2]), f"r{run}"
        )
    table = lake._catalog.find(FACTS)
    assert table is not None
    head = table.current_snapshot()
    assert head is not None
    # one for each month, and one that tells what the last commit removed
    assert len(head.manifests(table.io)) == 3
