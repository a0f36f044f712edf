"""Loading the price desk's configuration: one file per business unit, and nothing else names a unit."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from work_data_hub.application.sources import OnAmbiguous, SourceSpec
from work_data_hub.config.problems import Problem, problems
from work_data_hub.config.sources import SourceEntry
from work_data_hub.config.yaml_files import WHOLE, YamlFile, read_yaml, validated
from work_data_hub.domain.kernel.errors import ConfigurationError, Location
from work_data_hub.domain.kernel.typed import Month
from work_data_hub.domain.pricing.config import SOURCE_FORMS, BuConfig, Files, PricingConfig

_T = TypeVar("_T")
_R = TypeVar("_R")
_DOMAIN: Final = "pricing"
_FILE: Final = f"{_DOMAIN}.yml"
_PREFIX, _SUFFIX = "bu_", ".yaml"
# Excel's lock files and hidden copies
_EXCLUDED: Final = ("~$*", ".*")
# the drops of a business unit, and the field of its file that says where each lies
_DROPS: Final = {"orders": "orders_table", "quotes": "scoring_table", "lookups": "lookups"}
_FORM: Final = re.compile("|".join(rf"\.{re.escape(form)}" for form in SOURCE_FORMS))


class PricingFile(BaseModel):
    """The file of the domain: what its business units share."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    schema_version: Literal[1]
    start_month: Month


def load_pricing_config(config_dir: Path | None = None) -> PricingConfig:
    """Give the configuration of all business units, typed."""
    return _pricing_config(config_dir or _packaged())


def load_bu_config(bu_id: str, config_dir: Path | None = None) -> BuConfig:
    """Give the configuration of one business unit; an unknown one is refused with the known ones named."""
    folder = config_dir or _packaged()
    known = tuple(_unit_names(folder))
    if bu_id not in known:
        raise ConfigurationError(
            f"there is no business unit {bu_id!r}",
            where=Location(file=_file_of(bu_id)),
            expected=", ".join(known) or "a file of a business unit, and there is none",
            fix=f"name one of these, or write {_file_of(bu_id)}",
        )
    return _unit(folder, bu_id)


def bu_drops(config: PricingConfig) -> dict[str, SourceSpec]:
    """Give the sources of all business units by their name, as orders.BU1."""
    return {
        name: _entry(place).spec(f"{_DOMAIN}.{name}")
        for unit in config.units.values()
        for drop, place in _places(unit)
        for name in (f"{drop}.{unit.bu_id}",)
    }


def unit_sources(folder: Path) -> dict[str, SourceSpec]:
    """Give the sources of all business units of a folder by their full name, as pricing.orders.BU1."""
    return {spec.domain: spec for spec in bu_drops(load_pricing_config(folder)).values()}


def read_pricing_file(file: YamlFile) -> PricingFile:
    """Give the content of the domain's file, typed."""
    return validated(PricingFile.model_validate, file, file.data)


@lru_cache(maxsize=32)
def _pricing_config(folder: Path) -> PricingConfig:
    start = read_pricing_file(read_yaml(folder, _FILE)).start_month
    units = {name: _unit(folder, name) for name in _unit_names(folder)}
    return PricingConfig(start_month=start, units=MappingProxyType(units))


@lru_cache(maxsize=128)
def _unit(folder: Path, bu_id: str) -> BuConfig:
    file = read_yaml(folder, _DOMAIN, f"{_PREFIX}{bu_id}{_SUFFIX}")
    unit = _checked(BuConfig.model_validate, file, file.data)
    if unit.bu_id != bu_id:
        raise file.error(Problem("bu_id", unit.bu_id, f"{bu_id}, as the file is named"))
    for drop, place in _places(unit):
        _checked(_entry, file, place, below=f"data_paths.{_DROPS[drop]}")
    return unit


def _checked(check: Callable[[_T], _R], file: YamlFile, data: _T, *, below: str = "") -> _R:
    """Do as `validated`, and name fields as the file does: which form a source has is no key of it."""
    try:
        return check(data)
    except ValidationError as error:
        found = next(problems(error))
        key = _FORM.sub("", ".".join(part for part in (below, found.key) if part))
        raise file.error(Problem(key or WHOLE, found.value, found.expected)) from None


def _places(unit: BuConfig) -> Iterator[tuple[str, Files]]:
    for drop, field in _DROPS.items():
        place = getattr(unit.data_paths, field)
        if isinstance(place, Files):
            yield drop, place


def _entry(place: Files) -> SourceEntry:
    told: Mapping[str, object] = place.model_dump()
    return SourceEntry.model_validate({**told, "exclude": _EXCLUDED, "on_ambiguous": OnAmbiguous.TOGETHER})


def _unit_names(folder: Path) -> Iterator[str]:
    there = folder / _DOMAIN
    for name in sorted(entry.name for entry in there.iterdir()) if there.is_dir() else ():
        if not (name.startswith(_PREFIX) and name.endswith(_SUFFIX)):
            raise ConfigurationError(
                f"{_DOMAIN}/{name} is no file of a business unit",
                where=Location(file=f"{_DOMAIN}/{name}"),
                expected=f"{_PREFIX}<id>{_SUFFIX}",
                fix="rename or remove it",
            )
        yield name.removeprefix(_PREFIX).removesuffix(_SUFFIX)


def _file_of(bu_id: str) -> str:
    return f"{_DOMAIN}/{_PREFIX}{bu_id}{_SUFFIX}"


def _packaged() -> Path:
    return Path(str(files("work_data_hub.config")))
