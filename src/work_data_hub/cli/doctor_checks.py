"""The single checks of `wdh doctor`; each looks at one thing and says how to put it right."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from work_data_hub.domain.kernel.errors import HubError, InputRefusedError

if TYPE_CHECKING:
    from work_data_hub.application.sources import SourceSpec
    from work_data_hub.config.settings import Settings
    from work_data_hub.io.connectors.drops import DropFolder

PYTHONS = ((3, 11), (3, 13))
NEEDED_BYTES = 2 * 1024**3
_COMFORTABLE_BYTES = 5 * 1024**3
_GIB = 1024**3


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    name: str
    verdict: Verdict
    detail: str
    fix: str = ""


Check = Callable[[], tuple[Verdict, str, str]]


def look(name: str, check: Check) -> Finding:
    """Run a check; whatever it raises is a finding."""
    try:
        return Finding(name, *check())
    except HubError as error:
        where = f" ({error.where})" if error.where else ""
        return Finding(name, Verdict.WRONG, error.what + where, error.fix)
    except Exception as error:  # noqa: BLE001 - a doctor does not die of the disease
        said = " ".join(str(error).split())
        return Finding(
            name,
            Verdict.WRONG,
            f"{type(error).__name__}: {said}",
            "a fault of the hub itself: report it with this message",
        )


def _settings() -> "Settings":
    from work_data_hub.config.settings import get_settings

    return get_settings()


def _python() -> tuple[Verdict, str, str]:
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Verdict.OK, version, ""
    return Verdict.WRONG, version, "use Python 3.11 to 3.13; scripts/start gets one"


def _readable_settings() -> tuple[Verdict, str, str]:
    settings = _settings()
    return Verdict.OK, f"ENVIRONMENT={settings.environment}, LOG_LEVEL={settings.log_level}", ""


def _home() -> tuple[Verdict, str, str]:
    home = _settings().wdh_home
    if os.access(_existing(home), os.W_OK | os.X_OK):
        return Verdict.OK, str(home), ""
    return (
        Verdict.WRONG,
        f"{home} is not writable",
        "change its permissions or set WDH_HOME to a folder of yours",
    )


def _disk() -> tuple[Verdict, str, str]:
    home = _settings().wdh_home
    free = free_bytes(home)
    said = f"{free / _GIB:.1f} GiB free at {home}"
    fix = "free some space, or set WDH_HOME to another disk"
    if free < NEEDED_BYTES:
        return Verdict.WRONG, f"{said}, less than {NEEDED_BYTES // _GIB}", fix
    return (Verdict.OK, said, "") if free >= _COMFORTABLE_BYTES else (Verdict.WARN, said, fix)


def free_bytes(folder: Path) -> int:
    """Give the free space of the disk a folder lies on, or will lie on."""
    return shutil.disk_usage(_existing(folder)).free


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _database() -> tuple[Verdict, str, str]:
    from work_data_hub.bootstrap import EMBEDDED, warehouse_url
    from work_data_hub.cli.migrations import schema_state
    from work_data_hub.io.embedded.server import EmbeddedServer

    settings = _settings()
    if settings.database_url.get_secret_value() == EMBEDDED:
        if EmbeddedServer(settings.wdh_home).status().data_dir is None:
            return Verdict.WARN, "the embedded Postgres has not been set up yet", "run scripts/start"
        kind = "embedded Postgres"
    else:
        kind = "Postgres server"
    with warehouse_url(settings) as url:
        schema = schema_state(url)
    if schema.at_head:
        return Verdict.OK, f"{kind} answers; schema at {schema.current}", ""
    return (
        Verdict.WRONG,
        f"schema at {schema.current or 'base'}, newest is {schema.head}",
        "run `wdh db upgrade`",
    )


def _dagster_home() -> tuple[Verdict, str, str]:
    home = _settings().dagster_home
    if home is None:
        return Verdict.WRONG, "DAGSTER_HOME is not set", "run scripts/start, which writes it into .env"
    if not home.is_dir():
        return Verdict.WRONG, f"{home} is not there", f"run scripts/start, or `mkdir -p {home}`"
    if not (home / "dagster.yaml").exists():
        return Verdict.WARN, f"{home} has no dagster.yaml: Dagster's defaults hold", "run scripts/start"
    return Verdict.OK, str(home), ""


def _dagster_storage() -> tuple[Verdict, str, str]:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError

    from work_data_hub.orchestration.instance import reads_pooled_storage, require_own_database

    settings = _settings()
    url, home = settings.dagster_postgres_url, settings.dagster_home
    if url is None:
        return Verdict.OK, "runs are kept in files below DAGSTER_HOME", ""
    require_own_database(settings)
    if home is not None and (home / "dagster.yaml").exists() and not reads_pooled_storage(home):
        fix = f"keep what you changed in {home / 'dagster.yaml'}, remove it, and run scripts/start"
        return Verdict.WARN, "dagster.yaml does not read DAGSTER_POSTGRES_URL as this version writes it", fix
    try:
        create_engine(url.get_secret_value()).connect().close()
    except OperationalError as error:
        said = str(error.orig).splitlines()[0]
        return Verdict.WRONG, said, "start the server, or correct DAGSTER_POSTGRES_URL"
    return Verdict.OK, "runs are kept in Postgres", ""


def _landing() -> tuple[Verdict, str, str]:
    from work_data_hub.io.connectors.drops import DropFolder
    from work_data_hub.io.connectors.file_connector import FileConnector
    from work_data_hub.registry import load_domains

    settings = _settings()
    root = settings.landing_root
    if not root.is_dir():
        return Verdict.WARN, f"{root} is not there", "run `wdh sample-data`, or set LANDING_ROOT"
    finder, box = FileConnector(root), DropFolder(root)
    domains = load_domains(settings)
    months = {name: len(finder.months(d.source)) for name, d in domains.items() if d.source}
    drops = {name: _fallen(box, d.drops.values()) for name, d in domains.items() if d.drops}
    said = ", ".join(
        (
            *(f"{name} {number} months" for name, number in months.items()),
            *(f"{name} {number} of {len(domains[name].drops)} drops" for name, number in drops.items()),
        )
    )
    if not any((*months.values(), *drops.values())):
        return Verdict.WARN, f"{root} holds no file", "run `wdh sample-data`, or drop files there"
    return Verdict.OK, f"{root}: {said}", ""


def _fallen(box: "DropFolder", sources: "Iterable[SourceSpec]") -> int:
    """Count the drops that can be found; what stands in the way of others is told by a run."""
    found = 0
    for source in sources:
        try:
            found += bool(box.glance(source))
        except InputRefusedError:
            continue
    return found


def _domains() -> tuple[Verdict, str, str]:
    from work_data_hub.registry import load_domains

    domains = load_domains(_settings())
    tables = sum(len(domain.tables) for domain in domains.values())
    return Verdict.OK, f"{', '.join(domains)}: {tables} tables", ""


def _port() -> tuple[Verdict, str, str]:
    from work_data_hub.cli.webserver import port_is_free

    port = _settings().dagster_port
    if port_is_free(port):
        return Verdict.OK, f"{port} is free", ""
    return Verdict.WARN, f"{port} is in use; is the UI running already?", "`wdh start --port N` takes another"


def _look_up() -> tuple[Verdict, str, str]:
    settings = _settings()
    if settings.company_lookup_url is None:
        return Verdict.OK, "off", ""
    host, budget = urlsplit(settings.company_lookup_url).hostname, settings.company_lookup_budget
    if budget == 0:
        return Verdict.WARN, f"{host}, but no call may be made", "raise COMPANY_LOOKUP_BUDGET"
    return Verdict.OK, f"{host}, {budget} calls a run", ""


def _alerts() -> tuple[Verdict, str, str]:
    """Name the hosts that alerts go to; a webhook's path is a secret."""
    settings = _settings()
    told = ["log"]
    if (webhook := settings.alert_webhook_url) is not None:
        told.append(f"webhook {urlsplit(webhook.get_secret_value()).hostname}")
    if (mail := settings.alert_smtp_url) is not None:
        receivers = len((settings.alert_email_to or "").split(","))
        told.append(f"mail by {urlsplit(mail.get_secret_value()).hostname} to {receivers} receivers")
    if len(told) == 1 and str(settings.environment) == "prod":
        return Verdict.WARN, "the log alone", "set ALERT_WEBHOOK_URL or ALERT_SMTP_URL"
    return Verdict.OK, ", ".join(told), ""


ALL_CHECKS: tuple[tuple[str, Check], ...] = (
    ("Python", _python),
    ("settings", _readable_settings),
    ("WDH_HOME", _home),
    ("disk", _disk),
    ("database", _database),
    ("DAGSTER_HOME", _dagster_home),
    ("run storage", _dagster_storage),
    ("landing root", _landing),
    ("domains", _domains),
    ("UI port", _port),
    ("company look-up", _look_up),
    ("alerts", _alerts),
)
