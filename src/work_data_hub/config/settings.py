"""The settings of one process, typed; they are read when asked for, never at import."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from work_data_hub.config.addresses import mail_address, mail_server, sent_as_it_is, web_address
from work_data_hub.config.problems import settings_error
from work_data_hub.domain.kernel.errors import ConfigurationError

EMBEDDED: Final = "embedded"
DEVELOPMENT_SALT: Final = "development-only"

_POSTGRES_SCHEMES: Final = ("postgresql", "postgres", "postgresql+psycopg2")
_POSTGRES_FORM: Final = "postgresql://user:password@host:5432/database"
_ROOT_MARKS: Final = ("pyproject.toml", ".env")


class Environment(StrEnum):
    """Where the hub runs."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class Settings(BaseSettings):
    """All settings; an argument wins over the environment, that over ./.env, that over the project's .env."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        env_file_encoding="utf-8-sig",
        validate_default=True,
    )

    environment: Environment = Field(
        Environment.DEV, description="dev, staging or prod; prod takes nothing but a PostgreSQL URL."
    )
    database_url: SecretStr = Field(
        description="The warehouse: embedded (a private Postgres of this folder) or a PostgreSQL URL. Required.",
        examples=[EMBEDDED],
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "INFO", description="Least level that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
    log_dir: Path = Field(Path("logs"), description="Folder of the daily log files, written in prod alone.")
    wdh_home: Path = Field(Path(".wdh"), description="Folder of what the hub keeps: the embedded Postgres.")
    lake_root: str | None = Field(
        None,
        description="Folder of the lake's tables, or a URL as s3://bucket/lake; without it lake below WDH_HOME.",
    )
    lake_catalog_url: SecretStr | None = Field(
        None, description="PostgreSQL URL of the lake's catalog; without it wdh_iceberg beside the warehouse."
    )
    landing_root: Path = Field(Path(".wdh/landing"), description="Folder into which the monthly files fall.")
    release_root: Path | None = Field(
        None, description="Folder below which release/gold/{table}/… lies; without it WDH_HOME."
    )
    release_part_mb: int = Field(
        256, ge=1, le=4096, description="Size at which a release starts another file, in MiB."
    )
    release_keep_days: int = Field(
        7, ge=0, le=3650, description="Days for which releases are kept that are not current."
    )
    max_workers: int = Field(2, ge=1, le=64, description="How many runs may work at once, from 1.")
    db_pool_size: int = Field(4, ge=2, le=10, description="Connections of one process, 2 to 10.")
    db_batch_size: int = Field(65_536, ge=1, description="Rows that are sent to the warehouse at a time.")
    spark_master: str = Field(
        "local[2]", description="Where Spark works, if it is chosen: local[2], or a cluster's address."
    )
    spark_memory: str = Field("2g", description="Memory that Spark's driver may take, as 2g or 1500m.")
    company_id_salt: SecretStr = Field(
        SecretStr(DEVELOPMENT_SALT),
        description="Secret behind temporary company ids; keep it for good. prod wants one of its own.",
    )
    dagster_home: Path | None = Field(
        None, description="Folder of the Dagster instance: absolute and existing; the start script writes it."
    )
    dagster_postgres_url: SecretStr | None = Field(
        None, description="PostgreSQL URL of Dagster's own storage; without it SQLite below DAGSTER_HOME."
    )
    dagster_port: int = Field(3000, ge=1, le=65_535, description="Port of the Dagster UI on this machine.")
    company_lookup_url: str | None = Field(
        None, description="Address of the company look-up; without it nobody outside is asked."
    )
    company_lookup_token: SecretStr | None = Field(
        None, description="Token of the company look-up; it lives for 30 minutes."
    )
    company_lookup_budget: int = Field(
        5, ge=0, le=10_000, description="How many names one run may ask the company look-up for."
    )
    company_lookup_timeout_s: float = Field(
        3.0, gt=0, le=60, description="Seconds that one question to the company look-up may take."
    )
    alert_webhook_url: SecretStr | None = Field(
        None, description="Address that alerts are posted to as JSON; a secret, as most hold their key in it."
    )
    alert_webhook_secret: SecretStr | None = Field(
        None, description="Secret that signs what is posted, for a receiver that checks it."
    )
    alert_smtp_url: SecretStr | None = Field(
        None,
        description="Mail server for alerts: smtp://user:password@host:587, or smtps:// for TLS at once.",
    )
    alert_email_from: str | None = Field(None, description="Sender of alerts by mail.")
    alert_email_to: str | None = Field(None, description="Receivers of alerts by mail, with commas between.")

    def __init__(self, **values: Any) -> None:
        """Read the environment and .env; what is wrong is told by name in one ConfigurationError."""
        try:
            super().__init__(**{"_env_file": env_files(), **values})
        except ValidationError as error:
            raise settings_error(error, type(self)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f".env can't be read: {error}", expected="a text file in UTF-8", fix="correct or remove it"
            ) from error

    @field_validator("log_level", "environment", mode="before")
    @classmethod
    def _any_case(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        return value.strip().upper() if info.field_name == "log_level" else value.strip().lower()

    @field_validator("database_url")
    @classmethod
    def _warehouse(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        production = _production(info)
        url = value.get_secret_value()
        if _is_postgres(url) or (url == EMBEDDED and not production):
            return value
        raise ValueError(
            f"{_POSTGRES_FORM}, as ENVIRONMENT is prod" if production else f"{EMBEDDED} or {_POSTGRES_FORM}"
        )

    @field_validator("dagster_postgres_url")
    @classmethod
    def _dagster_storage(cls, value: SecretStr | None) -> SecretStr | None:
        # Dagster hands the text to SQLAlchemy as it is, which takes another driver for a bare postgresql://
        if value is not None and not value.get_secret_value().startswith("postgresql+psycopg2://"):
            raise ValueError("postgresql+psycopg2://user:password@host:5432/database")
        return value

    @field_validator("lake_root")
    @classmethod
    def _lake_place(cls, value: str | None) -> str | None:
        if value is None or "://" in value:
            return value and value.rstrip("/")
        return str(project_root() / Path(value).expanduser())

    @field_validator("lake_catalog_url")
    @classmethod
    def _lake_catalog(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_postgres(value.get_secret_value()):
            raise ValueError(_POSTGRES_FORM)
        return value

    @field_validator("spark_memory")
    @classmethod
    def _memory(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9][0-9]*[mg]", value):
            raise ValueError("a number of mebibytes or gibibytes, as 1500m or 2g")
        return value

    @field_validator("company_id_salt")
    @classmethod
    def _own_salt(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        production = _production(info)
        if production and value.get_secret_value().strip() in ("", DEVELOPMENT_SALT):
            raise ValueError("a secret of your own, kept for good, as ENVIRONMENT is prod")
        return value

    @field_validator("dagster_home")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError("an absolute path")
        return value

    @field_validator("company_lookup_url")
    @classmethod
    def _lookup(cls, value: str | None, info: ValidationInfo) -> str | None:
        return value if value is None else web_address(value, secure=_production(info), bare=True)

    @field_validator("company_lookup_token")
    @classmethod
    def _token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("company_lookup_url"):
            raise ValueError("a token, as COMPANY_LOOKUP_URL is set")
        if value is not None:
            sent_as_it_is(value.get_secret_value())
        return value

    @field_validator("alert_webhook_url")
    @classmethod
    def _webhook(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None:
            web_address(value.get_secret_value(), secure=_production(info))
        return value

    @field_validator("alert_smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            mail_server(value.get_secret_value())
        return value

    @field_validator("alert_email_from", "alert_email_to")
    @classmethod
    def _mail_addresses(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            if info.data.get("alert_smtp_url"):
                raise ValueError("a mail address, as ALERT_SMTP_URL is set")
            return None
        for address in value.split(",") if info.field_name == "alert_email_to" else (value,):
            mail_address(address.strip())
        return value

    @field_validator("wdh_home", "landing_root", "release_root", "log_dir")
    @classmethod
    def _from_project_root(cls, value: Path | None) -> Path | None:
        return value and project_root() / value.expanduser()

    @property
    def lake_place(self) -> str:
        """Where the lake's tables lie: a folder or a URL."""
        return self.lake_root or str(self.wdh_home / "lake")

    @property
    def release_place(self) -> Path:
        """The folder below which releases lie."""
        return self.release_root or self.wdh_home

    def secrets(self) -> tuple[str, ...]:
        """Give what must never be logged: salt, tokens, the passwords of URLs and the webhook's address."""
        return tuple(self._secrets())

    def _secrets(self) -> Iterator[str]:
        salt = self.company_id_salt.get_secret_value()
        if salt != DEVELOPMENT_SALT:
            yield salt
        for url in (
            self.database_url,
            self.lake_catalog_url,
            self.dagster_postgres_url,
            self.alert_smtp_url,
        ):
            password = urlsplit(url.get_secret_value()).password if url else ""
            if password:
                yield from (password, unquote(password))
        for secret in (self.company_lookup_token, self.alert_webhook_secret, self.alert_webhook_url):
            if secret:
                yield secret.get_secret_value()


def project_root() -> Path:
    """Find the folder with pyproject.toml or .env, from the current folder upwards; else the current one."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if any((folder / mark).is_file() for mark in _ROOT_MARKS):
            return folder
    return here


def env_files() -> tuple[Path, ...]:
    """Give the .env files that are read; a later one wins."""
    return tuple(dict.fromkeys((project_root() / ".env", Path.cwd() / ".env")))


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Give the settings of this process, read once."""
    return Settings()


def _production(info: ValidationInfo) -> bool:
    return info.data.get("environment") is Environment.PROD


def _is_postgres(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in _POSTGRES_SCHEMES and bool(parts.netloc or parts.query)
