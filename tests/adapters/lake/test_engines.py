"""Other engines read what was written: DuckDB through Arrow and through the planned files, without extensions."""

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from tests.adapters.lake.tables import DECEMBER, FACTS, NOVEMBER, ODD, facts, publish

from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.store import WarehouseStore

QUERY = (
    "SELECT period, count(*), sum(amount), count(paid), max(seen_at)::VARCHAR FROM rows GROUP BY 1 ORDER BY 1"
)


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"autoinstall_known_extensions": "false", "TimeZone": "UTC"}) as connection:
        yield connection


def test_duckdb_reads_rows_handed_over_as_arrow(lake: LakeTables, duck: duckdb.DuckDBPyConnection) -> None:
    lake.replace(FACTS, NOVEMBER, facts(ODD), "run-1")
    duck.register("rows", lake.read(FACTS))
    ((_, count, total, paid, _),) = duck.execute(QUERY).fetchall()
    assert (count, total, paid) == (5, Decimal("12345678901234.5677"), 3)


def test_duckdb_reads_the_planned_files_of_what_is_published(
    store: WarehouseStore, shelf: LakeShelf, lake: LakeTables, duck: duckdb.DuckDBPyConnection
) -> None:
    store.publish(publish(FACTS, facts(ODD)))
    store.publish(publish(FACTS, facts(ODD[:2], DECEMBER), "run-2", DECEMBER))
    store.publish(publish(FACTS, facts(ODD), "run-3"))
    # what nobody has in the ledger is not among the files
    lake.replace(FACTS, NOVEMBER, facts([*ODD, *ODD]), "nobody")
    duck.read_parquet(list(shelf.files(FACTS)), hive_partitioning=False).create_view("rows")
    by_month = [(count, total) for _, count, total, *_ in duck.execute(QUERY).fetchall()]
    assert by_month == [(5, Decimal("12345678901234.5677")), (2, Decimal("12345678901234.5677"))]
    (single,) = duck.read_parquet(list(shelf.files(FACTS, DECEMBER))).aggregate("count(*)").fetchall()
    assert single == (2,)
