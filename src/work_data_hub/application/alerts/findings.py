"""What an alert is made of before anybody is told: a finding with its key, its places and its patience."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from work_data_hub.application.alerts.delivery import Alert, AlertKind
from work_data_hub.application.quarantine.book import QuarantineLine
from work_data_hub.application.runs import Attempt, PublishRecord
from work_data_hub.application.scopes import without_member
from work_data_hub.application.status import TableState
from work_data_hub.domain.kernel.scope import WHOLE

_LONGEST: Final = 1_200
_KEY_LENGTH: Final = 16
_KEPT_LINES: Final = ("Where: ", "Expected: ", "Fix: ")
_VALUE: Final = re.compile(r"""(?:, |(?<=^Where: ))value ['"].*""")
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the hub keeps quiet about what may pass by itself."""

    refused: timedelta = timedelta(minutes=15)
    stale: timedelta = timedelta(hours=24)
    rejection: timedelta = timedelta(days=14)
    unfinished: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """What is looked at: newest attempts and publishes, table states, lines of the quarantine."""

    attempts: Sequence[Attempt]
    publishes: Sequence[PublishRecord]
    states: Sequence[TableState]
    lines: Sequence[QuarantineLine] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What holds now; without a time of its own it must hold for its patience; `once` is never repeated."""

    key: str
    places: tuple[str, ...]
    alert: Alert
    happened_at: datetime | None = None
    patience: timedelta = timedelta()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """All that holds, and the places of which nothing can be said while a build works on them."""

    findings: tuple[Finding, ...]
    undecided: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is about: tables, the month if it is one, and what tells it from others of its kind."""

    domain: str
    tables: tuple[str, ...]
    month: str | None
    mark: str
    by_month: bool = True

    def key(self, kind: AlertKind) -> str:
        """Give the same key for the same cause, whenever it is looked at."""
        month = self.month if self.by_month else None
        identity = (str(kind), self.domain, self.tables[0], month, self.mark)
        return hashlib.sha256(repr(identity).encode()).hexdigest()[:_KEY_LENGTH]

    def places(self, kind: AlertKind) -> tuple[str, ...]:
        """Give what has to be in order again for this to be over."""
        where = f"{self.month}" if self.by_month else self.mark
        return tuple(f"{place(table, where)}|{kind}" for table in self.tables)

    def alert(self, kind: AlertKind, subject: str, text: str, facts: Mapping[str, str | int]) -> Alert:
        """Write the alert."""
        head = f"{self.domain} {self.month}: " if self.month else f"{self.domain}: "
        more = {"tables": ", ".join(self.tables)} if len(self.tables) > 1 else {}
        return Alert(
            kind, head + subject, text[:_LONGEST], self.domain, self.tables[0], self.month, {**facts, **more}
        )


def gist(message: str) -> str:
    r"""Keep what happened, where and what to do; rows and cell values stay in the quarantine.

    >>> gist("no number\n  row 3 amount='1,2'\nWhere: row 3, value '1,2'\nFix: correct it")
    'no number\nWhere: row 3\nFix: correct it'
    """
    first, *others = message.splitlines() or [""]
    told = (line for line in others if line.startswith(_KEPT_LINES))
    kept = (_VALUE.sub("", line) if line.startswith("Where: ") else line for line in told)
    return "\n".join((first, *(line for line in kept if line not in _KEPT_LINES)))


def names(tables: Iterable[str]) -> str:
    """Write tables as people say them.

    >>> names(["annuity.gold.plan", "annuity.gold.branch"])
    'plan, branch'
    """
    return ", ".join(table.rpartition(".")[2] for table in tables)


def place(table: str, where: str) -> str:
    """Name a table and a month, or whatever else tells its parts apart."""
    return f"{table}|{where}"


def month_of(scope: str) -> str:
    """Give the month of a scope's key, whoever's it is.

    >>> month_of("period=2025-11-01"), month_of("bu_id=BU1,period=2025-11-01"), month_of("bu_id=BU1")
    ('2025-11', '2025-11', 'all')
    """
    return without_member(scope).removeprefix("period=")[:7]


def asked(*months: str) -> str:
    """Give the options by which a command is asked for months; none for tables that have none.

    >>> asked("2025-11"), asked("all"), asked("2025-10", "2025-11")
    (' --period 2025-11', '', ' --from 2025-10 --to 2025-11')
    """
    if WHOLE in months:
        return ""
    first, last = months[0], months[-1]
    return f" --period {first}" if first == last else f" --from {first} --to {last}"


def grouped(items: Iterable[T], key: Callable[[T], K]) -> list[tuple[K, list[T]]]:
    """Put items of the same key together, in the order in which they came."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.items())
