"""The Dagster instance file: storage, limits and retention, written once and then the user's own."""

from pathlib import Path
from typing import Any

import yaml

from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.errors import ConfigurationError

_DAYS = {"skipped": 7, "failure": 30, "success": 30}


def write_instance_file(settings: Settings) -> Path:
    """Write dagster.yaml into DAGSTER_HOME if there is none; give its path."""
    if settings.dagster_home is None:
        raise ConfigurationError(
            "DAGSTER_HOME is not set",
            expected="an absolute path",
            fix="run scripts/start, which writes it to .env",
        )
    path = settings.dagster_home / "dagster.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        text = yaml.safe_dump(
            instance_config(workers=settings.max_workers, postgres=settings.dagster_postgres_url is not None),
            sort_keys=False,
        )
        path.write_text(text, encoding="utf-8")
    return path


def instance_config(*, workers: int, postgres: bool) -> dict[str, Any]:
    """Give the instance's configuration; Postgres storage reads its URL from the environment."""
    config: dict[str, Any] = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "freshness": {"enabled": True},
        "concurrency": {
            "runs": {
                "max_concurrent_runs": workers,
                "tag_concurrency_limits": [{"key": "dagster/backfill", "limit": workers}],
            },
            "pools": {"default_limit": workers, "granularity": "run"},
        },
        "run_monitoring": {"enabled": True, "start_timeout_seconds": 180, "max_runtime_seconds": 14_400},
        "run_retries": {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": False},
        "retention": {tick: {"purge_after_days": dict(_DAYS)} for tick in ("schedule", "sensor")},
    }
    if postgres:
        config["storage"] = {"postgres": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}}
    return config
