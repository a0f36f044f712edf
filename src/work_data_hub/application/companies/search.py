"""Names without a company: searched where the hub may look, and their temporary ids replaced once they are known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from work_data_hub.domain.annuity.companies import LEAST_CONFIDENCE
from work_data_hub.domain.annuity.ports import CompanyLookup, LookupAnswer
from work_data_hub.domain.kernel.errors import HubError, TransientError
from work_data_hub.domain.kernel.period import Period

MOST_ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(minutes=10)
NOBODY_WAIT: Final = timedelta(days=1)
# a worker that took a name and never came back
ABANDONED_AFTER: Final = timedelta(hours=1)
# an outside that does not answer is left alone for this run
MOST_FAULTS: Final = 2


class QueueState(StrEnum):
    """How far the search for a name's company is."""

    PENDING = "pending"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Queued:
    """A name that goes by a temporary id."""

    customer_name: str
    temporary_id: str
    state: QueueState
    attempts: int = 0
    next_try_at: datetime | None = None
    last_tried_at: datetime | None = None
    company_id: str | None = None
    company_id_origin: str | None = None
    matched_name: str | None = None
    confidence: Decimal | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Rekey:
    """A temporary id of a month and the id that takes its place."""

    temporary_id: str
    company_id: str
    company_id_origin: str
    customer_name: str
    confidence: Decimal | None
    learnt_at: datetime


class CompanyBook(Protocol):
    """Keeps the queue of names and knows which months carry which temporary ids."""

    def learn(self, now: datetime) -> int:
        """Finish the names that the company index knows by now; give how many."""

    def claim(self, now: datetime, limit: int) -> tuple[Queued, ...]:
        """Take names that are due, so that no other worker takes them too."""

    def settle(self, name: Queued) -> None:
        """Write how the search for a name went."""

    def rekeys(self) -> Mapping[Period, tuple[Rekey, ...]]:
        """Give, for every month, the temporary ids of its cleaned rows whose company is known."""

    def retire(self) -> int:
        """Mark customers of temporary ids as replaced, and give backfilled plans the real id; count them."""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """What a search did: names by fate, calls of the budget, and what kept it from doing more."""

    learnt: int = 0
    asked: int = 0
    answered: int = 0
    nobody: int = 0
    postponed: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompanySearch:
    """Looks for the companies of queued names: in the index, then outside, within a budget; it never raises."""

    book: CompanyBook
    lookup: CompanyLookup | None
    budget: int

    def run(self, now: datetime) -> SearchReport:
        """Search once."""
        tally = _Tally(self.book.learn(now))
        if self.lookup is not None and self.budget:
            self._ask(self.lookup, now, tally)
        return tally.report()

    def _ask(self, lookup: CompanyLookup, now: datetime, tally: "_Tally") -> None:
        waiting = list(self.book.claim(now, self.budget))
        while waiting:
            name = waiting.pop(0)
            try:
                answer = lookup.find(name.customer_name)
            except HubError as error:
                tally.fault(error)
                self.book.settle(_postponed(name, now, error))
                if tally.gives_up(error):
                    break
                continue
            tally.heard(answer)
            self.book.settle(_heard(name, answer, now))
        for name in waiting:
            self.book.settle(replace(name, state=QueueState.PENDING))


@dataclass(slots=True)
class _Tally:
    learnt: int
    asked: int = 0
    answered: int = 0
    nobody: int = 0
    faults: list[HubError] = field(default_factory=list)

    def heard(self, answer: LookupAnswer | None) -> None:
        self.asked += 1
        if answer is not None and answer.confidence >= LEAST_CONFIDENCE:
            self.answered += 1
        else:
            self.nobody += 1

    def fault(self, error: HubError) -> None:
        self.asked += 1
        self.faults.append(error)

    def gives_up(self, error: HubError) -> bool:
        return not isinstance(error, TransientError) or len(self.faults) >= MOST_FAULTS

    def report(self) -> SearchReport:
        told = tuple(dict.fromkeys(f"{error.what} (Fix: {error.fix})" for error in self.faults))
        return SearchReport(self.learnt, self.asked, self.answered, self.nobody, len(self.faults), told)


def _heard(name: Queued, answer: LookupAnswer | None, now: datetime) -> Queued:
    tried = replace(name, attempts=name.attempts + 1, last_tried_at=now, next_try_at=None, error=None)
    if answer is None:
        return _in_vain(tried, now, "nobody answers to the name")
    if answer.confidence < LEAST_CONFIDENCE:
        return _in_vain(tried, now, f"{answer.matched_name}: confidence {answer.confidence} is too low")
    return replace(
        tried,
        state=QueueState.DONE,
        company_id=answer.company_id,
        company_id_origin="look_up",
        matched_name=answer.matched_name,
        confidence=answer.confidence,
    )


def _in_vain(name: Queued, now: datetime, error: str) -> Queued:
    again = now + NOBODY_WAIT * 2 ** (name.attempts - 1) if name.attempts < MOST_ATTEMPTS else None
    return replace(name, state=QueueState.FAILED, error=error, next_try_at=again)


def _postponed(name: Queued, now: datetime, error: HubError) -> Queued:
    # a fault of the outside is not the name's, but waits longer each time
    tried = replace(name, attempts=name.attempts + 1, last_tried_at=now, error=error.what)
    wait = FIRST_WAIT * 2 ** min(tried.attempts - 1, MOST_ATTEMPTS)
    return replace(tried, state=QueueState.PENDING, next_try_at=now + wait)


def search_metrics(report: SearchReport) -> Iterator[tuple[str, int]]:
    """Give the numbers of a search by name."""
    for name in ("learnt", "asked", "answered", "nobody", "postponed"):
        yield name, getattr(report, name)
