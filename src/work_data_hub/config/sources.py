"""The sources part of a domain's YAML file as typed values."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from work_data_hub.application.sources import OnAmbiguous, SourceSpec, VersionStrategy
from work_data_hub.config.inheritance import MixedListError, inherit
from work_data_hub.config.problems import Problem
from work_data_hub.config.yaml_files import YamlFile, validated
from work_data_hub.domain.kernel.typed import Month

MAIN: Final = "main"
VARIABLES: Final = ("{YYYYMM}", "{YYYY}", "{MM}")

_ANY_VARIABLE: Final = re.compile(r"\{[^{}]*\}?|\}")


def _folder(template: str) -> str:
    if strangers := [name for name in _ANY_VARIABLE.findall(template) if name not in VARIABLES]:
        raise ValueError(f"no variable but {', '.join(VARIABLES)}, not {', '.join(strangers)}")
    if _ANY_VARIABLE.search(template) and not _tells_the_month(template):
        raise ValueError("a folder that tells the month by {YYYYMM}, or by {YYYY} and {MM}, or uses neither")
    parts = PurePosixPath(template).parts
    if template.startswith("/") or ".." in parts or "\\" in template:
        raise ValueError("a folder below the landing root, with / between its parts")
    return template


def _tells_the_month(template: str) -> bool:
    return "{YYYYMM}" in template or ("{YYYY}" in template and "{MM}" in template)


def _file_pattern(pattern: str) -> str:
    if "/" in pattern or "\\" in pattern:
        raise ValueError("a pattern of a file name, without folders")
    return pattern


_Text = Annotated[str, StringConstraints(min_length=1)]
_Folder = Annotated[_Text, AfterValidator(_folder)]
_Pattern = Annotated[_Text, AfterValidator(_file_pattern)]
_Suffix = Annotated[str, StringConstraints(pattern=r"^\.[a-z0-9]+$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class SourceEntry(_Frozen):
    """One source after inheritance."""

    folders: tuple[_Folder, ...] = Field(min_length=1)
    patterns: tuple[_Pattern, ...] = Field(min_length=1)
    exclude: tuple[_Pattern, ...] = ()
    suffixes: tuple[_Suffix, ...] = Field((".xlsx", ".xlsm"), min_length=1)
    version_strategy: VersionStrategy = VersionStrategy.HIGHEST
    version: Annotated[str, StringConstraints(pattern=r"^V[0-9]+$")] | None = None
    on_ambiguous: OnAmbiguous = OnAmbiguous.ERROR

    @model_validator(mode="after")
    def _version_is_manual(self) -> Self:
        if (self.version is not None) != (self.version_strategy is VersionStrategy.MANUAL):
            raise ValueError("a version with version_strategy manual, and with no other")
        return self

    @model_validator(mode="after")
    def _monthly_or_drop(self) -> Self:
        monthly = [_tells_the_month(folder) for folder in self.folders]
        if any(monthly) and not all(monthly):
            raise ValueError("folders that all tell the month, or, for a drop, folders of which none does")
        if any(monthly) and self.on_ambiguous is OnAmbiguous.TOGETHER:
            raise ValueError("on_ambiguous together for a drop, whose folders tell no month")
        return self

    def spec(self, domain: str) -> SourceSpec:
        """Give what the use cases know a source by."""
        return SourceSpec(domain, **self.model_dump())


class DomainFile(_Frozen):
    """A domain's YAML file."""

    schema_version: Literal[1]
    start_month: Month
    defaults: dict[_Text, Any] = Field(default_factory=dict)
    sources: dict[_Text, dict[_Text, Any]] = Field(min_length=1)


def read_domain_file(file: YamlFile) -> DomainFile:
    """Give the file's content, typed; what a source inherits is not looked at yet."""
    return validated(DomainFile.model_validate, file, file.data)


def read_sources(domain: str, file: YamlFile) -> dict[str, SourceSpec]:
    """Give the sources of a file: `main` by the name of its domain, another as domain.name."""
    parsed = read_domain_file(file)
    return {
        full: _source(file, parsed, name).spec(full)
        for name in parsed.sources
        for full in (domain if name == MAIN else f"{domain}.{name}",)
    }


def _source(file: YamlFile, parsed: DomainFile, name: str) -> SourceEntry:
    below = f"sources.{name}"
    try:
        merged = inherit(inherit({}, parsed.defaults, "defaults."), parsed.sources[name], f"{below}.")
    except MixedListError as error:
        expected = "a leading + on every item, which extends the list, or on none, which replaces it"
        raise file.error(Problem(error.key, "mixed", expected)) from None
    return validated(SourceEntry.model_validate, file, merged, below=below)
