"""The one place where ports meet adapters; it knows no orchestrator."""

import getpass
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from work_data_hub.application.alerts.delivery import AlertSink
from work_data_hub.application.build import BuildRun
from work_data_hub.application.companies.rekey import RekeyedMonth, rekey, tell_nobody
from work_data_hub.application.companies.search import CompanyBook, CompanySearch, SearchReport
from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.plan import MonthPlan, WholePlan, plan_all, plan_month
from work_data_hub.application.runs import RunInfo
from work_data_hub.application.status import StatusReader
from work_data_hub.config.settings import Environment, Settings
from work_data_hub.domain.annuity.ports import CompanyLookup
from work_data_hub.domain.kernel.build import Emit, ignore_event
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.frame_adapter import PandasFrameAdapter
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.alerts.sinks import alert_sinks
from work_data_hub.io.connectors.drops import DropFolder
from work_data_hub.io.connectors.file_connector import FileConnector
from work_data_hub.io.embedded.server import EmbeddedServer
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.loader.champions import WarehouseChampions
from work_data_hub.io.loader.companies import WarehouseCompanies
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.quarantine import WarehouseQuarantine
from work_data_hub.io.loader.recent import RecentScopes
from work_data_hub.io.loader.retry import Listener
from work_data_hub.io.loader.store import WarehouseStore, pass_by
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.lookup.http_lookup import lookup_from
from work_data_hub.io.readers.excel_reader import ExcelReader
from work_data_hub.io.tracking.tracker import MlflowTracker
from work_data_hub.registry import load_domains
from work_data_hub.utils.logging import get_logger

if TYPE_CHECKING:
    from work_data_hub.application.release.records import Releasable
    from work_data_hub.application.release.releases import Releases
    from work_data_hub.io.lake.tables import LakeTables
    from work_data_hub.io.spark.engine import SparkEngine
    from work_data_hub.io.spark.lake import SparkLakeTables

EMBEDDED = "embedded"
PANDAS = "pandas"
ENGINES = (PANDAS, "spark")
_WAREHOUSE_PORTS = {"store", "ledger", "quarantine"}
_BESIDE = ("companies", "champions", "tracker")


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
    """A wired hub: domains, ports and what stands beside them."""

    settings: Settings
    ports: Ports
    domains: Mapping[str, Domain]
    companies: CompanyBook | None = None
    lookup: CompanyLookup | None = None
    alerts: tuple[AlertSink, ...] = ()
    release_desk: Callable[[Mapping[str, Domain]], AbstractContextManager["Releases"]] | None = None

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
        chosen = self.domain(domain)
        run = RunInfo(
            run_id or str(uuid.uuid4()), self.ports.clock.now(), actor or _user(), chosen.code_version
        )
        return BuildRun(self.ports, chosen, run, force, emit)

    def plan(self, domain: str, period: Period) -> MonthPlan:
        """Say what a run of a month would touch."""
        return plan_month(self.ports, self.domain(domain), period)

    def plan_all(self, domain: str) -> WholePlan:
        """Say what a run of a whole domain would touch."""
        return plan_all(self.ports, self.domain(domain))

    def status(self, domain: str) -> StatusReader:
        """Give the reader of table states."""
        return StatusReader(self.ports, self.domain(domain))

    def search_companies(self) -> SearchReport:
        """Look for the companies of queued names, outside within the budget of a run."""
        search = CompanySearch(self._companies(), self.lookup, self.settings.company_lookup_budget)
        return search.run(self.ports.clock.now())

    def rekey_companies(
        self, run: BuildRun, tell: Callable[[Period, str], None] = tell_nobody
    ) -> tuple[RekeyedMonth, ...]:
        """Put known company ids in the place of temporary ones, month by month."""
        return rekey(run, self._companies(), tell)

    def releases(self) -> AbstractContextManager["Releases"]:
        """Open what is released of all domains."""
        if self.release_desk is None:
            raise UsageError("this hub keeps no releases", fix="build it on a warehouse")
        return self.release_desk(self.domains)

    def _companies(self) -> CompanyBook:
        if self.companies is None:
            raise UsageError("this hub keeps no company queue", fix="build it on a warehouse")
        return self.companies


