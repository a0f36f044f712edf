"""What a look into the landing folder found, before anybody decides: candidates, and why others are none."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.identity import Identity


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that answers the patterns."""

    path: Path
    name: str
    version: str | None
    size_bytes: int
    modified_at: datetime
    identity: Identity


@dataclass(frozen=True, slots=True)
class Excluded:
    """A file that was seen and not taken, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A folder that was looked into, and what came of it."""

    folder: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everything that was looked at for one source, and its month where it has months.

    `tied` is true where versions can't be told apart.
    """

    domain: str
    period: Period | None
    folders: tuple[Tried, ...]
    patterns: tuple[str, ...]
    version: str | None
    version_reason: str
    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    tied: bool = False

    @property
    def subject(self) -> str:
        """Name what was looked for."""
        return f"{self.domain} drop" if self.period is None else f"{self.domain} {self.period}"

    @property
    def about(self) -> dict[str, Any]:
        """Give the month as evidence of an error, where there is one."""
        return {} if self.period is None else {"period": str(self.period)}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the candidates below the landing root."""
        return tuple(candidate.name for candidate in self.candidates)
