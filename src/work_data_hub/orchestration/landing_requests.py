"""Which months of the landing folder get a run: each content once, and neighbours one after the other."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import dagster as dg

from work_data_hub.application.domains import Domain
from work_data_hub.application.runs import Attempt, PublishRecord, Result
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.orchestration.landing import Sighting
from work_data_hub.orchestration.landing_runs import MonthRuns

_UNFINISHED: Final = (Result.REFUSED, Result.FAILED)


@dataclass(frozen=True, slots=True)
class Decision:
    """The runs to ask for, and in words what stands in the way of other months."""

    requests: tuple[dg.RunRequest, ...]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Books:
    """What the hub's own ledgers tell of the months: the truth that the cursor and Dagster only hint at."""

    domain: Domain
    rules: str
    records: Mapping[tuple[str, str], PublishRecord]
    attempts: Mapping[tuple[str, str], Attempt]

    @classmethod
    def open(cls, hub: Hub, domain: Domain) -> "Books":
        """Read the ledgers."""
        sheets = [intake.contract for intake in domain.intakes]
        text = f"{domain.config_fingerprint}:{domain.code_version}"
        return cls(
            domain,
            hashlib.sha256(text.encode()).hexdigest()[:12],
            {(record.table, record.scope): record for record in hub.ports.ledger.publishes(sheets)},
            {(tried.table, tried.scope): tried for tried in hub.ports.ledger.attempts(domain.contracts)},
        )

    def is_due(self, month: Sighting) -> bool:
        """Say whether a sheet of this content is not loaded, or a table of the month was not finished."""
        sheets = self._sheets(month.period)
        loaded = all(record is not None and _holds(record, month.file_id) for record in sheets)
        return not loaded or self.unfinished(month.period) is not None

    def unfinished(self, period: Period) -> Attempt | None:
        """Give the first table's newest attempt that was refused or failed."""
        scope = Scope.month(period).key
        newest = (self.attempts.get((contract.key, scope)) for contract in self.domain.contracts)
        return next((tried for tried in newest if tried is not None and tried.result in _UNFINISHED), None)

    def run_key(self, month: Sighting) -> str:
        """Name the run of this content under these rules; Dagster starts no key twice."""
        # a content that comes back after another one needs a key of its own
        others = {
            record.run_id
            for record in self._sheets(month.period)
            if record is not None and not _holds(record, month.file_id)
        }
        after = f":after:{','.join(sorted(others))}" if others else ""
        return f"{month.period.key}:{month.file_id}:{self.rules}{after}"

    def _sheets(self, period: Period) -> list[PublishRecord | None]:
        scope = Scope.month(period).key
        return [self.records.get((intake.contract.key, scope)) for intake in self.domain.intakes]


def _holds(record: PublishRecord, file_id: str) -> bool:
    return any(version.version.startswith(file_id) for version in record.inputs)


def decide(books: Books, months: Sequence[Sighting], runs: MonthRuns) -> Decision:
    """Ask for a run of each month that is due, unless it or a neighbour is at work or it was asked for before."""
    keys = {month.period: books.run_key(month) for month in months if month.file_id and books.is_due(month)}
    asked = runs.asked(keys.values())
    requests: list[dg.RunRequest] = []
    told = {month.period: month.told for month in months if month.told}
    begun: set[Period] = set()
    for period, key in sorted(keys.items()):
        reason = runs.in_the_way(period, begun) or _spent(books, period, asked.get(key))
        if reason:
            told[period] = reason
            continue
        begun.add(period)
        requests.append(
            dg.RunRequest(run_key=key, partition_key=period.key, tags={"wdh/period": str(period)})
        )
    return Decision(tuple(requests), tuple(f"{period}: {told[period]}" for period in sorted(told)))


def _spent(books: Books, period: Period, run: dg.DagsterRun | None) -> str:
    if run is None:
        return ""
    tried = books.unfinished(period)
    reason = (tried.message or "").splitlines()[:1] if tried else []
    return f"not loaded: {''.join(reason) or f'run {run.run_id[:8]} ended as {run.status.value}'}"
