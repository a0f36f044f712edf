"""Loading the configuration of the domains from its YAML files."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import ConfigDict, TypeAdapter

from work_data_hub.application.sources import SourceSpec
from work_data_hub.config.pricing_loader import PricingFile, read_pricing_file, unit_sources
from work_data_hub.config.problems import Problem
from work_data_hub.config.settings import Settings
from work_data_hub.config.sources import DomainFile, read_domain_file, read_sources
from work_data_hub.config.yaml_files import YamlFile, read_yaml, validated
from work_data_hub.domain.annuity.config import (
    AnnuityConfig,
    AnnuityMappings,
    CompanyMap,
    CompanyOverrides,
)
from work_data_hub.domain.kernel.errors import ConfigurationError, Location
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail.config import RetailConfig, RetailMappings

NO_COMPANY: Final = "none"

_SUFFIX: Final = ".yml"
_MAPPINGS: Final = "_mappings"
_OVERRIDES: Final = "_overrides"
_COMPANY_MAP: Final = TypeAdapter[Mapping[str, str | None]](CompanyMap, config=ConfigDict(strict=True))


def packaged_config() -> Path:
    """Give the folder of the configuration that comes with the package."""
    return Path(str(files("work_data_hub.config")))


def load_source_specs(config_dir: Path | None = None) -> Mapping[str, SourceSpec]:
    """Give the sources of all domains by name, after everything about all domains was found valid."""
    return _source_specs(config_dir or packaged_config())


def load_annuity_config(settings: Settings, config_dir: Path | None = None) -> AnnuityConfig:
    """Give the annuity configuration, typed; the salt comes from the settings."""
    folder = config_dir or packaged_config()
    mappings, overrides = _annuity_rules(folder)
    return AnnuityConfig(
        start_month=str(load_start_month("annuity", folder)),
        mappings=mappings,
        overrides=overrides,
        salt=settings.company_id_salt,
    )


def load_retail_config(config_dir: Path | None = None) -> RetailConfig:
    """Give the retail configuration, typed."""
    folder = config_dir or packaged_config()
    return RetailConfig(start_month=str(load_start_month("retail", folder)), mappings=_retail_rules(folder))


@lru_cache(maxsize=32)
def load_start_month(domain: str, config_dir: Path | None = None) -> Period:
    """Give the first month of a domain that can be loaded; no setting is read."""
    folder = config_dir or packaged_config()
    _refuse_unknown(domain, _domains(folder))
    read = _FILES.get(domain, read_domain_file)
    return Period.parse(read(read_yaml(folder, f"{domain}{_SUFFIX}")).start_month)


@lru_cache(maxsize=32)
def _source_specs(folder: Path) -> Mapping[str, SourceSpec]:
    specs: dict[str, SourceSpec] = {}
    for domain in _domains(folder):
        if domain in _SOURCES:
            specs.update(_SOURCES[domain](folder))
            continue
        specs.update(read_sources(domain, read_yaml(folder, f"{domain}{_SUFFIX}")))
        if domain in _RULES:
            _RULES[domain](folder)
    return MappingProxyType(specs)


@lru_cache(maxsize=32)
def _annuity_rules(folder: Path) -> tuple[AnnuityMappings, CompanyOverrides]:
    mappings = read_yaml(folder, f"annuity{_MAPPINGS}{_SUFFIX}")
    return (
        validated(AnnuityMappings.model_validate, mappings, mappings.data),
        _overrides(folder, f"annuity{_OVERRIDES}"),
    )


@lru_cache(maxsize=32)
def _retail_rules(folder: Path) -> RetailMappings:
    mappings = read_yaml(folder, f"retail{_MAPPINGS}{_SUFFIX}")
    return validated(RetailMappings.model_validate, mappings, mappings.data)


# what is read of each domain beside its sources, so that a wrong file of one is told before anything runs
_RULES: Final[Mapping[str, Callable[[Path], object]]] = {"annuity": _annuity_rules, "retail": _retail_rules}


# domains whose sources stand in files of their members: how their own file and those sources are read
_FILES: Final[Mapping[str, Callable[[YamlFile], DomainFile | PricingFile]]] = {"pricing": read_pricing_file}
_SOURCES: Final[Mapping[str, Callable[[Path], Mapping[str, SourceSpec]]]] = {"pricing": unit_sources}


def _overrides(folder: Path, below: str) -> CompanyOverrides:
    names = tuple(CompanyOverrides.model_fields)
    there = folder.joinpath(below)
    maps: dict[str, Mapping[str, str | None]] = {}
    for name in _yaml_names(there) if there.is_dir() else ():
        if name not in names:
            raise ConfigurationError(
                f"{below}/{name}{_SUFFIX} is no override file",
                where=Location(file=f"{below}/{name}{_SUFFIX}"),
                expected=", ".join(f"{known}{_SUFFIX}" for known in names),
                fix="rename or remove it",
            )
        maps[name] = _override_map(read_yaml(folder, below, f"{name}{_SUFFIX}"))
    return CompanyOverrides(**maps)


def _override_map(file: YamlFile) -> Mapping[str, str | None]:
    for key, value in file.data.items():
        if value is None:
            expected = f"an id, or {NO_COMPANY} where there is deliberately none"
            raise file.error(Problem(str(key), "empty", expected))
    plain = {key: None if value == NO_COMPANY else value for key, value in file.data.items()}
    return validated(_COMPANY_MAP.validate_python, file, plain)


def _domains(folder: Path) -> tuple[str, ...]:
    return tuple(name for name in _yaml_names(folder) if not name.endswith(_MAPPINGS))


def _yaml_names(folder: Path) -> tuple[str, ...]:
    return tuple(
        sorted(entry.name.removesuffix(_SUFFIX) for entry in folder.iterdir() if entry.name.endswith(_SUFFIX))
    )


def _refuse_unknown(domain: str, known: tuple[str, ...]) -> None:
    if domain not in known:
        raise ConfigurationError(
            f"there is no configuration of a domain {domain!r}",
            expected=", ".join(known),
            fix="name one of these",
        )
