"""The champion ledger as values, and the port through which it is read and added to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from work_data_hub.domain.kernel.models import ModelVerdict, ModelVersion
from work_data_hub.domain.kernel.period import Period


class Action(StrEnum):
    """What an entry of the ledger says happened; `judged` is a challenger that was refused."""

    JUDGED = "judged"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written: from which month on which version is in force, whose place it takes, and why.

    `champion` is the version in force after it, None while there is none. Only a training has a verdict.
    """

    name: str
    effective_from: Period
    action: Action
    reason: str
    challenger: str | None
    incumbent: str | None
    champion: str | None
    actor: str
    verdict: ModelVerdict | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    rows: str | None = None
    run_id: str | None = None

    @property
    def automatic(self) -> bool:
        """Say whether a training decided, not a person."""
        return self.verdict is not None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A line of hub.champion_ledger."""

    entry_id: str
    decision: Decision
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A line of hub.model_versions; the content is there only where it was asked for."""

    name: str
    version: str
    sha256: str
    about: Mapping[str, Any]
    domain: str
    member: str | None
    period: date | None
    table: str
    run_id: str
    created_at: datetime
    content: str | None = None


class ChampionBook(Protocol):
    """Every model version and every decision about one; nothing in it is ever changed."""

    def champion(self, name: str, period: Period | None, incumbent: bool = False) -> ModelVersion | None:
        """Give the version in force for a month, or with `incumbent` the one a training of it is judged against."""

    def entries(self, name: str) -> tuple[LedgerEntry, ...]:
        """Give all decisions about a model in the order in which they were made."""

    def versions(self, name: str, contents_of: Collection[str] = ()) -> tuple[KeptVersion, ...]:
        """Give all versions of a model in the order in which they came, with the contents of these."""

    def decide(self, decision: Decision) -> LedgerEntry:
        """Add a decision; one that was made on an outdated view of the ledger is refused."""

    def names(self) -> tuple[str, ...]:
        """Give the names of all models."""


class Entries(Protocol):
    """Gives the decisions about a model."""

    def entries(self, name: str) -> Sequence[LedgerEntry]:
        """Give all decisions about a model in the order in which they were made."""


@dataclass(frozen=True, slots=True)
class EntriesOnce:
    """Asks for the decisions about a model once, for a look at many tables and months; for none, it needs no book."""

    book: Callable[[], Entries]
    _known: dict[str, Sequence[LedgerEntry]] = field(default_factory=dict)

    def entries(self, name: str) -> Sequence[LedgerEntry]:
        """Give the decisions about a model as they were at the first look."""
        if name not in self._known:
            self._known[name] = self.book().entries(name)
        return self._known[name]
