"""The price desk with a small sample as files, its real graph, and stores in memory."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dagster as dg
from tests.fakes import FakeClock, FakeFinder, FakeLedger, FakeQuarantine, FakeReader
from tests.graph.shop_hub import settings
from tests.unit.application.models.pace import BookStore, FakeBook

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.io.connectors.drops import DropFolder
from work_data_hub.io.samples.pricing_landing import write_pricing
from work_data_hub.orchestration.definitions import build_defs
from work_data_hub.orchestration.resources import HubSession
from work_data_hub.registry import load_domains

MEMBERS = ("BU1", "BU2")
SMALL = PricingOptions(lines=2_400)
# so few trees that a training takes no time, and a rule that lets them in; the second unit has too few lines
_TRAINING = {
    "min_lines": 150,
    "every_months": 1,
    "folds": 2,
    "learner": {"n_estimators": 20, "quantile_estimators": 20, "num_threads": 1},
    "promotion": {"naive_margin": 0.0, "coverage": (0.3, 0.99)},
}


@dataclass
class PricingHub:
    """The graph of the price desk over files in a folder and frames in memory."""

    root: Path
    instance: dg.DagsterInstance
    ledger: FakeLedger = field(default_factory=FakeLedger)
    book: FakeBook = field(default_factory=FakeBook)

    def __post_init__(self) -> None:
        write_pricing(self.root, SMALL)
        self.store = BookStore(self.ledger, book=self.book)
        self.defs = build_defs(self.factory)

    @property
    def hub(self) -> Hub:
        """Give the hub as it is now."""
        ports = Ports(
            FakeFinder(),
            FakeReader(),
            self.store,
            self.ledger,
            FakeQuarantine(),
            FakeClock(),
            DropFolder(self.root),
            self.book,
        )
        return Hub(settings(), ports, {"pricing": _domain()})

    def factory(self) -> AbstractContextManager[Hub]:
        """Open the hub as a run would."""
        return nullcontext(self.hub)

    def run(self, job: str, month: str | None = None) -> dg.ExecuteInProcessResult:
        """Run a job of the graph, for a month where it has months."""
        return self.defs.resolve_job_def(job).execute_in_process(
            instance=self.instance, partition_key=month, resources={"hub": HubSession(self.hub)}
        )

    def shown(self, table: str, month: str) -> dict[str, Any]:
        """Give what the newest materialization of a table and month tells."""
        layer, name = table.split(".")
        wanted = dg.AssetRecordsFilter(dg.AssetKey(["pricing", layer, name]), asset_partitions=[month])
        (record,) = self.instance.fetch_materializations(wanted, limit=1).records
        assert record.asset_materialization is not None
        return {name: _plain(value) for name, value in record.asset_materialization.metadata.items()}


def _domain() -> Domain:
    domain = load_domains(settings(company_id_salt="abcdefgh12345678"))["pricing"]
    units = {name: _small(domain.config.units[name]) for name in MEMBERS}
    config = domain.config.model_copy(update={"units": units})
    return replace(domain, members=MEMBERS, config=config)


def _small(unit: BuConfig) -> BuConfig:
    told = unit.training.model_dump()
    training = type(unit.training).model_validate(told | _TRAINING)
    return unit.model_copy(update={"training": training})


def _plain(value: Any) -> Any:
    return (
        [record.data for record in value.records] if isinstance(value, dg.TableMetadataValue) else value.value
    )
