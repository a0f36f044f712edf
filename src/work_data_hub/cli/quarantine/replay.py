"""A replay: which months, how they stood, and how they stand after they were built with their corrections."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from work_data_hub.application.quarantine.book import LineState, QuarantineLine, QuarantineQuery
from work_data_hub.application.quarantine.words import month_of_scope
from work_data_hub.bootstrap import Hub
from work_data_hub.cli.months import MonthRun, run_months, worst
from work_data_hub.cli.options import month_of
from work_data_hub.cli.output import console, write_json
from work_data_hub.cli.progress import steps
from work_data_hub.cli.quarantine.filters import today_of
from work_data_hub.cli.run_command import show_runs
from work_data_hub.cli.summary import TableLine, short, table_lines
from work_data_hub.domain.kernel.contract import WriteMode
from work_data_hub.domain.kernel.period import Period

Lines = Sequence[QuarantineLine]


@dataclass(frozen=True, slots=True)
class ReplayedMonth:
    """One month before and after."""

    run: MonthRun
    before: Mapping[str, TableLine]
    stood: Lines
    now: Lines

    @property
    def became(self) -> Mapping[str, int]:
        """Count what became of the lines that were open."""
        ids = {line.rejection_id for line in self.stood if line.state is LineState.OPEN}
        return Counter(str(line.state) for line in self.now if line.rejection_id in ids)

    @property
    def new(self) -> int:
        """Count open lines that were not there before."""
        ids = {line.rejection_id for line in self.stood}
        return sum(line.state is LineState.OPEN and line.rejection_id not in ids for line in self.now)

    @property
    def document(self) -> dict[str, Any]:
        """The month as part of a JSON document."""
        return {
            **self.run.document,
            "became": dict(self.became),
            "new": self.new,
            "published_before": {key: line.published for key, line in self.before.items()},
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay did."""

    domain: str
    months: tuple[ReplayedMonth, ...]

    @property
    def exit_status(self) -> int:
        """Give the exit status of all months together."""
        return worst(month.run.exit_status for month in self.months)


def replay_months(hub: Hub, domain: str, periods: Sequence[str] | None) -> Replay:
    """Build the months again and compare."""
    months = months_to_replay(hub, domain, periods)
    done: list[ReplayedMonth] = []
    with steps(f"{domain} replay", len(months) * len(hub.domain(domain).tables)) as shown:
        for month in months:
            before, stood = _replaced(hub, domain, month), _lines(hub, domain, month)
            (run,) = run_months(hub, domain, (month,), shown)
            done.append(ReplayedMonth(run, before, stood, _lines(hub, domain, month)))
    return Replay(domain, tuple(done))


def months_to_replay(hub: Hub, domain: str, periods: Sequence[str] | None) -> tuple[Period, ...]:
    """Give the months that are named, or those with corrections that no build has used yet."""
    if periods:
        return tuple(sorted({month_of(period, hub, domain) for period in periods}))
    pending = (line for line in _standing(hub, domain) if line.pending)
    return tuple(sorted({Period.parse(month_of_scope(line.scope)) for line in pending}))


def show_plan(hub: Hub, domain: str, periods: Sequence[str] | None, *, as_json: bool) -> None:
    """Say which months a replay would build again."""
    standing = _standing(hub, domain)
    plan = [_planned(month, standing) for month in months_to_replay(hub, domain, periods)]
    if as_json:
        write_json({"domain": domain, "dry_run": True, "months": plan, "exit_status": 0})
        return
    for month in plan:
        console().print(
            f"{month['period']}: {month['pending']:,} new correction(s), {month['open']:,} open line(s);"
            f" all tables of {domain} would be built again"
        )
    console().print("Nothing was written." if plan else "No correction waits for a replay.")


def show_replay(report: Replay, *, as_json: bool) -> None:
    """Print what became of the lines and of the tables."""
    if as_json:
        months = [month.document for month in report.months]
        write_json({"domain": report.domain, "months": months, "exit_status": report.exit_status})
        return
    if not report.months:
        console().print("No correction waits for a replay.")
        return
    show_runs([month.run for month in report.months])
    for month in report.months:
        _show_month(month)


def _show_month(month: ReplayedMonth) -> None:
    out = console()
    counts = ", ".join(f"{count:,} {state}" for state, count in sorted(month.became.items())) or "none"
    out.print(Text.assemble((month.run.what, "bold"), f" open lines became: {counts}; new: {month.new:,}"))
    for line in month.run.lines:
        before = month.before.get(line.table)
        if before is None or line.published is None or line.published == before.published:
            continue
        ties = f"{line.totals_differ} totals differ" if line.totals_differ else "totals tie"
        ties += f", {line.compared_differ} comparisons differ" if line.compared_differ else ""
        out.print(
            f"  {short(line.table)}: {before.published or 0:,} → {line.published:,} rows published; {ties}"
        )


def _replaced(hub: Hub, domain: str, month: Period) -> Mapping[str, TableLine]:
    """Give the tables that hold nothing but the month's newest rows; of the others a run counts additions."""
    keys = {c.key for c in hub.domain(domain).contracts if c.write_mode is WriteMode.REPLACE_SCOPE}
    lines = table_lines(hub.status(domain).read((month,)))
    return {line.table: line for line in lines if line.table in keys}


def _planned(month: Period, standing: Lines) -> dict[str, Any]:
    mine = [line for line in standing if month_of_scope(line.scope) == str(month)]
    return {
        "period": month,
        "pending": sum(line.pending for line in mine),
        "open": sum(line.state is LineState.OPEN for line in mine),
    }


def _standing(hub: Hub, domain: str) -> Lines:
    states = (LineState.OPEN, LineState.WAIVED)
    return hub.ports.quarantine.find(QuarantineQuery(today_of(hub), domain=domain, states=states))


def _lines(hub: Hub, domain: str, month: Period) -> Lines:
    scopes = hub.domain(domain).month_scopes(month)
    return hub.ports.quarantine.find(QuarantineQuery(today_of(hub), domain=domain, scopes=scopes))