@contextmanager
def build_hub(settings: Settings, **overrides: Any) -> Iterator[Hub]:
    """Wire a hub; overrides replace ports by name, and `at` hears the named points of each publish.

    With `engine` as "spark", features are computed and the lake is read and written by Spark.
    """
    spark = _spark(settings, overrides.get("engine") or PANDAS)
    with ExitStack() as stack:
        clock = overrides.get("clock") or SystemClock()
        warehouse = _warehouse(settings, clock, stack, {**overrides, "spark": spark})
        companies, desk = warehouse.pop("companies", None), warehouse.pop("release_desk", None)
        ports = Ports(
            finder=overrides.get("finder") or FileConnector(settings.landing_root),
            reader=overrides.get("reader") or ExcelReader(),
            **warehouse,
            clock=clock,
            drops=overrides.get("drops") or DropFolder(settings.landing_root),
            frames=spark.frame if spark else PandasFrameAdapter.from_pandas,
        )
        lookup = overrides.get("lookup") or _lookup(settings)
        domains = load_domains(settings)
        yield Hub(settings, ports, domains, companies, lookup, _alerts(settings), desk)


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
        return {name: overrides[name] for name in (*_WAREHOUSE_PORTS, *_BESIDE) if name in overrides}
    url, on_event = stack.enter_context(warehouse_url(settings)), overrides.get("on_event") or _log_event
    loader = WarehouseLoader(
        url, pool_size=settings.db_pool_size, batch_rows=settings.db_batch_size, on_event=on_event
    )
    stack.callback(loader.disconnect)
    spark: SparkEngine | None = overrides.get("spark")
    if spark:
        shelf = LakeShelf(loader, partial(_spark_lake, spark, settings, url), on_event)
    else:
        shelf = lake_shelf(settings, url, loader, on_event)
    stack.callback(shelf.close)
    at: Callable[[str], None] = overrides.get("at") or pass_by
    made = {
        "store": WarehouseStore(loader, clock, at, RecentScopes(), shelf),
        "ledger": WarehouseLedger(loader),
        "quarantine": WarehouseQuarantine(loader),
        "companies": WarehouseCompanies(loader),
        "champions": WarehouseChampions(loader),
        "tracker": MlflowTracker(url, settings.wdh_home),
        "release_desk": partial(_releases, settings, url, clock, at),
    }
    return made | {name: overrides[name] for name in made if name in overrides}


def _releases(
    settings: Settings, url: str, clock: SystemClock, at: Callable[[str], None], domains: Mapping[str, Domain]
) -> AbstractContextManager["Releases"]:
    # only commands about releases need to read and write Parquet
    from work_data_hub.io.release.opening import open_releases

    return open_releases(
        url,
        settings.release_place,
        {item.contract.key: item for domain in domains.values() for item in releasable(domain)},
        clock,
        part_bytes=settings.release_part_mb * 1024 * 1024,
        keep_days=settings.release_keep_days,
        at=at,
    )


def releasable(domain: Domain) -> tuple["Releasable", ...]:
    """Give the tables of a domain that may leave the house."""
    from work_data_hub.application.release.records import Releasable

    dataset = domain.dataset or domain.name
    return tuple(Releasable(domain.table(key).contract, dataset) for key in domain.releasable)


def lake_shelf(
    settings: Settings, warehouse: str, loader: WarehouseLoader, on_event: Listener | None = None
) -> LakeShelf:
    """Give the lake of a warehouse; nothing is opened before a lake table is touched."""
    return LakeShelf(loader, partial(_lake, settings, warehouse), on_event or _log_event)


def _spark(settings: Settings, engine: str) -> "SparkEngine | None":
    if engine not in ENGINES:
        raise UsageError(
            f"there is no engine {engine!r}", expected=" or ".join(ENGINES), fix="name one of these"
        )
    if engine == PANDAS:
        return None
    from work_data_hub.io.spark.engine import SparkEngine
    from work_data_hub.io.spark.session import SparkPlace

    return SparkEngine(SparkPlace(settings.wdh_home, settings.spark_master, settings.spark_memory))


def _spark_lake(spark: "SparkEngine", settings: Settings, warehouse: str) -> "SparkLakeTables":
    catalog = settings.lake_catalog_url.get_secret_value() if settings.lake_catalog_url else None
    return spark.lake(settings.lake_place, warehouse, catalog)


def _lake(settings: Settings, warehouse: str) -> "LakeTables":
    # the lake's library takes a while to load, and a hub without lake tables needs none of it
    from work_data_hub.io.lake.opening import lake_tables

    catalog = settings.lake_catalog_url.get_secret_value() if settings.lake_catalog_url else None
    return lake_tables(settings.lake_place, warehouse, catalog)


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


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
