from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.instance.config import dagster_instance_config
from tests.graph.shop_hub import settings

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.orchestration.instance import (
    reads_pooled_storage,
    require_own_database,
    write_instance_file,
)

URL = "postgresql+psycopg2://user:word@host/wdh_dagster"


def test_dagster_opens_an_instance_from_what_is_written(tmp_path: Path) -> None:
    path = write_instance_file(settings(dagster_home=tmp_path / "home"))
    assert path == tmp_path / "home" / "dagster.yaml"
    with dg.DagsterInstance.from_config(str(path.parent)) as instance:
        assert instance.get_runs() == []
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_retries_enabled
        assert instance.get_settings("run_retries")["retry_on_asset_or_op_failure"] is False
        limits = instance.get_concurrency_config()
        assert limits.run_queue_config is not None
        assert limits.run_queue_config.max_concurrent_runs == 2
        assert limits.pool_config.default_pool_limit == 2


def test_without_a_url_dagster_keeps_its_own_files(tmp_path: Path) -> None:
    path = write_instance_file(settings(dagster_home=tmp_path))
    assert "storage" not in yaml.safe_load(path.read_text("utf-8"))


def test_with_a_url_dagster_reads_it_from_the_environment_and_no_file_holds_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_instance_file(settings(dagster_home=tmp_path, dagster_postgres_url=URL))
    assert "word" not in path.read_text("utf-8")
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", URL)
    config, _ = dagster_instance_config(str(tmp_path))
    assert config["storage"]["custom"]["config"] == {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}


@pytest.mark.parametrize(
    ("warehouse", "refused"),
    [
        ("postgresql://owner:word@host/wdh_dagster", True),
        ("postgres://owner@host:5432/wdh_dagster?sslmode=require", True),
        ("postgresql://owner@host:5433/wdh_dagster", False),
        ("postgresql://user:word@host/wdh", False),
        ("embedded", False),
    ],
)
def test_the_database_of_the_warehouse_is_no_place_for_dagsters_runs(
    tmp_path: Path, warehouse: str, refused: bool
) -> None:
    chosen = settings(dagster_home=tmp_path, database_url=warehouse, dagster_postgres_url=URL)
    if refused:
        with pytest.raises(ConfigurationError, match=r"names the database of the warehouse\n.*\nFix: "):
            write_instance_file(chosen)
        assert not (tmp_path / "dagster.yaml").exists()
    else:
        assert write_instance_file(chosen).exists()


def test_this_machine_has_more_than_one_name(tmp_path: Path) -> None:
    storage = "postgresql+psycopg2://u@127.0.0.1/wdh"
    with pytest.raises(ConfigurationError):
        require_own_database(
            settings(database_url="postgresql://u@localhost/wdh", dagster_postgres_url=storage)
        )


def test_the_limits_come_from_the_settings(tmp_path: Path) -> None:
    path = write_instance_file(settings(dagster_home=tmp_path, max_workers=5))
    with dg.DagsterInstance.from_config(str(path.parent)) as instance:
        limits = instance.get_concurrency_config()
        assert limits.run_queue_config is not None
        assert limits.run_queue_config.max_concurrent_runs == 5
        assert limits.pool_config.default_pool_limit == 5
        assert instance.run_monitoring_max_runtime_seconds == 4 * 3600


def test_a_file_that_is_there_stays_as_its_owner_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: true}\n", encoding="utf-8")
    write_instance_file(settings(dagster_home=tmp_path, dagster_postgres_url=URL))
    assert (tmp_path / "dagster.yaml").read_text("utf-8") == "telemetry: {enabled: true}\n"


def test_without_a_home_there_is_a_way_out() -> None:
    with pytest.raises(ConfigurationError, match=r"DAGSTER_HOME is not set\nExpected: .*\nFix: "):
        write_instance_file(settings(dagster_home=None))


def test_an_instance_file_from_before_the_setting_is_found_out(tmp_path: Path) -> None:
    path = write_instance_file(settings(dagster_home=tmp_path))
    assert not reads_pooled_storage(tmp_path)
    path.unlink()
    write_instance_file(settings(dagster_home=tmp_path, dagster_postgres_url=URL))
    assert reads_pooled_storage(tmp_path)
    path.write_text("storage: {postgres: {postgres_url: {env: DAGSTER_POSTGRES_URL}}}\n", encoding="utf-8")
    assert not reads_pooled_storage(tmp_path)
    path.write_text("", encoding="utf-8")
    assert not reads_pooled_storage(tmp_path)
