"""What the page for operators says of automation, limits and retention is what the code does."""

import re
from pathlib import Path

import pytest

from work_data_hub.config.settings import Settings
from work_data_hub.orchestration.assets.factory import WRITE_POOL
from work_data_hub.orchestration.assets.platform import RETENTION
from work_data_hub.orchestration.automation import ENVIRONMENTS
from work_data_hub.orchestration.instance import MAX_RUNTIME_SECONDS, instance_config
from work_data_hub.orchestration.instance_storage import KEPT_CONNECTIONS, MORE_CONNECTIONS
from work_data_hub.orchestration.maintenance import RetentionConfig

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
TEXT = PAGE.read_text(encoding="utf-8")
WEBSERVER_ENGINES, WEBSERVER_OVERFLOW = 3, 20


def section(title: str) -> str:
    """Give the text below a heading, up to the next one."""
    return re.split(r"^##+ ", TEXT.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def test_every_sensor_and_schedule_is_told_with_where_it_may_run() -> None:
    rows = re.findall(r"^\| `(\w+)` \((?:sensor|schedule)\) \| .+ \| (.+) \|$", TEXT, re.MULTILINE)
    assert {name: tuple(places.split(", ")) for name, places in rows} == ENVIRONMENTS


def test_the_days_of_retention_are_those_of_the_asset() -> None:
    told = {name: int(days) for days, name in re.findall(r"\| (\d+) \(`(\w+)`\) \|", section("Retention"))}
    assert told == {name: days for name, days in RetentionConfig().model_dump().items() if name != "dry_run"}


def test_the_commands_of_retention_name_the_asset_and_its_job() -> None:
    assert f"`{RETENTION.to_user_string()}`" in section("Retention")
    assert f'"ops": {{"{RETENTION.to_python_identifier()}"' in section("Retention")
    assert section("Retention").count(f"--select 'key:{RETENTION.to_user_string()}'") == 2


def test_the_limits_are_those_of_the_instance_file() -> None:
    told, config = section("Limits"), instance_config(workers=3, postgres=False)
    assert config["concurrency"]["runs"]["max_concurrent_runs"] == 3
    assert config["concurrency"]["pools"]["default_limit"] == 3
    assert f"pool `{WRITE_POOL}`. It holds `MAX_WORKERS` runs" in " ".join(told.split())
    assert f"concurrency set {WRITE_POOL} 1" in told
    assert MAX_RUNTIME_SECONDS == 4 * 3600
    assert "stopped after four hours" in told
    assert config["run_retries"]["max_retries"] == 1


@pytest.mark.parametrize("overflow", [WEBSERVER_OVERFLOW, 4])
def test_the_sum_of_the_connections_is_right(overflow: int) -> None:
    fields = Settings.model_fields
    runs, pool = int(fields["max_workers"].default), int(fields["db_pool_size"].default)
    each, code_servers, daemon = KEPT_CONNECTIONS + MORE_CONNECTIONS, 2, 1
    webserver = WEBSERVER_ENGINES * (1 + overflow)
    total = (runs + code_servers) * pool + (runs + code_servers + daemon) * each + webserver
    told = section("Limits")
    assert f"| {each} for each run" in told
    assert str(webserver) in told
    assert re.search(rf"\b{total}\b", told)
