"""What a run is, what an attempt left behind and what a publish recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Counts

# name of the fact that holds the versions of a table's months
SLICES: Final = "slices"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Who runs what code since when."""

    run_id: str
    started_at: datetime
    actor: str
    code_version: str


class Result(StrEnum):
    """How an attempt to build one table for one scope ended."""

    RUNNING = "running"
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class InputVersion:
    """One input of a build and the version that was read: a table's identity hash or a file's fingerprint."""

    name: str
    scope: str
    version: str


@dataclass(frozen=True, slots=True)
class PublishRecord:
    """A line of hub.publishes."""

    run_id: str
    table: str
    scope: str
    contract_version: str
    code_version: str
    input_hash: str
    identity_hash: str
    inputs: tuple[InputVersion, ...]
    counts: Counts
    rows_replaced: int
    totals: tuple[ControlTotal, ...]
    comparisons: tuple[Comparison, ...]
    warnings: tuple[str, ...]
    facts: Mapping[str, object]
    seconds: float
    published_at: datetime
    snapshot_id: int | None = None

    @property
    def slices(self) -> Mapping[str, str]:
        """Version of each month, by its first day, of a table that is published as a whole and kept by month."""
        found = self.facts.get(SLICES)
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line of hub.pipeline_executions."""

    run_id: str
    table: str
    scope: str
    result: Result
    actor: str
    code_version: str
    started_at: datetime
    finished_at: datetime | None = None
    seconds: float | None = None
    error_kind: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a use case tells its caller about one table and one scope."""

    table: str
    scope: str
    result: Result
    record: PublishRecord
    preview: tuple[Mapping[str, object], ...] = field(default_factory=tuple)
