"""Dagster's storage on Postgres: what is written there, by how many connections, and what a lost one does."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from psycopg2 import sql
from sqlalchemy.pool import NullPool
from tests.fixtures_postgres import run_sql
from tests.graph.platform.conftest import opened
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import DETAIL, MART, MONTH, RAW

from work_data_hub.orchestration.instance_storage import KEPT_CONNECTIONS, MORE_CONNECTIONS

KEYS = [dg.AssetKey(contract.asset_key) for contract in (RAW, DETAIL, MART)]


def one(url: str, statement: str) -> Any:
    return run_sql(url, sql.SQL(statement))[0][0]


def test_a_month_is_kept_in_postgres_and_no_file_appears(
    shop: ShopHub, postgres_home: Path, database_url: str
) -> None:
    shop.shop.drop(MONTH, ["1", "2"], "first")
    with opened(postgres_home) as instance:
        run = shop.materialize(MONTH.key, instance=instance)
        assert run.success
        assert all(instance.fetch_materializations(key, limit=1).records for key in KEYS)
    assert run_sql(database_url, "SELECT status, partition FROM runs") == [("SUCCESS", MONTH.key)]
    made = "SELECT count(*) FROM event_logs WHERE dagster_event_type = 'ASSET_MATERIALIZATION'"
    assert one(database_url, made) == len(KEYS)
    assert [path for path in postgres_home.rglob("*") if path.suffix in {".db", ".sqlite"}] == []


def test_a_run_uses_a_few_connections_again_and_again(
    shop: ShopHub, postgres_home: Path, database_url: str
) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    opened_so_far = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
    with opened(postgres_home) as instance:
        run_sql(database_url, "SELECT pg_stat_force_next_flush()")
        before = one(database_url, opened_so_far)
        assert shop.materialize(MONTH.key, instance=instance).success
        here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert one(database_url, here) <= KEPT_CONNECTIONS
    # Dagster's own storage opens more than a hundred for these three tables
    assert one(database_url, opened_so_far) - before <= KEPT_CONNECTIONS + MORE_CONNECTIONS


def test_connections_that_die_with_their_server_are_replaced(
    shop: ShopHub, postgres_home: Path, database_url: str
) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    others = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
    )
    with opened(postgres_home) as instance:
        assert instance.get_runs() == []
        assert one(database_url, f"{others} AND pid <> pg_backend_pid()") >= 1
        assert shop.materialize(MONTH.key, instance=instance).success


def test_two_instances_of_a_process_share_its_connections(postgres_home: Path, database_url: str) -> None:
    with opened(postgres_home) as first, opened(postgres_home) as second:
        assert first.get_runs() == second.get_runs() == []
        here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert one(database_url, here) == 1


def test_the_migrate_command_works_on_it(postgres_home: Path, database_url: str) -> None:
    with opened(postgres_home):
        pass
    run_sql(database_url, "UPDATE alembic_version SET version_num = '7e2f3204cf8e'")
    environment = os.environ | {"DAGSTER_HOME": str(postgres_home)}
    command = (sys.executable, "-m", "dagster", "instance", "migrate")
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert one(database_url, "SELECT version_num FROM alembic_version") != "7e2f3204cf8e"


def test_the_tables_stand_apart_from_the_hubs(postgres_home: Path, database_url: str) -> None:
    with opened(postgres_home):
        engine = sa.create_engine(os.environ["DAGSTER_POSTGRES_URL"], poolclass=NullPool)
        schemas = {name for name in sa.inspect(engine).get_schema_names() if name != "information_schema"}
    assert schemas == {"public"}


def test_a_missing_address_is_named(postgres_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_POSTGRES_URL")
    with (
        pytest.raises(Exception, match="DAGSTER_POSTGRES_URL"),
        dg.DagsterInstance.from_config(str(postgres_home)) as instance,
    ):
        instance.get_runs()
