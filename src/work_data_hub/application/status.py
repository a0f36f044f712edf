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
from work_data_hub.application.members import Members
from work_data_hub.application.models.book import EntriesOnce
from work_data_hub.application.models.inputs import champion_inputs
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
    member: str | None = None

    @property
    def when(self) -> str:
        """The month, or all."""
        return str(self.period) if self.period else WHOLE


@dataclass(frozen=True, slots=True)
class _Known:
    by_scope: Mapping[tuple[str, str], PublishRecord]
    attempts: Mapping[tuple[str, str], Attempt]
    decisions: EntriesOnce

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        return self.by_scope.get((contract.key, scope.key))

    def publishes(self, contracts: Sequence[TableContract]) -> tuple[PublishRecord, ...]:
        keys = {contract.key for contract in contracts}
        return tuple(record for (table, _), record in self.by_scope.items() if table in keys)


@dataclass(frozen=True, slots=True)
class _Part:
    """One cell to be judged: a table, a month or none, a member or none."""

    table: Buildable
    period: Period | None
    member: str | None

    @property
    def key(self) -> tuple[str, Period | None, str | None]:
        return (self.table.contract.key, self.period, self.member)

    @property
    def scope(self) -> Scope:
        return scope_of(self.table.contract, self.period, self.member)


_States = dict[tuple[str, Period | None, str | None], TableState]
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
        members = Members(self.domain, known, self._has_drop)
        states: _States = {}
        months = self._periods(known, members) if periods is None else periods
        for stage in self.domain.stages:
            for period in months if stage.monthly else (None,):
                for table in stage.tables:
                    for member in members.of(table, period):
                        part = _Part(table, period, member)
                        states[part.key] = self._state(part, known, states)
        told = states.values() or self._nobody()
        return tuple(state for state in told if periods is None or state.period is not None)

    def _nobody(self) -> tuple[TableState, ...]:
        """Give the states of tables whose members have nothing yet."""
        whole = (contract for contract in self.domain.contracts if not contract.monthly)
        return tuple(
            TableState(c.key, None, State.MISSING, f"no {c.member} has anything to build it from")
            for c in whole
        )

    def months(self) -> tuple[Period, ...]:
        """Give the months that were ever seen: in the landing folder, in drops, in the ledgers."""
        known = self._known()
        return self._periods(known, Members(self.domain, known, self._has_drop))

    def _known(self) -> _Known:
        ledger, domain = self.ports.ledger, self.domain
        return _Known(
            {(record.table, record.scope): record for record in ledger.publishes(domain.read_contracts)},
            {(attempt.table, attempt.scope): attempt for attempt in ledger.attempts(domain.contracts)},
            self.ports.decisions,
        )

    def _periods(self, known: _Known, members: Members) -> tuple[Period, ...]:
        landed = self.ports.finder.months(self.domain.source) if self.domain.source else ()
        shared = _months_of(known) if not self.domain.members else _months_of(known, self._without_members())
        seen = {*landed, *shared, *members.months()}
        return tuple(sorted(period for period in seen if period >= self.domain.start))

    def _without_members(self) -> frozenset[str]:
        return frozenset(contract.key for contract in self.domain.contracts if contract.member is None)

    def _has_drop(self, intake: DropIntake, member: str) -> bool:
        return not isinstance(self._find(_Part(intake, None, member)), NoCandidateError)

    def _state(self, part: _Part, known: _Known, states: _States) -> TableState:
        key, scope = part.table.contract.key, part.scope
        record = known.latest(part.table.contract, scope)
        state, reason, expected = self._judge(part, record, known, states)
        attempt = known.attempts.get((key, scope.key))
        if state in (State.STALE, State.MISSING) and attempt is not None:
            state, reason = _after(attempt, record, state, reason)
        file = self._fingerprint(part)
        return TableState(key, part.period, state, reason, record, file, expected, part.member)

    def _fingerprint(self, part: _Part) -> str | None:
        found = self._find(part) if isinstance(part.table, SheetIntake) else None
        return found[0].sha256 if isinstance(found, tuple) else None

    def _judge(
        self, part: _Part, record: PublishRecord | None, known: _Known, states: _States
    ) -> tuple[State, str, str | None]:
        try:
            inputs = self._inputs(part, known)
        except NoCandidateError as error:
            gone = (State.STALE, "its file is gone") if record else (State.MISSING, _first_line(error))
            return (*gone, None)
        except InputRefusedError as error:
            return State.REFUSED, _short(error), None
        except UpstreamMissingError:
            return (*self._blocked(part, states), None)
        expected = self._hash(part, inputs)
        if record is None:
            return State.MISSING, "not built yet", expected
        upstream = self._stale_upstream(part, states)
        if upstream:
            return State.STALE, f"{upstream} is not fresh", expected
        return (*_compare(record, inputs, expected, self.domain.code_version), expected)

    def _hash(self, part: _Part, inputs: tuple[InputVersion, ...]) -> str:
        return input_hash(
            part.table.contract,
            inputs,
            config=self.domain.config_of(part.member),
            code_version=self.domain.code_version,
        )

    def _inputs(self, part: _Part, known: _Known) -> tuple[InputVersion, ...]:
        table, period, member = part.table, part.period, part.member
        if isinstance(table, TableBuild):
            versions, _ = correction_inputs(table, period, self.ports, member)
            champion = champion_inputs(table.model, period, member, known.decisions)
            return (*table_inputs(table, period, known, member), *versions, *champion)
        found = self._find(part)
        if isinstance(found, InputRefusedError):
            raise found
        return file_versions(found, period)

    def _find(self, part: _Part) -> _Found:
        intake, period, member = part.table, part.period, part.member
        if isinstance(intake, TableBuild):
            return ()
        key = (intake.source_of(member) if isinstance(intake, DropIntake) else "", period)
        if key not in self._files:
            try:
                self._files[key] = source_files(self.ports, self.domain, intake, period, member)
            except InputRefusedError as error:
                self._files[key] = error
        return self._files[key]

    def _blocked(self, part: _Part, states: _States) -> tuple[State, str]:
        for above in _above(part, states):
            if above.state is State.REFUSED:
                return State.REFUSED, above.reason
        return State.MISSING, "its inputs are not built yet"

    def _stale_upstream(self, part: _Part, states: _States) -> str | None:
        spared = _optional(part)
        late = (
            state.table
            for state in _above(part, states)
            if state.state is not State.FRESH and not (state.state is State.MISSING and state.table in spared)
        )
        return next(late, None)


