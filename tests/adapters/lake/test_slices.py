"""Tables published as a whole and kept by month: only months whose rows differ are written, wherever they live."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.lake.tables import NOVEMBER, SALES, Sale, publish, sales
from tests.adapters.store.conftest import CLOCK, Points, create_tables

from work_data_hub.application.inputs import ABSENT, EMPTY
from work_data_hub.application.runs import InputVersion
from work_data_hub.domain.kernel.contract import TEXT, Column, Store, TableContract
from work_data_hub.domain.kernel.errors import InputChangedError
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.loader.slices import changed_months, rows_of_months, slice_versions, version_of_slices
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

OCT, NOV, DEC = (date(2025, month, 1) for month in (10, 11, 12))
ALL: list[Sale] = [(OCT, "a"), (NOV, "b"), (NOV, None), (DEC, "c"), (None, "d")]
SALE = st.tuples(st.sampled_from([OCT, NOV, None]), st.sampled_from([None, "", "a", "ab", "b"]))


@pytest.fixture(params=list(Store))
def contract(request: pytest.FixtureRequest, migrated_url: str) -> TableContract:
    """The sliced table in the warehouse, then in the lake."""
    if request.param is Store.WAREHOUSE:
        create_tables(migrated_url, SALES)
    return replace(SALES, store=request.param)


def articles(store: WarehouseStore, contract: TableContract) -> list[tuple[object, ...]]:
    rows = store.read(contract, Scope())
    return sorted(
        (str(row.month), str(row.article), row.file_id, row.run_id) for row in rows.itertuples(index=False)
    )


def test_only_months_that_differ_are_written_and_the_others_keep_their_lineage(
    store: WarehouseStore, contract: TableContract
) -> None:
    first = store.publish(publish(contract, sales(ALL)))
    changed: list[Sale] = [(OCT, "a"), (NOV, "b"), (NOV, "new"), (DEC, "c"), (None, "d")]
    second = store.publish(publish(contract, sales(changed, "f2"), "run-2"))
    found = articles(store, contract)
    assert {(month, file, run) for month, _, file, run in found} == {
        ("2025-10-01", "f1", "run-1"),
        ("2025-11-01", "f2", "run-2"),
        ("2025-12-01", "f1", "run-1"),
        ("<NA>", "f1", "run-1"),
    }
    assert second.rows_replaced == 2
    assert [name for name in first.slices if first.slices[name] != second.slices[name]] == ["2025-11-01"]
    assert (first.identity_hash != second.identity_hash, len(found)) == (True, 5)


def test_the_same_rows_of_another_file_change_nothing(store: WarehouseStore, contract: TableContract) -> None:
    first = store.publish(publish(contract, sales(ALL)))
    again = store.publish(publish(contract, sales(ALL, "f2", first_row=9), "run-2"))
    assert (again.identity_hash, again.slices) == (first.identity_hash, first.slices)
    assert (again.rows_replaced, again.snapshot_id) == (0, first.snapshot_id)
    assert {file for *_, file, _ in articles(store, contract)} == {"f1"}


def test_months_that_are_gone_are_removed_and_months_that_come_are_added(
    store: WarehouseStore, contract: TableContract
) -> None:
    store.publish(publish(contract, sales(ALL)))
    record = store.publish(
        publish(contract, sales([(NOV, "b"), (NOV, None), (date(2026, 1, 1), "n")], "f2"), "run-2")
    )
    assert sorted(record.slices) == ["2025-11-01", "2026-01-01"]
    assert [month for month, *_ in articles(store, contract)] == ["2025-11-01", "2025-11-01", "2026-01-01"]
    assert record.rows_replaced == 3


def test_a_month_is_read_alone(store: WarehouseStore, contract: TableContract) -> None:
    store.publish(publish(contract, sales(ALL)))
    assert len(store.read(contract, Scope((("month", NOV),)))) == 2
    assert list(store.read(contract, Scope((("month", DEC),)), ("article",))["article"]) == ["c"]


@pytest.mark.parametrize(
    ("version", "stops"), [("of the month", False), ("another", True), (ABSENT, True), ("gone", True)]
)
def test_a_build_from_one_month_is_stopped_when_that_month_has_changed(
    version: str, stops: bool, store: WarehouseStore, contract: TableContract
) -> None:
    record = store.publish(publish(contract, sales(ALL)))
    wanted = record.slices["2025-11-01"] if version == "of the month" else version
    month = DEC.replace(year=2030) if version == "gone" else NOV
    source = InputVersion(contract.key, f"month={month}", wanted)
    target = replace(contract, key="shop.silver.target")
    request = publish(target, sales([(NOV, "b")]), "run-2", Scope(), inputs=(source,))
    if stops:
        with pytest.raises(InputChangedError, match="was published again"):
            store.publish(request)
    elif contract.store is Store.LAKE:
        store.publish(request)


@pytest.mark.parametrize("rows", [ALL, []])
def test_a_month_that_has_no_rows_still_stops_nothing(
    rows: list[Sale], store: WarehouseStore, contract: TableContract
) -> None:
    store.publish(publish(contract, sales(rows)))
    target = replace(contract, key="shop.silver.target", store=Store.LAKE)
    empty, unborn = (InputVersion(contract.key, "month=2030-01-01", version) for version in (EMPTY, ABSENT))
    store.publish(publish(target, sales(ALL), "run-2", inputs=(empty,)))
    with pytest.raises(InputChangedError, match="was published again"):
        store.publish(publish(target, sales(ALL), "run-3", inputs=(unborn,)))


def test_a_crash_does_not_make_the_next_publish_believe_in_months_that_are_not_there(
    store: WarehouseStore, contract: TableContract, points: Points
) -> None:
    store.publish(publish(contract, sales(ALL)))
    changed: list[Sale] = [(OCT, "z"), *ALL[1:]]

    def fail() -> None:
        raise InputChangedError("as told", fix="none")

    points.once("loaded", fail)
    with pytest.raises(InputChangedError):
        store.publish(publish(contract, sales(changed), "run-2"))
    assert store.publish(publish(contract, sales(ALL), "run-3")).rows_replaced == 0
    assert ("2025-10-01", "a", "f1", "run-1") in articles(store, contract)


def test_a_table_that_moves_into_the_lake_is_written_whole(store: WarehouseStore, migrated_url: str) -> None:
    create_tables(migrated_url, SALES)
    store.publish(publish(replace(SALES, store=Store.WAREHOUSE), sales(ALL)))
    store.publish(publish(SALES, sales(ALL), "run-2"))
    assert len(articles(store, SALES)) == 5


def test_a_lake_that_was_lost_is_written_whole_again(
    store: WarehouseStore, loader: WarehouseLoader, tmp_path: Path, database_url: str
) -> None:
    store.publish(publish(SALES, sales(ALL)))
    other = lake_tables(str(tmp_path / "elsewhere"), database_url, database_url)
    bare = WarehouseStore(loader, CLOCK, shelf=LakeShelf(loader, lambda: other))
    bare.publish(publish(SALES, sales(ALL), "run-2"))
    assert len(articles(bare, SALES)) == len(ALL)
    other.close()


def test_another_scope_than_a_month_is_judged_by_its_own_publish(
    store: WarehouseStore, contract: TableContract
) -> None:
    store.publish(publish(contract, sales(ALL)))
    source = InputVersion("some file.xlsx", NOVEMBER.key, "sha")
    record = store.publish(publish(contract, sales(ALL), "run-2", inputs=(source,)))
    assert record.inputs == (source,)


@given(st.lists(SALE, max_size=30), st.randoms())
@settings(max_examples=60, deadline=None)
def test_neither_the_order_of_rows_nor_how_a_table_is_cut_changes_a_version(
    rows: list[Sale], chance: object
) -> None:
    table = sales(rows)
    places = list(range(len(rows)))
    chance.shuffle(places)  # type: ignore[attr-defined]
    turned = table.take(pa.array(places, pa.int64()))
    cut = pa.concat_tables([turned.slice(0, len(rows) // 2), turned.slice(len(rows) // 2)])
    assert slice_versions(SALES, table) == slice_versions(SALES, cut)


@given(st.lists(SALE, max_size=12), st.lists(SALE, max_size=12))
@settings(max_examples=120, deadline=None)
def test_months_have_equal_versions_exactly_when_their_business_values_are_equal(
    one: list[Sale], two: list[Sale]
) -> None:
    versions = [slice_versions(SALES, sales(rows, file)) for rows, file in ((one, "f1"), (two, "f2"))]
    for month in (OCT, NOV, None):
        name = str(month) if month else "none"
        mine = [[article for day, article in rows if day == month] for rows in (one, two)]
        assert (versions[0].get(name) == versions[1].get(name)) == (mine[0] == mine[1])
    changed = changed_months(*versions)
    assert (changed == ()) == (version_of_slices(versions[0]) == version_of_slices(versions[1]))
    assert rows_of_months(SALES, sales(one), changed).num_rows == sum(day in changed for day, _ in one)


def test_the_columns_of_a_contract_are_part_of_a_version() -> None:
    wider = replace(SALES, columns=(*SALES.columns, Column("colour", TEXT, "c", "c", nullable=True)))
    table = sales(ALL)
    with_colour = table.append_column(wider.arrow_schema.field("colour"), pa.nulls(len(ALL), TEXT))
    assert not set(slice_versions(SALES, table).values()) & set(slice_versions(wider, with_colour).values())
