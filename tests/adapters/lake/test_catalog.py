"""The lake's catalog: in a database of its own, made when it is missing, shared without mixing, few connections."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg2 import sql
from tests.adapters.lake.tables import FACTS, NOVEMBER, SALES, named
from tests.fixtures_postgres import run_sql, temporary_database

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError, TransientError
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.urls import DatabaseUrl


@pytest.fixture
def missing(postgres_url: str) -> Iterator[str]:
    """The address of a database that is not there yet."""
    name = f"lake_{uuid.uuid4().hex[:12]}"
    yield DatabaseUrl.parse(postgres_url).database(name).libpq
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    run_sql(postgres_url, drop)


def fill(root: Path, warehouse: str, catalog: str) -> list[object]:
    lake = lake_tables(str(root), warehouse, catalog)
    lake.ensure(FACTS)
    lake.ensure(SALES)
    lake.close()
    return [lake.head(FACTS)]


def test_a_missing_database_is_made(root: Path, database_url: str, missing: str) -> None:
    fill(root, database_url, missing)
    tables = run_sql(missing, "SELECT table_name FROM iceberg_tables ORDER BY 1")
    assert tables == [("facts",), ("sales",)]


def test_many_may_open_a_new_lake_at_once(root: Path, database_url: str, missing: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(fill, root, database_url, missing) for _ in range(6)]
        assert [one.result(60) for one in done] == [[None]] * 6
    assert run_sql(missing, "SELECT count(*) FROM iceberg_tables") == [(2,)]


def test_hubs_of_other_warehouses_in_the_same_catalog_do_not_meet(
    tmp_path: Path, postgres_url: str, catalog_url: str
) -> None:
    with temporary_database(postgres_url) as one, temporary_database(postgres_url) as two:
        first = lake_tables(str(tmp_path / "one"), one, catalog_url)
        second = lake_tables(str(tmp_path / "two"), two, catalog_url)
        first.replace(FACTS, NOVEMBER, named("first"), "run-1")
        assert second.head(FACTS) is None
        second.replace(FACTS, NOVEMBER, named("second"), "run-1")
        assert first.read(FACTS)["name"].to_pylist() == ["first"]
        first.close()
        second.close()


def test_without_an_address_of_its_own_the_catalog_is_beside_the_warehouse(
    root: Path, database_url: str
) -> None:
    lake = lake_tables(str(root), database_url)
    lake.ensure(FACTS)
    lake.close()
    beside = DatabaseUrl.parse(database_url).database("wdh_iceberg")
    name = DatabaseUrl.parse(database_url).sqlalchemy.database
    found = run_sql(beside.libpq, "SELECT table_name FROM iceberg_tables WHERE catalog_name = %s", name)
    assert found == [("facts",)]
    assert run_sql(database_url, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'iceberg%%'") == [(0,)]


def test_a_user_who_may_not_create_databases_is_told_what_to_do(
    root: Path, postgres_url: str, missing: str
) -> None:
    user = f"poor_{uuid.uuid4().hex[:8]}"
    run_sql(postgres_url, sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(user)))
    poor = DatabaseUrl(DatabaseUrl.parse(missing).sqlalchemy.set(username=user, password="x"))
    try:
        with pytest.raises(ConfigurationError, match="this user may not create it") as caught:
            lake_tables(str(root), postgres_url, poor.libpq).ensure(FACTS)
        assert "CREATE DATABASE" in caught.value.fix
        assert "password" not in str(caught.value)
    finally:
        run_sql(postgres_url, sql.SQL("DROP ROLE {}").format(sql.Identifier(user)))


def test_a_server_that_is_not_there_may_come_back(root: Path, database_url: str) -> None:
    away = "postgresql://user:secret@127.0.0.1:1/lake"
    with pytest.raises(TransientError, match="does not answer") as caught:
        lake_tables(str(root), database_url, away).ensure(FACTS)
    assert "secret" not in str(caught.value)


def test_nothing_is_opened_before_a_table_is_touched(root: Path, database_url: str, missing: str) -> None:
    lake = lake_tables(str(root), database_url, missing)
    lake.close()
    name = DatabaseUrl.parse(missing).sqlalchemy.database
    assert run_sql(database_url, "SELECT 1 FROM pg_database WHERE datname = %s", name) == []
    assert not root.exists()


def test_no_more_than_three_connections_are_open(lake: LakeTables, catalog_url: str) -> None:
    lake.replace(FACTS, NOVEMBER, named("a"), "run-1")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: lake.head(FACTS), range(40)))
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    ((open_,),) = run_sql(catalog_url, query)
    assert 1 <= int(str(open_)) <= 3


def test_files_that_somebody_removed_are_told(lake: LakeTables, root: Path) -> None:
    lake.replace(FACTS, NOVEMBER, named("a"), "run-1")
    for file in root.rglob("*.parquet"):
        file.unlink()
    with pytest.raises(PermanentError, match=r"reading shop_silver\.facts"):
        lake.read(FACTS)
