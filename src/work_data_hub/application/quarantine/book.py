"""The quarantine as people work with it: lines, waivers, what is open since when, and the port to all of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Rejection
from work_data_hub.domain.kernel.scope import Scope

_SIXTEEN_BYTES: Final = 32


class LineState(StrEnum):
    """Where a line of the quarantine stands."""

    OPEN = "open"
    FIXED = "fixed"
    WAIVED = "waived"
    REPLAYED = "replayed"


STANDING: Final = (LineState.OPEN, LineState.WAIVED)


def rejection_id(table_key: str, rejection: Rejection) -> str:
    """Give the name of a rejection: the same cell of the same content breaking the same rule has the same one."""
    identity = (
        table_key,
        rejection.file_id,
        rejection.sheet,
        rejection.row_number,
        rejection.column,
        rejection.rule,
    )
    return hashlib.sha256(repr(identity).encode()).hexdigest()[:_SIXTEEN_BYTES]


@dataclass(frozen=True, slots=True)
class Waiver:
    """A decision to live with a rejected row up to a day, that day included."""

    rejection_id: str
    reason: str
    author: str
    made_at: datetime
    expires_on: date


@dataclass(frozen=True, slots=True)
class QuarantineQuery:
    """Which lines to look at, as seen on a day; an empty part asks for all."""

    today: date
    ids: tuple[str, ...] = ()
    prefix: str = ""
    domain: str | None = None
    tables: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    states: tuple[LineState, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuarantineLine:
    """One reason why one row is not published, with what people decided about it."""

    rejection_id: str
    table: str
    scope: str
    file_id: str | None
    file_name: str | None
    sheet: str | None
    row_number: int | None
    column: str | None
    rule: str
    value: str | None
    reason: str
    expected: str | None
    state: LineState
    first_run_id: str
    last_run_id: str
    first_seen_at: datetime
    last_seen_at: datetime
    waiver: Waiver | None = None
    correction: Correction | None = None

    @property
    def stands(self) -> bool:
        """Say whether the row is still kept out."""
        return self.state in STANDING

    @property
    def pending(self) -> bool:
        """Say whether a correction was made that no build has used yet."""
        return self.stands and self.correction is not None and self.correction.made_at > self.last_seen_at


@dataclass(frozen=True, slots=True)
class QuarantineChanges:
    """What one command decides; all of it is kept, or nothing."""

    corrections: tuple[Correction, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuarantineSummary:
    """How many lines stand, and since when the oldest open one does."""

    open: int
    waived: int
    oldest_open_since: date | None
    by_rule: tuple[tuple[str, int], ...]

    def age_in_days(self, today: date) -> int | None:
        """Give the age of the oldest open line."""
        return None if self.oldest_open_since is None else (today - self.oldest_open_since).days


class QuarantineBook(Protocol):
    """Reads the quarantine and keeps what people decide about it."""

    def corrections(self, contract: TableContract, scope: Scope) -> tuple[Correction, ...]:
        """Give the corrections of the file contents that a bronze table's scope holds."""

    def waived(self, contract: TableContract, scope: Scope, today: date) -> frozenset[str]:
        """Give the rejection ids of a table's scope that a waiver covers on a day."""

    def disturbed(self, contract: TableContract, scope: Scope, run_id: str) -> bool:
        """Say whether lines stand that another run than this one saw last: a refused attempt left them."""

    def find(self, query: QuarantineQuery) -> tuple[QuarantineLine, ...]:
        """Give lines by table, scope, file, sheet and row; a waiver that has expired waives nothing."""

    def keep(self, changes: QuarantineChanges) -> None:
        """Write decisions in one transaction."""


def oldest_open(lines: Iterable[QuarantineLine]) -> QuarantineLine | None:
    """Give the open line that was seen first."""
    still = (line for line in lines if line.state is LineState.OPEN)
    return min(still, key=lambda line: (line.first_seen_at, line.rejection_id), default=None)


def summarise(lines: Iterable[QuarantineLine]) -> QuarantineSummary:
    """Count the lines that stand; `by_rule` counts the open ones, the most frequent rule first."""
    found = tuple(lines)
    still = Counter(line.rule for line in found if line.state is LineState.OPEN)
    first = oldest_open(found)
    return QuarantineSummary(
        open=still.total(),
        waived=sum(line.state is LineState.WAIVED for line in found),
        oldest_open_since=None if first is None else first.first_seen_at.date(),
        by_rule=tuple(sorted(still.items(), key=lambda item: (-item[1], item[0]))),
    )
