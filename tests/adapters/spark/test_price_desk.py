"""`wdh pricing --engine spark` trains and scores a business unit to the same tables as pandas, by way of the same lake."""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from psycopg2 import sql
from tests.adapters.deploy.small_unit import write_small_unit
from tests.fixtures_postgres import run_sql, temporary_database

from work_data_hub.cli.main import run
from work_data_hub.config.settings import get_settings
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.spark.session import SparkPlace
from work_data_hub.io.tracking.database import tracking_database


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a business unit with few months: each costs Spark some seconds."""
    root = tmp_path_factory.mktemp("landing")
    write_small_unit(root)
    return root


@pytest.fixture
def databases(postgres_url: str) -> Iterator[tuple[str, str]]:
    """Two databases at the newest schema, one for each engine."""
    with temporary_database(postgres_url) as one, temporary_database(postgres_url) as other:
        yield one, other
        for url in (one, other):
            name = sql.Identifier(str(tracking_database(url).sqlalchemy.database))
            run_sql(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def published(url: str) -> dict[tuple[str, str], str]:
    """Give what was published of each part of each table, without stamps."""
    rows = run_sql(url, "SELECT table_key, scope_key, identity_hash FROM hub.publishes")
    return {(str(table), str(scope)): str(identity) for table, scope, identity in rows}


def on(engine: str, url: str, home: Path, landing: Path) -> dict[tuple[str, str], str]:
    """Train and score the newest month on an engine, in a hub of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("WDH_HOME", str(home))
        patch.setenv("LAKE_ROOT", str(home / f"lake of {engine}"))
        patch.setenv("LANDING_ROOT", str(landing))
        patch.setenv("ENVIRONMENT", "dev")
        get_settings.cache_clear()
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            assert run(("db", "upgrade")) == 0, said.getvalue()
            assert run(("pricing", "train", "--bu", "BU1", "--engine", engine)) == 0, said.getvalue()
            said.truncate(said.seek(0))
            assert run(("pricing", "score", "--bu", "BU1", "--engine", engine, "--json")) == 0
        get_settings.cache_clear()
    scored = {line["table"]: line["published"] for line in json.loads(_document(said))["tables"]}
    assert scored["score.price_recs_line"] > 0
    return published(url)


def _document(said: io.StringIO) -> str:
    text = said.getvalue()
    return text[text.index("{\n") : text.rindex("}") + 1]


def test_both_engines_publish_the_same_tables(
    place: SparkPlace, session: object, databases: tuple[str, str], landing: Path, tmp_path: Path
) -> None:
    by_spark = on("spark", databases[0], place.home, landing)
    by_pandas = on("pandas", databases[1], tmp_path, landing)
    assert by_spark == by_pandas
    assert {table.split(".")[1] for table, _ in by_spark} == {
        "bronze",
        "silver",
        "feature",
        "model",
        "score",
        "gold",
    }
    # what Spark wrote is there for whoever has no Spark
    lake = lake_tables(str(place.home / "lake of spark"), databases[0])
    rows = lake.read(ORDER_FEATURES)
    assert rows.num_rows > 1_500
