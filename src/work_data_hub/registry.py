"""The business domains of the hub: their sources, configuration, tables and the version of their code."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from work_data_hub.application.domains import Domain
from work_data_hub.config.loader import load_annuity_config, load_retail_config, load_source_specs
from work_data_hub.config.settings import Settings
from work_data_hub.domain.annuity import tables as annuity
from work_data_hub.domain.kernel.build import TableBuild
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail import tables as retail
from work_data_hub.io.learners.kmeans import SklearnKMeans

# what every domain's rules stand on
_SHARED: Final = ("domain/kernel", "domain/pipelines", "cleansing")
# what a domain's results depend on beside its rules
_BESIDE: Final = {"retail": ("io/learners",)}
# rows for tests and newcomers are no business rule
_INVENTED: Final = "sample"


def load_domains(settings: Settings) -> dict[str, Domain]:
    """Load and validate the configuration of all domains, before any file is looked at."""
    return {domain.name: domain for domain in (_annuity(settings), _retail())}


def all_builds() -> tuple[TableBuild, ...]:
    """Give the builds of all domains, without any configuration."""
    return (*annuity.BUILDS, *retail.builds(SklearnKMeans()))


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


@lru_cache
def code_version(domain: str) -> str:
    """Hash the source of a domain's rules and of what they stand on: results made by other code are stale."""
    digest = hashlib.sha256()
    root = files("work_data_hub")
    for folder in (*_SHARED, f"domain/{domain}", *_BESIDE.get(domain, ())):
        for name, content in sorted(_sources(root.joinpath(*folder.split("/")), folder)):
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
