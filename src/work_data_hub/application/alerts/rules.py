"""What people should know, found in the hub's own ledgers; nothing is remembered here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from work_data_hub.application.alerts.delivery import AlertKind
from work_data_hub.application.alerts.failures import failing, refused
from work_data_hub.application.alerts.findings import (
    About,
    Finding,
    Ledgers,
    Patience,
    Survey,
    asked,
    grouped,
    month_of,
    names,
    place,
)
from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.quarantine.book import LineState, QuarantineLine, QuarantineQuery, oldest_open
from work_data_hub.application.runs import PublishRecord, Result
from work_data_hub.application.status import State, StatusReader, TableState
from work_data_hub.domain.kernel.build import TableBuild
from work_data_hub.domain.kernel.outcome import Comparison, Verdict

_SHOWN: Final = 5


def look(ports: Ports, domain: Domain, now: datetime) -> Survey:
    """Read the ledgers through the ports and say everything that holds for a domain."""
    query = QuarantineQuery(now.date(), domain=domain.name, states=(LineState.OPEN,))
    ledgers = Ledgers(
        ports.ledger.attempts(domain.contracts),
        ports.ledger.publishes(domain.contracts),
        StatusReader(ports, domain).read(),
        ports.quarantine.find(query),
    )
    return survey(domain, ledgers, now)


def survey(domain: Domain, ledgers: Ledgers, now: datetime, patience: Patience | None = None) -> Survey:
    """Say everything that holds for a domain; pure."""
    patient = patience or Patience()
    failures = failing(domain, ledgers, now, patient)
    findings = (
        *failures,
        *refused(domain, ledgers.states, failures, patient),
        *_differing(domain, ledgers.publishes),
        *_stale(domain, ledgers.states, patient),
        *_old(domain, ledgers.lines, now, patient),
    )
    working = {
        f"{place(attempt.table, month_of(attempt.scope))}|{AlertKind.FAILED_BUILD}"
        for attempt in ledgers.attempts
        if attempt.result is Result.RUNNING
    }
    return Survey(findings, frozenset(working))


def _differing(domain: Domain, publishes: Sequence[PublishRecord]) -> list[Finding]:
    found = [(p, [c for c in p.comparisons if c.verdict is Verdict.DIFFERS]) for p in publishes]
    return [_difference(domain, record, lines) for record, lines in found if lines]


def _difference(domain: Domain, record: PublishRecord, lines: Sequence[Comparison]) -> Finding:
    figures = repr([(line.name, line.subject, line.expected, line.actual) for line in lines])
    about = About(domain.name, (record.table,), month_of(record.scope), figures)
    # amounts stay in the warehouse: an alert may end up on other people's servers
    shown = [f"- {line.name}: {line.subject}" for line in lines[:_SHOWN]]
    more = [f"- and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    fix = "Fix: compare the file with the figures in hub.reconciliation or, in the UI, below Reconciliation"
    alert = about.alert(
        AlertKind.FAILED_CHECK,
        f"{names(about.tables)}: {len(lines)} comparisons differ",
        "\n".join(("These figures do not tie:", *shown, *more, fix)),
        {"run": record.run_id, "differences": len(lines)},
    )
    kind = alert.kind
    return Finding(about.key(kind), about.places(kind), alert, record.published_at, once=True)


def _stale(domain: Domain, states: Sequence[TableState], patience: Patience) -> list[Finding]:
    late = {(s.table, s.when, s.member) for s in states if s.state is not State.FRESH}
    roots = [s for s in states if _waits(s) and not _follows(domain, s, late)]
    return [
        _stale_finding(domain, table, reason, group, patience)
        for (table, reason), group in grouped(roots, lambda s: (s.table, s.reason))
    ]


def _waits(state: TableState) -> bool:
    return state.state is State.STALE or (state.state is State.MISSING and state.fingerprint is not None)


def _follows(domain: Domain, state: TableState, late: Collection[tuple[str, str, str | None]]) -> bool:
    table = domain.table(state.table)
    if not isinstance(table, TableBuild):
        return False
    above = [ref.contract.key for ref in table.inputs_of(state.member) if ref.month_offset == 0]
    keys = (*above, *(gate.key for gate in table.gates))
    return any((key, state.when, whose) in late for key in keys for whose in {None, state.member})


def _stale_finding(
    domain: Domain, table: str, reason: str, group: Sequence[TableState], patience: Patience
) -> Finding:
    months = sorted({state.when for state in group})
    single = months[0] if len(months) == 1 else None
    about = About(domain.name, (table,), single, f"stale: {reason}", by_month=False)
    what = "has a file that is not loaded" if group[0].state is State.MISSING else "is stale"
    listed = ", ".join(months[:_SHOWN]) + (" …" if len(months) > _SHOWN else "")
    alert = about.alert(
        AlertKind.STALE_TABLE,
        f"{names(about.tables)} {what}" + ("" if single else f" for {len(months)} months"),
        f"{listed}: {reason}\nWhat is made from it is out of date too.\nFix: wdh run {domain.name}{asked(*months)}",
        {"months": len(months)},
    )
    return Finding(about.key(alert.kind), about.places(alert.kind), alert, patience=patience.stale)


def _old(domain: Domain, lines: Sequence[QuarantineLine], now: datetime, patience: Patience) -> list[Finding]:
    still = [
        line
        for line in lines
        if line.state is LineState.OPEN and now - line.first_seen_at >= patience.rejection
    ]
    return [_old_finding(domain, table, group) for table, group in grouped(still, lambda line: line.table)]


def _old_finding(domain: Domain, table: str, lines: Sequence[QuarantineLine]) -> Finding:
    first = oldest_open(lines) or lines[0]
    about = About(domain.name, (table,), None, "old rejections", by_month=False)
    alert = about.alert(
        AlertKind.OLD_REJECTION,
        f"{names(about.tables)}: {len(lines)} rejections wait since {first.first_seen_at:%Y-%m-%d}",
        f"Rules: {', '.join(sorted({line.rule for line in lines}))}\n"
        "Fix: wdh quarantine list shows them; correct and replay them, or waive them",
        {"open": len(lines), "oldest": first.rejection_id},
    )
    return Finding(about.key(alert.kind), about.places(alert.kind), alert)
