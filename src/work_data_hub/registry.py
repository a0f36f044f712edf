"""The business domains of the hub: their sources, configuration, tables and the version of their code."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from work_data_hub.application.domains import Domain
from work_data_hub.config.loader import load_annuity_config, load_retail_config, load_source_specs
from work_data_hub.config.pricing_loader import bu_drops, load_pricing_config
from work_data_hub.config.settings import Settings
from work_data_hub.domain.annuity import tables as annuity
from work_data_hub.domain.kernel.build import Buildable, DropIntake, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing import tables as pricing
from work_data_hub.domain.pricing.config import Months
from work_data_hub.domain.retail import tables as retail
from work_data_hub.domain.retail.contracts import RETAIL_CONTRACTS
from work_data_hub.io.learners.gbm import GbmLearner
from work_data_hub.io.learners.kmeans import SklearnKMeans

# what every domain's rules stand on
_SHARED: Final = ("domain/kernel", "domain/pipelines", "cleansing")
# what a domain's results depend on beside its rules: files whose path begins so
_BESIDE: Final = {"retail": ("io/learners/kmeans",), "pricing": ("io/learners/gbm",)}
# rows for tests and newcomers are no business rule
_INVENTED: Final = "sample"


def load_domains(settings: Settings) -> dict[str, Domain]:
    """Load and validate the configuration of all domains, before any file is looked at."""
    return {domain.name: domain for domain in (_annuity(settings), _retail(), _pricing())}


def all_builds() -> tuple[TableBuild, ...]:
    """Give the builds of all domains, without any configuration."""
    return (*annuity.BUILDS, *retail.builds(SklearnKMeans()), *_price_builds())


def pricing_tables() -> tuple[Buildable, ...]:
    """Give the price desk's tables in the order in which they are built."""
    return (*pricing.intakes(load_pricing_config().units), *_price_builds())


def _price_builds() -> tuple[TableBuild, ...]:
    units = load_pricing_config().units
    return pricing.builds(units, GbmLearner(), _hub_tables(pricing.hub_table_keys(units)))


def _hub_tables(keys: Collection[str]) -> Mapping[str, TableContract]:
    """Give tables of other domains by their key; one that is not there is told by whoever named it."""
    return {contract.key: contract for contract in RETAIL_CONTRACTS if contract.key in keys}


def _annuity(settings: Settings) -> Domain:
    config = load_annuity_config(settings)
    return Domain(
        name="annuity",
        source=load_source_specs()["annuity"],
        config=config,
        config_fingerprint=config.fingerprint(),
        start=Period.parse(config.start_month),
        intakes=annuity.INTAKES,
        builds=annuity.BUILDS,
        code_version=code_version("annuity"),
    )


def _retail() -> Domain:
    config = load_retail_config()
    prefix = "retail."
    drops = {
        name.removeprefix(prefix): spec
        for name, spec in load_source_specs().items()
        if name.startswith(prefix)
    }
    return Domain(
        name="retail",
        source=None,
        config=config,
        config_fingerprint=config.fingerprint(),
        start=Period.parse(config.start_month),
        intakes=retail.INTAKES,
        builds=retail.builds(SklearnKMeans()),
        drops=drops,
        code_version=code_version("retail"),
        releasable=retail.RELEASABLE,
        dataset=config.mappings.dataset,
    )


def _pricing() -> Domain:
    config = load_pricing_config()
    units, tables = config.units, pricing_tables()
    anchors = pricing.anchors(units, _hub_tables(pricing.hub_table_keys(units)))
    return Domain(
        name="pricing",
        source=None,
        config=config,
        config_fingerprint=config.fingerprint(),
        start=Period.parse(config.start_month),
        intakes=tuple(table for table in tables if isinstance(table, DropIntake)),
        builds=tuple(table for table in tables if isinstance(table, TableBuild)),
        drops=bu_drops(config),
        code_version=code_version("pricing"),
        members=tuple(units),
        member_configs={name: unit.fingerprint() for name, unit in units.items()},
        member_anchors=anchors,
        member_months={name: _bounds(unit.months) for name, unit in units.items()},
    )


def _bounds(months: Months) -> tuple[Period | None, Period | None]:
    first, last = (Period.parse(month) if month else None for month in (months.first, months.last))
    return first, last


@lru_cache
def code_version(domain: str) -> str:
    """Hash the source of a domain's rules and of what they stand on: results made by other code are stale."""
    digest = hashlib.sha256()
    root = files("work_data_hub")
    for name, content in _hashed(root, domain):
        digest.update(name.encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _hashed(root: Traversable, domain: str) -> Iterator[tuple[str, bytes]]:
    for folder in (*_SHARED, f"domain/{domain}"):
        yield from sorted(_sources(root.joinpath(*folder.split("/")), folder))
    for beginning in _BESIDE.get(domain, ()):
        folder = beginning.rpartition("/")[0]
        found = sorted(_sources(root.joinpath(*folder.split("/")), folder))
        yield from ((name, content) for name, content in found if name.startswith(beginning))


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir() and entry.name != _INVENTED:
            yield from _sources(entry, name)
        elif entry.name.endswith(".py"):
            yield name, entry.read_bytes()
