"""Instances as they are in life: opened from the file that the hub writes, on SQLite and on Postgres."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.storage.runs.schema import RunsTable
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from tests.fixtures_postgres import database_url, migrated_template, migrated_url, postgres_url
from tests.graph.shop_hub import ShopHub, settings
from tests.unit.application.shop import Shop

from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.orchestration.instance import write_instance_file

__all__ = ["database_url", "migrated_template", "migrated_url", "postgres_url"]

Age = Callable[[str, datetime], None]


@pytest.fixture
def shop() -> ShopHub:
    return ShopHub(Shop())


@contextmanager
def opened(home: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance of a home."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@pytest.fixture
def sqlite_home(tmp_path: Path) -> Path:
    """The home of an instance on Dagster's own files."""
    return write_instance_file(settings(dagster_home=tmp_path / "sqlite")).parent


@pytest.fixture
def postgres_home(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of an instance on Postgres."""
    url = DatabaseUrl.parse(database_url).sqlalchemy.render_as_string(hide_password=False)
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", url)
    return write_instance_file(settings(dagster_home=tmp_path / "home", dagster_postgres_url=url)).parent


@pytest.fixture(params=["sqlite", "postgres"])
def instance(request: pytest.FixtureRequest) -> Iterator[dg.DagsterInstance]:
    """An instance on either storage."""
    with opened(request.getfixturevalue(f"{request.param}_home")) as instance:
        yield instance


def age_runs(instance: dg.DagsterInstance, when: datetime) -> None:
    """Let all runs have ended at that time."""
    storage = instance.run_storage
    assert isinstance(storage, SqlRunStorage)
    with storage.connect() as connection:
        connection.execute(sa.update(RunsTable).values(update_timestamp=when.replace(tzinfo=None)))
