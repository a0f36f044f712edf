"""Where the lake lies: a folder below the project or a URL, and a catalog that is PostgreSQL."""

from pathlib import Path

import pytest

from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.errors import ConfigurationError


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_lake_lies_below_the_project_unless_it_is_said_otherwise(project: Path) -> None:
    assert Settings(database_url="embedded").lake_place == str(project / ".wdh" / "lake")
    assert Settings(database_url="embedded", lake_root="/srv/lake").lake_root == "/srv/lake"


def test_an_url_stays_an_url() -> None:
    assert Settings(database_url="embedded", lake_root="s3://bucket/lake/").lake_root == "s3://bucket/lake"


def test_a_catalog_that_is_not_postgres_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="LAKE_CATALOG_URL"):
        Settings(database_url="embedded", lake_catalog_url="sqlite:///x.db")


def test_the_password_of_the_catalog_is_a_secret() -> None:
    url = "postgresql://lake:s3cret@db.example:5432/wdh_iceberg"
    assert "s3cret" in Settings(database_url="embedded", lake_catalog_url=url).secrets()
