"""Builds that failed, builds that never ended, and inputs that were refused, each cause told once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from work_data_hub.application.alerts.delivery import AlertKind
from work_data_hub.application.alerts.findings import (
    About,
    Finding,
    Ledgers,
    Patience,
    asked,
    gist,
    grouped,
    month_of,
    names,
)
from work_data_hub.application.domains import Domain
from work_data_hub.application.inputs import GateStaleError, UpstreamMissingError
from work_data_hub.application.runs import Attempt, Result
from work_data_hub.application.scopes import member_of_key
from work_data_hub.application.status import State, TableState
from work_data_hub.domain.kernel.build import DropIntake, SheetIntake
from work_data_hub.domain.kernel.errors import RejectBudgetExceededError

_CASCADES: Final = (UpstreamMissingError.__name__, GateStaleError.__name__)
_SAID: Final = {
    AlertKind.REJECT_BUDGET: "too many rows rejected, nothing published",
    AlertKind.REFUSED_INPUT: "the input was refused",
    AlertKind.FAILED_BUILD: "the build failed",
}


def failing(domain: Domain, ledgers: Ledgers, now: datetime, patience: Patience) -> list[Finding]:
    """Give what the newest attempts ended with, unless the table is up to date all the same."""
    fresh = {(s.table, s.when, s.member) for s in ledgers.states if s.state is State.FRESH}
    bad = [
        (attempt, kind)
        for attempt in ledgers.attempts
        if (kind := _kind(attempt, now, patience)) and _place(attempt) not in fresh
    ]
    causes = {month_of(attempt.scope) for attempt, _ in bad if attempt.error_kind not in _CASCADES}
    # what failed for want of another table is told with its cause
    told = [b for b in bad if b[0].error_kind not in _CASCADES or month_of(b[0].scope) not in causes]
    groups = grouped(told, lambda b: (b[1], month_of(b[0].scope), _cause(b[0])))
    return [
        _failure(domain, kind, month, [attempt for attempt, _ in group]) for (kind, month, _), group in groups
    ]


def refused(
    domain: Domain, states: Sequence[TableState], told: Sequence[Finding], patience: Patience
) -> list[Finding]:
    """Give the months whose file can't be told or taken, though nothing was attempted yet."""
    known = {(table, f.alert.period) for f in told for table in _tables(f)}
    sources = {table.contract.key for table in domain if isinstance(table, SheetIntake | DropIntake)}
    found = [
        s
        for s in states
        if s.state is State.REFUSED and s.table in sources and (s.table, s.when) not in known
    ]
    return [
        _refusal(domain, month, reason, tuple(dict.fromkeys(s.table for s in group)), patience)
        for (month, reason), group in grouped(found, lambda s: (s.when, s.reason))
    ]


def _place(attempt: Attempt) -> tuple[str, str, str | None]:
    return (attempt.table, month_of(attempt.scope), member_of_key(attempt.scope))


def _kind(attempt: Attempt, now: datetime, patience: Patience) -> AlertKind | None:
    if attempt.result is Result.FAILED:
        return AlertKind.FAILED_BUILD
    if attempt.result is Result.RUNNING and now - attempt.started_at > patience.unfinished:
        return AlertKind.FAILED_BUILD
    if attempt.result is not Result.REFUSED:
        return None
    over = attempt.error_kind == RejectBudgetExceededError.__name__
    return AlertKind.REJECT_BUDGET if over else AlertKind.REFUSED_INPUT


def _failure(domain: Domain, kind: AlertKind, month: str, attempts: Sequence[Attempt]) -> Finding:
    first, tables = attempts[0], tuple(dict.fromkeys(attempt.table for attempt in attempts))
    members = dict.fromkeys(member for attempt in attempts if (member := member_of_key(attempt.scope)))
    whose = f" of {', '.join(members)}" if members else ""
    about = About(domain.name, tables, month, _cause(first))
    alert = about.alert(
        kind,
        f"{names(tables)}{whose}: {_SAID[kind]}",
        gist(_message(first)),
        {"run": first.run_id, "error": first.error_kind or ""},
    )
    happened_at = max(attempt.finished_at or attempt.started_at for attempt in attempts)
    return Finding(about.key(kind), about.places(AlertKind.FAILED_BUILD), alert, happened_at)


def _refusal(domain: Domain, month: str, reason: str, tables: tuple[str, ...], patience: Patience) -> Finding:
    kind = AlertKind.REFUSED_INPUT
    about = About(domain.name, tables, month, reason)
    text = f"{reason}\nFix: wdh plan {domain.name}{asked(month)} says more"
    alert = about.alert(kind, f"{names(tables)}: {_SAID[kind]}", text, {})
    # a file may just be on its way into the folder
    return Finding(about.key(kind), about.places(AlertKind.FAILED_BUILD), alert, patience=patience.refused)


def _message(attempt: Attempt) -> str:
    if attempt.result is Result.RUNNING:
        return (
            f"began at {attempt.started_at:%Y-%m-%d %H:%M} UTC and has not ended\n"
            "Fix: look whether the run still works; if not, run the month again"
        )
    return attempt.message or attempt.error_kind or "it does not say why"


def _cause(attempt: Attempt) -> str:
    return gist(_message(attempt)).splitlines()[0]


def _tables(finding: Finding) -> tuple[str, ...]:
    told = str(finding.alert.facts.get("tables", finding.alert.table))
    return tuple(told.split(", "))
