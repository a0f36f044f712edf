"""Settings: where they come from, what is refused and how it is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from work_data_hub.config.settings import DEVELOPMENT_SALT, Settings, get_settings, project_root
from work_data_hub.domain.kernel.errors import ConfigurationError

URL = "postgresql://wdh:s3cret-pw@db.example:5432/wdh"
OWN_SALT = "a-salt-of-our-own"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(**environment: str) -> ConfigurationError:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(ConfigurationError) as caught:
            Settings()
    return caught.value


def test_missing_database_url_is_named_with_a_way_out() -> None:
    error = refusal()
    assert "DATABASE_URL is required but not set in environment" in str(error)
    assert "Fix: set DATABASE_URL in the environment or in .env" in str(error)
    assert "DATABASE_URL=embedded" in str(error)
    assert error.exit_status == 2


def test_blank_value_counts_as_not_set(project: Path) -> None:
    (project / ".env").write_text("DATABASE_URL=\nDB_POOL_SIZE=\n")
    assert "DATABASE_URL is required" in str(refusal())


def test_environment_wins_over_the_current_folder_and_that_over_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = project / "inner"
    inner.mkdir()
    (project / ".env").write_text("DATABASE_URL=embedded\nDB_POOL_SIZE=3\nMAX_WORKERS=3\nDAGSTER_PORT=3333\n")
    monkeypatch.chdir(inner)
    assert Settings().db_pool_size == 3
    (inner / ".env").write_text("DB_POOL_SIZE=5\nMAX_WORKERS=5\n")
    (inner / "pyproject.toml").unlink(missing_ok=True)
    monkeypatch.setenv("MAX_WORKERS", "7")
    settings = Settings(database_url="embedded")
    assert (settings.max_workers, settings.db_pool_size) == (7, 5)


def test_dotenv_of_the_project_is_read_from_a_folder_below(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".env").write_text("DATABASE_URL=embedded\nDAGSTER_PORT=3333\n", encoding="utf-8-sig")
    (project / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(project / "a" / "b")
    assert Settings().dagster_port == 3333


def test_unknown_variables_are_ignored(project: Path) -> None:
    (project / ".env").write_text("DATABASE_URL=embedded\nSOMETHING_ELSE=1\n")
    assert Settings().database_url.get_secret_value() == "embedded"


def test_argument_wins_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "embedded")
    assert Settings(database_url=URL).database_url.get_secret_value() == URL


def test_relative_folders_start_at_the_project_root(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    settings = Settings(database_url="embedded", log_dir="elsewhere/logs")
    assert settings.wdh_home == project / ".wdh"
    assert settings.landing_root == project / ".wdh" / "landing"
    assert settings.log_dir == project / "elsewhere" / "logs"


def test_absolute_folders_stay(tmp_path: Path) -> None:
    assert Settings(database_url="embedded", landing_root="/srv/landing").landing_root == Path("/srv/landing")


def test_without_a_project_the_current_folder_is_the_root(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    if all(not (parent / mark).exists() for parent in project.parents for mark in ("pyproject.toml", ".env")):
        assert project_root() == project


@pytest.mark.parametrize(
    "url", [URL, "postgres://h/d", "postgresql+psycopg2://u@h/d", "postgresql:///d?host=/run/pg", "embedded"]
)
def test_postgres_urls_and_embedded_are_taken(url: str) -> None:
    assert Settings(database_url=url).database_url.get_secret_value() == url


@pytest.mark.parametrize(
    "url", ["mysql://u:hunter22@h/d", "sqlite:///x.db", "Embedded", "postgresql:", "h/d", "http://[x"]
)
def test_other_databases_are_refused_without_telling_the_url(url: str) -> None:
    error = refusal(DATABASE_URL=url)
    assert "DATABASE_URL is ***" in str(error)
    assert "expected embedded or postgresql://" in str(error)
    assert "hunter22" not in str(error)


def test_production_takes_nothing_but_postgres() -> None:
    error = refusal(DATABASE_URL="embedded", ENVIRONMENT="prod", COMPANY_ID_SALT=OWN_SALT)
    assert "DATABASE_URL is 'embedded'; expected postgresql://" in str(error)
    assert "ENVIRONMENT is prod" in str(error)


@pytest.mark.parametrize("salt", [{}, {"COMPANY_ID_SALT": DEVELOPMENT_SALT}, {"COMPANY_ID_SALT": "   "}])
def test_production_wants_its_own_salt(salt: dict[str, str]) -> None:
    error = refusal(DATABASE_URL=URL, ENVIRONMENT="PROD", **salt)
    assert "COMPANY_ID_SALT is ***" in str(error)
    assert "a secret of your own" in str(error)


def test_production_with_postgres_and_salt_is_fine() -> None:
    settings = Settings(database_url=URL, environment="prod", company_id_salt=OWN_SALT)
    assert settings.company_id_salt.get_secret_value() == OWN_SALT


def test_development_has_a_salt_to_play_with() -> None:
    assert Settings(database_url="embedded").company_id_salt.get_secret_value() == DEVELOPMENT_SALT


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DB_POOL_SIZE", "1", "greater than or equal to 2"),
        ("DB_POOL_SIZE", "11", "less than or equal to 10"),
        ("DB_BATCH_SIZE", "0", "greater than or equal to 1"),
        ("MAX_WORKERS", "many", "a valid integer"),
        ("ENVIRONMENT", "production", "'dev', 'staging' or 'prod'"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO'"),
        ("DAGSTER_HOME", "relative/folder", "an absolute path"),
        ("DAGSTER_PORT", "70000", "less than or equal to 65535"),
        ("DAGSTER_POSTGRES_URL", "embedded", "postgresql+psycopg2://"),
        ("DAGSTER_POSTGRES_URL", "postgresql://u:p@h/d", "postgresql+psycopg2://"),
        ("SPARK_MEMORY", "plenty", "as 1500m or 2g"),
        ("SPARK_MEMORY", "0g", "as 1500m or 2g"),
        ("COMPANY_LOOKUP_URL", "lookup.example", "https://host/path or http://host/path"),
        ("COMPANY_LOOKUP_BUDGET", "-1", "greater than or equal to 0"),
        ("COMPANY_LOOKUP_TIMEOUT_S", "0", "greater than 0"),
        ("ALERT_WEBHOOK_URL", "mailto:ops@example.com", "https://host/path"),
        ("ALERT_SMTP_URL", "mail.example.com", "smtp://user:password@host:587"),
    ],
)
def test_wrong_values_are_told_with_variable_value_and_expectation(
    name: str, value: str, expected: str
) -> None:
    error = refusal(DATABASE_URL="embedded", **{name: value})
    first = str(error).splitlines()[0]
    assert first.startswith(f"{name} is ")
    assert expected in first
    assert f"Fix: set {name} " in str(error)
    assert error.evidence["variables"] == (name,)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https://u:hunter22@host/",
        "https://host/?key=hunter22",
        "https://host/#hunter22",
        "https://host:0/",
        "https://host:70000/",
        "https://ho st/",
        "https://[::1",
        "https://主机/",
        "ftp://host/",
    ],
)
def test_other_addresses_of_the_lookup_are_refused(url: str) -> None:
    error = refusal(DATABASE_URL="embedded", COMPANY_LOOKUP_URL=url, COMPANY_LOOKUP_TOKEN="a-token")
    assert error.evidence["variables"] == ("COMPANY_LOOKUP_URL",)
    assert "expected https://host/path" in str(error)


def test_a_lookup_wants_a_token_that_fits_into_a_header() -> None:
    assert "COMPANY_LOOKUP_TOKEN" in str(refusal(DATABASE_URL="embedded", COMPANY_LOOKUP_URL="http://h"))
    error = refusal(DATABASE_URL="embedded", COMPANY_LOOKUP_URL="http://h", COMPANY_LOOKUP_TOKEN="to ken-x")
    assert "COMPANY_LOOKUP_TOKEN is ***" in str(error)
    assert "to ken-x" not in str(error)


def test_production_calls_nobody_without_tls() -> None:
    outside = {
        "COMPANY_LOOKUP_URL": "http://h",
        "COMPANY_LOOKUP_TOKEN": "t",
        "ALERT_WEBHOOK_URL": "http://h/k3y",
    }
    error = refusal(DATABASE_URL=URL, ENVIRONMENT="prod", COMPANY_ID_SALT=OWN_SALT, **outside)
    assert error.evidence["variables"] == ("COMPANY_LOOKUP_URL", "ALERT_WEBHOOK_URL")
    assert str(error).count("https://host/path, as ENVIRONMENT is prod") == 2
    assert "k3y" not in str(error)
    assert Settings(database_url="embedded", alert_webhook_url="http://h/k3y").alert_webhook_url


def test_without_anything_set_nobody_outside_is_called() -> None:
    settings = Settings(database_url="embedded")
    assert (settings.company_lookup_url, settings.alert_webhook_url, settings.alert_smtp_url) == (None,) * 3
    assert (settings.company_lookup_budget, settings.company_lookup_timeout_s) == (5, 3.0)


def test_mail_wants_a_sender_and_receivers() -> None:
    error = refusal(DATABASE_URL="embedded", ALERT_SMTP_URL="smtp://h")
    assert error.evidence["variables"] == ("ALERT_EMAIL_FROM", "ALERT_EMAIL_TO")
    people = {"alert_email_from": "hub@h.de", "alert_email_to": "a@h.de, b@h.de"}
    assert Settings(database_url="embedded", alert_smtp_url="smtp://u:p@h", **people).alert_email_to


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALERT_EMAIL_TO", "a@h.de,"),
        ("ALERT_EMAIL_TO", "a@h.de; b@h.de"),
        ("ALERT_EMAIL_TO", "A <a@h.de>"),
        ("ALERT_EMAIL_FROM", "a@h.de, b@h.de"),
        ("ALERT_EMAIL_FROM", "nobody"),
        ("ALERT_SMTP_URL", "smtp://user@h"),
        ("ALERT_SMTP_URL", "smtp://h/box"),
        ("ALERT_SMTP_URL", "https://h"),
    ],
)
def test_other_mail_settings_are_refused(name: str, value: str) -> None:
    right = {"ALERT_SMTP_URL": "smtp://h", "ALERT_EMAIL_FROM": "a@h.de", "ALERT_EMAIL_TO": "b@h.de"}
    assert name in refusal(DATABASE_URL="embedded", **{**right, name: value}).evidence["variables"]


def test_secrets_of_the_outside_are_listed_and_do_not_show() -> None:
    outside = {
        "company_lookup_url": "http://h",
        "company_lookup_token": "tok-1234",
        "alert_webhook_url": "https://h/k3y-1234",
        "alert_webhook_secret": "seal-1234",
        "alert_smtp_url": "smtp://u:mail%21-1234@h",
        "alert_email_from": "a@h.de",
        "alert_email_to": "b@h.de",
    }
    settings = Settings(database_url="embedded", **outside)
    assert set(settings.secrets()) == {
        "tok-1234", "https://h/k3y-1234", "seal-1234", "mail%21-1234", "mail!-1234"
    }  # fmt: skip
    assert "1234" not in repr(settings)


def test_all_wrong_values_are_told_at_once() -> None:
    error = refusal(DB_POOL_SIZE="0", MAX_WORKERS="x")
    assert error.evidence["variables"] == ("DATABASE_URL", "MAX_WORKERS", "DB_POOL_SIZE")


def test_level_and_environment_may_be_written_in_any_case() -> None:
    settings = Settings(database_url="embedded", log_level="debug", environment="Staging")
    assert (settings.log_level, settings.environment) == ("DEBUG", "staging")


def test_secrets_show_neither_in_print_nor_in_tracebacks() -> None:
    settings = Settings(database_url=URL, company_id_salt=OWN_SALT)
    assert "s3cret-pw" not in repr(settings)
    assert OWN_SALT not in repr(settings)
    error = refusal(DATABASE_URL="mysql://u:hunter22@h/d")
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_secrets_are_listed_for_the_log_as_written_and_as_meant() -> None:
    settings = Settings(database_url="postgresql://u:a%40b-long@h/d", company_id_salt=OWN_SALT)
    assert set(settings.secrets()) == {OWN_SALT, "a%40b-long", "a@b-long"}
    assert Settings(database_url="embedded").secrets() == ()


def test_dotenv_that_is_no_text_is_refused(project: Path) -> None:
    (project / ".env").write_bytes(b"DATABASE_URL=\xff\xfe\n")
    assert ".env can't be read" in str(refusal())


def test_settings_are_read_once_until_the_cache_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    get_settings.cache_clear()
    monkeypatch.setenv("DATABASE_URL", "embedded")
    first = get_settings()
    monkeypatch.setenv("MAX_WORKERS", "9")
    assert get_settings() is first
    get_settings.cache_clear()
    assert get_settings().max_workers == 9
    get_settings.cache_clear()


def test_settings_are_frozen() -> None:
    settings = Settings(database_url="embedded")
    with pytest.raises(ValueError, match="frozen"):
        settings.max_workers = 3


def test_nothing_is_read_at_import(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff")
    environment = {**os.environ, "ENVIRONMENT": "nonsense", "DB_POOL_SIZE": "nonsense"}
    code = (
        "import work_data_hub.config.settings, work_data_hub.config.loader, work_data_hub.config.env_example"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
