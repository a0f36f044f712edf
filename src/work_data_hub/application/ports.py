"""What the use cases need from the outside, as small protocols."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pandas as pd

from work_data_hub.application.runs import Attempt, InputVersion, PublishRecord, RunInfo
from work_data_hub.application.sources import FoundFile, Glance, SourceSpec
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.kernel.sheets import DropPart, DropSpec, SheetRead, SheetSpec


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """One scope of one table, ready to be written in one transaction."""

    contract: TableContract
    scope: Scope
    outcome: Outcome
    run: RunInfo
    inputs: tuple[InputVersion, ...]
    input_hash: str
    started_at: float
    still_valid: Callable[[], None]


class Clock(Protocol):
    """Time for stamps and durations."""

    def now(self) -> datetime:
        """Give the time in UTC."""

    def elapsed(self) -> float:
        """Give seconds of a clock that never runs backwards."""


class SourceFinder(Protocol):
    """Finds the one file of a month."""

    def find(self, spec: SourceSpec, period: Period) -> FoundFile:
        """Give the file; none or several is an InputRefusedError that lists folders and candidates."""

    def glance(self, spec: SourceSpec, period: Period) -> Glance:
        """Give the month's one file as it lies there, without opening it; raises what `find` raises."""

    def is_whole(self, path: Path) -> bool:
        """Say whether a file has its end, as far as its form tells."""

    def fingerprint(self, path: Path) -> str:
        """Give the SHA-256 of a file's content."""

    def months(self, spec: SourceSpec) -> tuple[Period, ...]:
        """Give the months the landing folder has a folder for, in order."""


class SheetReader(Protocol):
    """Reads one sheet as text."""

    def read(
        self, path: Path, spec: SheetSpec, *, file_name: str | None = None, sha256: str | None = None
    ) -> SheetRead:
        """Give the sheet's rows with true coordinates; raises InputRefusedError for what can't be read.

        With `sha256`, a file whose content is another by now is an InputChangedError.
        """


class DropBox(Protocol):
    """Finds and reads drops: files that belong to no month and, where there are several, together."""

    def parts(self, spec: SourceSpec) -> tuple[FoundFile, ...]:
        """Give the files of the drop by name; none, or several that may not be together, is an InputRefusedError."""

    def glance(self, spec: SourceSpec) -> tuple[Glance, ...]:
        """Give the files as they lie there, without opening them; raises what `parts` raises."""

    def is_whole(self, path: Path) -> bool:
        """Say whether a file has its end, as far as its form tells."""

    def fingerprint(self, path: Path) -> str:
        """Give the SHA-256 of a file's content, read now."""

    def read(self, file: FoundFile, spec: DropSpec) -> tuple[DropPart, ...]:
        """Give every sheet of a file that belongs to the drop, as text; a content that changed is an InputChangedError."""


class TableStore(Protocol):
    """Reads and replaces scopes of tables."""

    def publish(self, request: PublishRequest) -> PublishRecord:
        """Write everything about one scope in one transaction, or nothing."""

    def read(self, contract: TableContract, scope: Scope, columns: Sequence[str] = ()) -> pd.DataFrame:
        """Give the rows of a scope in key order, in the contract's types; only these columns where any are named."""

    def keep_evidence(self, request: PublishRequest) -> None:
        """Write the rejections of a refused outcome, and nothing else."""


class Ledger(Protocol):
    """Remembers runs, publishes and files."""

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        """Give the newest publish of a scope."""

    def record(self, attempt: Attempt) -> None:
        """Write or update an attempt."""

    def record_file(self, domain: str, period: Period | None, file: FoundFile, seen_at: datetime) -> None:
        """Remember that a file was seen, for a month or as part of a drop."""

    def publishes(self, contracts: Sequence[TableContract]) -> tuple[PublishRecord, ...]:
        """Give the newest publish of every scope of these tables."""

    def attempts(self, contracts: Sequence[TableContract]) -> tuple[Attempt, ...]:
        """Give the newest attempt at every scope of these tables."""
