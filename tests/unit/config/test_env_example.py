"""The committed .env.example says what the settings say."""

from pathlib import Path

import pytest

from work_data_hub.config.env_example import env_example
from work_data_hub.config.settings import Settings

COMMITTED = Path(__file__).parents[3] / ".env.example"


def test_committed_file_equals_the_settings() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == env_example()


def test_every_setting_has_a_line_below_a_description() -> None:
    lines = env_example().splitlines()
    for name, field in Settings.model_fields.items():
        assert field.description
        at = next(i for i, line in enumerate(lines) if line.removeprefix("# ").startswith(f"{name.upper()}="))
        assert lines[at - 1] == f"# {field.description}"


def test_dagster_home_is_commented_out() -> None:
    assert "\n# DAGSTER_HOME=\n" in env_example()


def test_copy_of_it_gives_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    assert Settings(_env_file=COMMITTED) == Settings(_env_file=None, database_url="embedded")
