"""The one place where ports meet adapters; it knows no orchestrator."""

import getpass
import hashlib
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import SecretStr

from work_data_hub.application.alerts.delivery import AlertSink
from work_data_hub.application.build import BuildRun
from work_data_hub.application.companies.rekey import RekeyedMonth, rekey, tell_nobody
from work_data_hub.application.companies.search import CompanyBook, CompanySearch, SearchReport
from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.plan import MonthPlan, plan_month
from work_data_hub.application.runs import RunInfo
from work_data_hub.application.status import StatusReader
from work_data_hub.config.loader import load_domain_config, load_source_specs
from work_data_hub.config.settings import Environment, Settings
from work_data_hub.domain.annuity import tables as annuity
from work_data_hub.domain.annuity.ports import CompanyLookup
from work_data_hub.domain.kernel.build import Emit, ignore_event
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.alerts.sinks import alert_sinks
from work_data_hub.io.connectors.file_connector import FileConnector
from work_data_hub.io.embedded.server import EmbeddedServer
from work_data_hub.io.loader.companies import WarehouseCompanies
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.quarantine import WarehouseQuarantine
from work_data_hub.io.loader.recent import RecentScopes
from work_data_hub.io.loader.store import WarehouseStore, pass_by
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.lookup.http_lookup import lookup_from
from work_data_hub.io.readers.excel_reader import ExcelReader
from work_data_hub.utils.logging import get_logger

EMBEDDED = "embedded"
_CODE_FOLDERS = ("domain", "cleansing")
# rows for tests and newcomers are no business rule
_INVENTED = "sample"
_WAREHOUSE_PORTS = {"store", "ledger", "quarantine"}


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Give the time in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Give monotonic seconds."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Hub:
    """A wired hub: domains, ports and the version of the business code."""

    settings: Settings
    ports: Ports
    domains: Mapping[str, Domain]
    code_version: str
    companies: CompanyBook | None = None
    lookup: CompanyLookup | None = None
    alerts: tuple[AlertSink, ...] = ()

    def domain(self, name: str) -> Domain:
        """Give a domain by name."""
        if name not in self.domains:
            raise UsageError(
                f"there is no domain {name!r}", expected=", ".join(self.domains), fix="name one of these"
            )
        return self.domains[name]

    def start_run(
        self,
        domain: str,
        *,
        run_id: str | None = None,
        actor: str | None = None,
        force: bool = False,
        emit: Emit = ignore_event,
    ) -> BuildRun:
        """Begin a run over a domain's tables."""
        run = RunInfo(
            run_id or str(uuid.uuid4()), self.ports.clock.now(), actor or _user(), self.code_version
        )
        return BuildRun(self.ports, self.domain(domain), run, force, emit)

    def plan(self, domain: str, period: Period) -> MonthPlan:
        """Say what a run of a month would touch."""
        return plan_month(self.ports, self.domain(domain), period, self.code_version)

    def status(self, domain: str) -> StatusReader:
        """Give the reader of table states."""
        return StatusReader(self.ports, self.domain(domain), self.code_version)

    def search_companies(self) -> SearchReport:
        """Look for the companies of queued names, outside within the budget of a run."""
        search = CompanySearch(self._companies(), self.lookup, self.settings.company_lookup_budget)
        return search.run(self.ports.clock.now())

    def rekey_companies(
        self, run: BuildRun, tell: Callable[[Period, str], None] = tell_nobody
    ) -> tuple[RekeyedMonth, ...]:
        """Put known company ids in the place of temporary ones, month by month."""
        return rekey(run, self._companies(), tell)

    def _companies(self) -> CompanyBook:
        if self.companies is None:
            raise UsageError("this hub keeps no company queue", fix="build it on a warehouse")
        return self.companies


