"""The Dagster instance file: storage, limits and retention, written once and then the user's own."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.errors import ConfigurationError

MAX_RUNTIME_SECONDS: Final = 14_400
_PORT: Final = 5432
_DAYS: Final = {"skipped": 7, "failure": 30, "success": 30}
_STORAGE: Final = {
    "module": "work_data_hub.orchestration.instance_storage",
    "class": "PooledPostgresStorage",
    "config": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}},
}


def write_instance_file(settings: Settings) -> Path:
    """Write dagster.yaml into DAGSTER_HOME if there is none; give its path."""
    if settings.dagster_home is None:
        raise ConfigurationError(
            "DAGSTER_HOME is not set",
            expected="an absolute path",
            fix="run scripts/start, which writes it to .env",
        )
    require_own_database(settings)
    path = settings.dagster_home / "dagster.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        text = yaml.safe_dump(
            instance_config(workers=settings.max_workers, postgres=settings.dagster_postgres_url is not None),
            sort_keys=False,
        )
        path.write_text(text, encoding="utf-8")
    return path


def require_own_database(settings: Settings) -> None:
    """Refuse to keep Dagster's runs in the database of the warehouse."""
    if settings.dagster_postgres_url is None:
        return
    storage = settings.dagster_postgres_url.get_secret_value()
    if _address(storage) == _address(settings.database_url.get_secret_value()):
        raise ConfigurationError(
            "DAGSTER_POSTGRES_URL names the database of the warehouse",
            expected="a database of its own, such as wdh_dagster on the same server",
            fix="correct DAGSTER_POSTGRES_URL; scripts/db_setup.sh makes the database",
        )


def reads_pooled_storage(home: Path) -> bool:
    """Say whether the instance file of a home is of today: it may have been written before the setting was made."""
    written = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8")) or {}
    custom = written.get("storage", {}).get("custom", {})
    return bool(custom.get("class") == _STORAGE["class"])


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
        "run_monitoring": {
            "enabled": True,
            "start_timeout_seconds": 180,
            "max_runtime_seconds": MAX_RUNTIME_SECONDS,
        },
        "run_retries": {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": False},
        "retention": {tick: {"purge_after_days": dict(_DAYS)} for tick in ("schedule", "sensor")},
    }
    if postgres:
        config["storage"] = {"custom": _STORAGE}
    return config


def _address(url: str) -> tuple[str, int, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "localhost").removesuffix(".")
    return ("127.0.0.1" if host == "localhost" else host, parts.port or _PORT, parts.path.strip("/"))
