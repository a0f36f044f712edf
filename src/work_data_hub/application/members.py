"""Members of a domain, such as business units: which of them a table is built for, and in which months."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pandas as pd
import pyarrow as pa

from work_data_hub.application.domains import Domain
from work_data_hub.application.inputs import Published
from work_data_hub.application.scopes import member_of_key, month_of_key
from work_data_hub.domain.kernel.build import Buildable, DropIntake, scope_of
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import HubError, InputRefusedError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

Span = tuple[Period, Period]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Report: a member that has nothing to build a table from was passed over."""

    table: str
    scope: str
    kind: str = "passed_over"

    def __str__(self) -> str:
        """Say which part of which table."""
        return f"{self.table} for {self.scope}: passed over, nothing to build it from"


@dataclass(frozen=True, slots=True)
class Members:
    """Who takes part, as far as publishes and drops tell now; `has_drop` says whether a member's files are there."""

    domain: Domain
    published: Published
    has_drop: Callable[[DropIntake, str], bool]
    _spans: dict[str, Span | None] = field(default_factory=dict)

    def of(self, table: Buildable, period: Period | None) -> tuple[str | None, ...]:
        """Give the members for whom a table is built, for a month or as a whole; None where it has no members."""
        return tuple(m for m in self.domain.members_of(table) if self.takes_part(table, period, m))

    def takes_part(self, table: Buildable, period: Period | None, member: str | None) -> bool:
        """Say whether a table is built for a member; what was published before is kept up to date."""
        if member is None:
            return True
        if isinstance(table, DropIntake):
            return self.has_drop(table, member) or self._holds(table, period, member) is not None
        if period is None:
            return self.span(member) is not None or self._holds(table, period, member) is not None
        if not self.domain.allows(member, period):
            return False
        # rows of a month that lost its anchors would stay for good
        return self._is_active(member, period) or bool(self._holds(table, period, member))

    def months(self) -> tuple[Period, ...]:
        """Give the months in which any member is at work, or has rows from before."""
        spans = [span for member in self.domain.members if (span := self.span(member)) is not None]
        active = {month for first, last in spans for month in first.until(last)}
        return tuple(sorted(active | set(self._left_over())))

    def span(self, member: str) -> Span | None:
        """Give a member's first and last month: those of its anchors, within the bounds of its configuration."""
        if member not in self._spans:
            self._spans[member] = self._read_span(member)
        return self._spans[member]

    def forget(self) -> None:
        """Look at the anchors again."""
        self._spans.clear()

    def _read_span(self, member: str) -> Span | None:
        anchors = self.domain.anchors_of(member)
        first, last = self.domain.member_months.get(member, (None, None))
        if not anchors and first is not None and last is not None:
            return (first, last)
        months = [
            month
            for contract in anchors
            for month in _held(contract, member, self.published)
            if self.domain.allows(member, month)
        ]
        return (min(months), max(months)) if months else None

    def _is_active(self, member: str, period: Period) -> bool:
        span = self.span(member)
        return span is not None and span[0] <= period <= span[1]

    def _holds(self, table: Buildable, period: Period | None, member: str) -> int | None:
        """Give how many rows were published of a scope; None where it never was."""
        record = self.published.latest(table.contract, scope_of(table.contract, period, member))
        return None if record is None else record.counts.published

    def _left_over(self) -> Iterator[Period]:
        monthly = [c for c in self.domain.contracts if c.member is not None and c.monthly]
        for record in self.published.publishes(monthly):
            month, member = month_of_key(record.scope), member_of_key(record.scope)
            if month is None or member is None or not record.counts.published:
                continue
            if self.domain.allows(member, Period.of(month)):
                yield Period.of(month)


def _held(contract: TableContract, member: str, published: Published) -> Iterator[Period]:
    """Give the months of a table that hold rows, of a member where the table has members."""
    if contract.monthly:
        for record in published.publishes([contract]):
            mine = contract.member is None or member_of_key(record.scope) == member
            month = month_of_key(record.scope)
            if mine and month is not None and record.counts.published:
                yield Period.of(month)
        return
    whole = published.latest(contract, Scope().of_member(contract.member, member))
    if whole is not None:
        yield from (Period.parse(month) for month in whole.slices if month[0].isdigit())


def of_member(contract: TableContract, member: str | None, outcome: Outcome) -> Outcome:
    """Say in every row whose it is; what reads a drop does not know."""
    if member is None or contract.member is None:
        return outcome
    dtype = contract.column(contract.member).dtype
    told = pa.repeat(pa.scalar(member, dtype), len(outcome.accepted))
    column = pd.Series(pd.arrays.ArrowExtensionArray(told), index=outcome.accepted.index)
    return replace(outcome, accepted=outcome.accepted.assign(**{contract.member: column}))


def worst_of(failures: dict[str, HubError]) -> HubError:
    """Give the failure of members that tells most, with notes on whose it is and on the others."""
    first = min(failures, key=lambda member: isinstance(failures[member], InputRefusedError))
    error = failures[first]
    error.add_note(f"Of: {first}")
    for member, other in failures.items():
        if member != first:
            error.add_note(f"Also {member}: {other.what.splitlines()[0]}")
    return error


def told(error: HubError) -> str:
    """Write an error with what was noted on it."""
    return "\n".join((str(error), *getattr(error, "__notes__", ())))
