"""The state of every table and month: what is fresh, stale, missing, refused or failed, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.inputs import (
    UpstreamMissingError,
    correction_inputs,
    input_hash,
    table_inputs,
)
from work_data_hub.application.runs import Attempt, InputVersion, PublishRecord, Result
from work_data_hub.application.sources import FoundFile
from work_data_hub.domain.kernel.build import Buildable, SheetIntake, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import InputRefusedError, NoCandidateError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope


class State(StrEnum):
    """Where a table stands for a month."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TableState:
    """One cell of the status page."""

    table: str
    period: Period
    state: State
    reason: str = ""
    record: PublishRecord | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    by_scope: Mapping[tuple[str, str], PublishRecord]
    attempts: Mapping[tuple[str, str], Attempt]

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        return self.by_scope.get((contract.key, scope.key))

    def publishes(self, contracts: Sequence[TableContract]) -> tuple[PublishRecord, ...]:
        keys = {contract.key for contract in contracts}
        return tuple(record for (table, _), record in self.by_scope.items() if table in keys)


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Compares what is published with what a build would read now."""

    ports: Ports
    domain: Domain
    code_version: str
    _files: dict[Period, FoundFile | InputRefusedError] = field(default_factory=dict)

    def read(self, periods: tuple[Period, ...] | None = None) -> tuple[TableState, ...]:
        """Give the state of each table for each month, months that were ever seen by default."""
        known = self._known()
        states: dict[tuple[str, Period], TableState] = {}
        for period in periods or self._periods(known):
            for table in self.domain:
                state = self._state(table, period, known, states)
                states[(table.contract.key, period)] = state
        return tuple(states.values())

    def _known(self) -> _Known:
        ledger, domain = self.ports.ledger, self.domain
        return _Known(
            {(record.table, record.scope): record for record in ledger.publishes(domain.read_contracts)},
            {(attempt.table, attempt.scope): attempt for attempt in ledger.attempts(domain.contracts)},
        )

    def _periods(self, known: _Known) -> tuple[Period, ...]:
        seen = set(self.ports.finder.months(self.domain.source))
        for _, scope in (*known.by_scope, *known.attempts):
            seen.add(Period.parse(scope.removeprefix("period=")))
        return tuple(sorted(period for period in seen if period >= self.domain.start))

    def _state(
        self,
        table: Buildable,
        period: Period,
        known: _Known,
        states: Mapping[tuple[str, Period], TableState],
    ) -> TableState:
        key = table.contract.key
        record = known.latest(table.contract, Scope.month(period))
        state, reason = self._judge(table, period, record, known, states)
        attempt = known.attempts.get((key, Scope.month(period).key))
        if state in (State.STALE, State.MISSING) and attempt is not None:
            state, reason = _after(attempt, record, state, reason)
        return TableState(key, period, state, reason, record, self._fingerprint(table, period))

    def _fingerprint(self, table: Buildable, period: Period) -> str | None:
        found = self._file(period) if isinstance(table, SheetIntake) else None
        return found.sha256 if isinstance(found, FoundFile) else None

    def _judge(
        self,
        table: Buildable,
        period: Period,
        record: PublishRecord | None,
        known: _Known,
        states: Mapping[tuple[str, Period], TableState],
    ) -> tuple[State, str]:
        try:
            inputs = self._inputs(table, period, known)
        except NoCandidateError as error:
            return (State.STALE, "its file is gone") if record else (State.MISSING, _first_line(error))
        except InputRefusedError as error:
            return State.REFUSED, _short(error)
        except UpstreamMissingError:
            return self._blocked(table, period, states)
        if record is None:
            return State.MISSING, "not built yet"
        upstream = self._stale_upstream(table, period, states)
        if upstream:
            return State.STALE, f"{upstream} is not fresh"
        return _compare(record, inputs, self._hash(table, inputs), self.code_version)

    def _hash(self, table: Buildable, inputs: tuple[InputVersion, ...]) -> str:
        return input_hash(
            table.contract, inputs, config=self.domain.config_fingerprint, code_version=self.code_version
        )

    def _inputs(self, table: Buildable, period: Period, known: _Known) -> tuple[InputVersion, ...]:
        if isinstance(table, TableBuild):
            versions, _ = correction_inputs(table, period, self.ports)
            return (*table_inputs(table, period, known), *versions)
        found = self._file(period)
        if isinstance(found, InputRefusedError):
            raise found
        return (InputVersion(found.name, str(period), found.sha256),)

    def _file(self, period: Period) -> FoundFile | InputRefusedError:
        if period not in self._files:
            try:
                self._files[period] = self.ports.finder.find(self.domain.source, period)
            except InputRefusedError as error:
                self._files[period] = error
        return self._files[period]

    def _blocked(
        self, table: Buildable, period: Period, states: Mapping[tuple[str, Period], TableState]
    ) -> tuple[State, str]:
        for name in _upstream(table):
            above = states.get((name, period))
            if above is not None and above.state is State.REFUSED:
                return State.REFUSED, above.reason
        return State.MISSING, "its inputs are not built yet"

    def _stale_upstream(
        self, table: Buildable, period: Period, states: Mapping[tuple[str, Period], TableState]
    ) -> str | None:
        above = (states.get((name, period)) for name in _upstream(table))
        return next((s.table for s in above if s is not None and s.state is not State.FRESH), None)


def _upstream(table: Buildable) -> tuple[str, ...]:
    if not isinstance(table, TableBuild):
        return ()
    same_month = [ref.contract.key for ref in table.inputs if not ref.month_offset and not ref.history]
    return (*same_month, *(gate.key for gate in table.gates))


def _compare(
    record: PublishRecord, inputs: tuple[InputVersion, ...], expected_hash: str, code_version: str
) -> tuple[State, str]:
    if record.input_hash == expected_hash:
        return State.FRESH, ""
    changed = [now.name for now in inputs if now not in record.inputs]
    if changed:
        return State.STALE, f"{', '.join(changed)} changed since"
    if record.code_version != code_version:
        return State.STALE, "the code changed since"
    return State.STALE, "contract or configuration changed since"


def _after(attempt: Attempt, record: PublishRecord | None, state: State, reason: str) -> tuple[State, str]:
    newer = record is None or (attempt.finished_at is not None and attempt.finished_at > record.published_at)
    line = (attempt.message or "").splitlines()[:1]
    if newer and attempt.result is Result.FAILED:
        return State.FAILED, "".join(line)
    if newer and attempt.result is Result.REFUSED:
        return State.REFUSED, "".join(line)
    return state, reason


def _first_line(error: InputRefusedError) -> str:
    return error.what.splitlines()[0]


def _short(error: InputRefusedError) -> str:
    candidates = error.evidence.get("candidates")
    return f"{len(candidates)} candidates" if isinstance(candidates, tuple) else _first_line(error)