def _months_of(known: _Known, tables: frozenset[str] | None = None) -> Iterator[Period]:
    """Give the months that scopes name, and those that drops hold; of these tables alone, where any are named."""
    for table, scope in (*known.by_scope, *known.attempts):
        if scope.startswith(_BY_MONTH) and (tables is None or table in tables):
            yield Period.parse(scope.removeprefix(_BY_MONTH))
    for (table, _), record in known.by_scope.items():
        if tables is None or table in tables:
            yield from (Period.parse(month) for month in record.slices if month[0].isdigit())


def _above(part: _Part, states: _States) -> Iterator[TableState]:
    """Give the states of what a table reads: of its own month, or of all months where it is built as a whole."""
    names, period = _upstream(part), part.period
    for (name, month, whose), state in states.items():
        same_month = month is None or period is None or month == period
        if name in names and same_month and whose in (None, part.member):
            yield state


def _optional(part: _Part) -> frozenset[str]:
    inputs = part.table.inputs if isinstance(part.table, TableBuild) else ()
    return frozenset(ref.contract.key for ref in inputs if ref.optional)


def _upstream(part: _Part) -> tuple[str, ...]:
    if not isinstance(part.table, TableBuild):
        return ()
    inputs = part.table.inputs_of(part.member)
    same_month = [ref.contract.key for ref in inputs if not ref.month_offset and not ref.history]
    return (*same_month, *(gate.key for gate in part.table.gates))


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
