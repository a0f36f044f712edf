"""The state of every table and month: what is fresh, stale, missing, refused or failed, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.inputs import (
    UpstreamMissingError,
    correction_inputs,
    file_versions,
    input_hash,
    source_files,
    table_inputs,
)
from work_data_hub.application.runs import Attempt, InputVersion, PublishRecord, Result
from work_data_hub.application.sources import FoundFile
from work_data_hub.domain.kernel.build import Buildable, DropIntake, SheetIntake, TableBuild, scope_of
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import InputRefusedError, NoCandidateError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import WHOLE, Scope

_BY_MONTH: Final = "period="


class State(StrEnum):
    """Where a table stands for a month."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TableState:
    """One cell of the status page; a table that is built as a whole has no month.

    `expected` is the input hash that a build would have now, where it can be told.
    """

    table: str
    period: Period | None
    state: State
    reason: str = ""
    record: PublishRecord | None = None
    fingerprint: str | None = None
    expected: str | None = None

    @property
    def when(self) -> str:
        """The month, or all."""
        return str(self.period) if self.period else WHOLE


@dataclass(frozen=True, slots=True)
class _Known:
    by_scope: Mapping[tuple[str, str], PublishRecord]
    attempts: Mapping[tuple[str, str], Attempt]

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        return self.by_scope.get((contract.key, scope.key))

    def publishes(self, contracts: Sequence[TableContract]) -> tuple[PublishRecord, ...]:
        keys = {contract.key for contract in contracts}
        return tuple(record for (table, _), record in self.by_scope.items() if table in keys)


_States = dict[tuple[str, Period | None], TableState]
_Found = tuple[FoundFile, ...] | InputRefusedError


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Compares what is published with what a build would read now."""

    ports: Ports
    domain: Domain
    _files: dict[tuple[str, Period | None], _Found] = field(default_factory=dict)

    def read(self, periods: tuple[Period, ...] | None = None) -> tuple[TableState, ...]:
        """Give the state of each table for each month, months that were ever seen by default.

        Tables that are built as a whole are told unless certain months are asked for.
        """
        known = self._known()
        states: _States = {}
        months = self._periods(known) if periods is None else periods
        for stage in self.domain.stages:
            for period in months if stage.monthly else (None,):
                for table in stage.tables:
                    states[table.contract.key, period] = self._state(table, period, known, states)
        return tuple(state for state in states.values() if periods is None or state.period is not None)

    def months(self) -> tuple[Period, ...]:
        """Give the months that were ever seen: in the landing folder, in drops, in the ledgers."""
        return self._periods(self._known())

    def _known(self) -> _Known:
        ledger, domain = self.ports.ledger, self.domain
        return _Known(
            {(record.table, record.scope): record for record in ledger.publishes(domain.read_contracts)},
            {(attempt.table, attempt.scope): attempt for attempt in ledger.attempts(domain.contracts)},
        )

    def _periods(self, known: _Known) -> tuple[Period, ...]:
        landed = self.ports.finder.months(self.domain.source) if self.domain.source else ()
        seen = {*landed, *_months_of(known)}
        return tuple(sorted(period for period in seen if period >= self.domain.start))

    def _state(self, table: Buildable, period: Period | None, known: _Known, states: _States) -> TableState:
        key, scope = table.contract.key, scope_of(table.contract, period)
        record = known.latest(table.contract, scope)
        state, reason, expected = self._judge(table, period, record, known, states)
        attempt = known.attempts.get((key, scope.key))
        if state in (State.STALE, State.MISSING) and attempt is not None:
            state, reason = _after(attempt, record, state, reason)
        return TableState(key, period, state, reason, record, self._fingerprint(table, period), expected)

    def _fingerprint(self, table: Buildable, period: Period | None) -> str | None:
        found = self._find(table, period) if isinstance(table, SheetIntake) else None
        return found[0].sha256 if isinstance(found, tuple) else None

    def _judge(
        self,
        table: Buildable,
        period: Period | None,
        record: PublishRecord | None,
        known: _Known,
        states: _States,
    ) -> tuple[State, str, str | None]:
        try:
            inputs = self._inputs(table, period, known)
        except NoCandidateError as error:
            gone = (State.STALE, "its file is gone") if record else (State.MISSING, _first_line(error))
            return (*gone, None)
        except InputRefusedError as error:
            return State.REFUSED, _short(error), None
        except UpstreamMissingError:
            return (*self._blocked(table, period, states), None)
        expected = self._hash(table, inputs)
        if record is None:
            return State.MISSING, "not built yet", expected
        upstream = self._stale_upstream(table, period, states)
        if upstream:
            return State.STALE, f"{upstream} is not fresh", expected
        return (*_compare(record, inputs, expected, self.domain.code_version), expected)

    def _hash(self, table: Buildable, inputs: tuple[InputVersion, ...]) -> str:
        return input_hash(
            table.contract,
            inputs,
            config=self.domain.config_fingerprint,
            code_version=self.domain.code_version,
        )

    def _inputs(self, table: Buildable, period: Period | None, known: _Known) -> tuple[InputVersion, ...]:
        if isinstance(table, TableBuild):
            versions, _ = correction_inputs(table, period, self.ports)
            return (*table_inputs(table, period, known), *versions)
        found = self._find(table, period)
        if isinstance(found, InputRefusedError):
            raise found
        return file_versions(found, period)

    def _find(self, intake: SheetIntake | DropIntake, period: Period | None) -> _Found:
        key = (intake.source if isinstance(intake, DropIntake) else "", period)
        if key not in self._files:
            try:
                self._files[key] = source_files(self.ports, self.domain, intake, period)
            except InputRefusedError as error:
                self._files[key] = error
        return self._files[key]

    def _blocked(self, table: Buildable, period: Period | None, states: _States) -> tuple[State, str]:
        for above in _above(table, period, states):
            if above.state is State.REFUSED:
                return State.REFUSED, above.reason
        return State.MISSING, "its inputs are not built yet"

    def _stale_upstream(self, table: Buildable, period: Period | None, states: _States) -> str | None:
        spared = _optional(table)
        late = (
            state.table
            for state in _above(table, period, states)
            if state.state is not State.FRESH and not (state.state is State.MISSING and state.table in spared)
        )
        return next(late, None)


def _months_of(known: _Known) -> Iterator[Period]:
    """Give the months that scopes name, and those that drops hold."""
    for _, scope in (*known.by_scope, *known.attempts):
        if scope.startswith(_BY_MONTH):
            yield Period.parse(scope.removeprefix(_BY_MONTH))
    for record in known.by_scope.values():
        yield from (Period.parse(month) for month in record.slices if month[0].isdigit())


def _above(table: Buildable, period: Period | None, states: _States) -> Iterator[TableState]:
    """Give the states of what a table reads: of its own month, or of all months where it is built as a whole."""
    names = _upstream(table)
    for (name, month), state in states.items():
        if name in names and (month is None or period is None or month == period):
            yield state


def _optional(table: Buildable) -> frozenset[str]:
    inputs = table.inputs if isinstance(table, TableBuild) else ()
    return frozenset(ref.contract.key for ref in inputs if ref.optional)


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
