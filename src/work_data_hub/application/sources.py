"""What use cases say about inputs: which files to look for, and what was found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class VersionStrategy(StrEnum):
    """How one version folder (V1, V2, …) is picked among several."""

    HIGHEST = "highest"
    LATEST = "latest"
    MANUAL = "manual"


class OnAmbiguous(StrEnum):
    """What happens when several files answer the patterns; `together`: those of the first suffix are one drop."""

    ERROR = "error"
    NEWEST = "newest"
    OLDEST = "oldest"
    FIRST = "first"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where a domain's files lie: folders with {YYYYMM}, or {YYYY} and {MM}, hold a month's file, others a drop."""

    # its domain, or domain.name where a domain has several
    domain: str
    folders: tuple[str, ...]
    patterns: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")
    version_strategy: VersionStrategy = VersionStrategy.HIGHEST
    version: str | None = None
    on_ambiguous: OnAmbiguous = OnAmbiguous.ERROR

    @property
    def is_drop(self) -> bool:
        """Say whether the source belongs to no month."""
        return not any("{" in folder for folder in self.folders)


@dataclass(frozen=True, slots=True)
class Glance:
    """The one file of a month as it lies there, not opened; another `signature` is another file or state of it."""

    path: Path
    name: str
    signature: str
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class FoundFile:
    """The one file of a month; `path` is absolute, `name` relative to the landing root."""

    path: Path
    name: str
    version: str | None
    sha256: str
    size_bytes: int
    modified_at: datetime

    @property
    def file_id(self) -> str:
        """Sixteen hex digits of the content hash: the file's name in every lineage column."""
        return self.sha256[:16]