@contextmanager
def build_hub(settings: Settings, **overrides: Any) -> Iterator[Hub]:
    """Wire a hub; overrides replace ports by name, and `at` hears the named points of each publish."""
    with ExitStack() as stack:
        clock = overrides.get("clock") or SystemClock()
        warehouse = _warehouse(settings, clock, stack, overrides)
        companies = warehouse.pop("companies", None)
        ports = Ports(
            finder=overrides.get("finder") or FileConnector(settings.landing_root),
            reader=overrides.get("reader") or ExcelReader(),
            **warehouse,
            clock=clock,
        )
        lookup = overrides.get("lookup") or _lookup(settings)
        domains = load_domains(settings)
        yield Hub(settings, ports, domains, code_version(), companies, lookup, _alerts(settings))


def _lookup(settings: Settings) -> CompanyLookup | None:
    token = _plain(settings.company_lookup_token)
    return lookup_from(settings.company_lookup_url, token, settings.company_lookup_timeout_s)


def _alerts(settings: Settings) -> tuple[AlertSink, ...]:
    return alert_sinks(
        webhook_url=_plain(settings.alert_webhook_url),
        webhook_secret=_plain(settings.alert_webhook_secret),
        smtp_url=_plain(settings.alert_smtp_url),
        email_from=settings.alert_email_from,
        email_to=settings.alert_email_to,
        require_tls=settings.environment is Environment.PROD,
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _warehouse(
    settings: Settings, clock: SystemClock, stack: ExitStack, overrides: Mapping[str, Any]
) -> dict[str, Any]:
    if overrides.keys() >= _WAREHOUSE_PORTS:
        return {name: overrides[name] for name in (*_WAREHOUSE_PORTS, "companies") if name in overrides}
    loader = WarehouseLoader(
        stack.enter_context(warehouse_url(settings)),
        pool_size=settings.db_pool_size,
        batch_rows=settings.db_batch_size,
        on_event=overrides.get("on_event") or _log_event,
    )
    stack.callback(loader.disconnect)
    at: Callable[[str], None] = overrides.get("at") or pass_by
    made = {
        "store": WarehouseStore(loader, clock, at, RecentScopes()),
        "ledger": WarehouseLedger(loader),
        "quarantine": WarehouseQuarantine(loader),
        "companies": WarehouseCompanies(loader),
    }
    return made | {name: overrides[name] for name in made if name in overrides}


def _log_event(name: str, facts: Mapping[str, object]) -> None:
    get_logger("work_data_hub.warehouse").warning(name, **facts)


def warehouse_url(settings: Settings, database: str = "wdh") -> AbstractContextManager[str]:
    """Give the warehouse's URL; the embedded server runs as long as the context is open."""
    return _warehouse_url(settings, database)


@contextmanager
def _warehouse_url(settings: Settings, database: str) -> Iterator[str]:
    if settings.database_url.get_secret_value() != EMBEDDED:
        yield settings.database_url.get_secret_value()
        return
    server = EmbeddedServer(settings.wdh_home)
    with server.ensure():
        yield server.url(database)


def load_domains(settings: Settings) -> dict[str, Domain]:
    """Load and validate the configuration of all domains, before any file is looked at."""
    sources = load_source_specs()
    config = load_domain_config("annuity", settings)
    return {
        "annuity": Domain(
            name="annuity",
            source=sources["annuity"],
            config=config,
            config_fingerprint=config.fingerprint(),
            start=Period.parse(config.start_month),
            intakes=annuity.INTAKES,
            builds=annuity.BUILDS,
        )
    }


@lru_cache
def code_version() -> str:
    """Hash the source of the business rules: results made by other code are stale."""
    digest = hashlib.sha256()
    root = files("work_data_hub")
    for folder in _CODE_FOLDERS:
        for name, content in sorted(_sources(root / folder, folder)):
            digest.update(name.encode())
            digest.update(content)
    return digest.hexdigest()[:12]


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir() and entry.name != _INVENTED:
            yield from _sources(entry, name)
        elif entry.name.endswith(".py"):
            yield name, entry.read_bytes()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
