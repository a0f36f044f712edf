"""`wdh quarantine waive`, `withdraw` and `replay`: decisions about rejected rows, and taking them in again."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.cli.output import JsonOption, console, finish, write_json
from work_data_hub.cli.quarantine.filters import (
    SHORT_ID,
    AuthorOption,
    DomainOption,
    DryRunOption,
    MonthsOption,
    author_or_user,
    find_lines,
    one_domain,
    today_of,
)
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from work_data_hub.application.quarantine.book import QuarantineLine

_LONGEST = timedelta(days=366)
IdsArgument = Annotated[
    list[str], typer.Argument(help="Ids of lines, or their beginnings.", show_default=False)
]


def waive(
    lines: IdsArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why the rows may stay out.", show_default=False)],
    until: Annotated[
        str, typer.Option("--until", help="Last day it holds, as 2026-03-31.", show_default=False)
    ],
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let rows stay out up to a day, at most a year ahead: they are no longer counted as open."""
    from work_data_hub.application.quarantine.book import QuarantineChanges, Waiver

    with open_hub(read_settings()) as hub:
        expires_on = _last_day(until, today_of(hub))
        if not reason.strip():
            raise UsageError("a waiver needs a reason", expected="--reason TEXT", fix="say why")
        found, who, now = find_lines(hub, lines), author_or_user(author), hub.ports.clock.now()
        _refuse_settled(found)
        waivers = tuple(Waiver(line.rejection_id, reason.strip(), who, now, expires_on) for line in found)
        if not dry_run:
            hub.ports.quarantine.keep(QuarantineChanges(waivers=waivers))
    if as_json:
        write_json({"dry_run": dry_run, "waivers": waivers, "exit_status": 0})
    else:
        verb = "would be waived" if dry_run else "waived"
        console().print(f"{len(waivers):,} line(s) {verb} up to {expires_on}: {_ids(found)}")


def withdraw(lines: IdsArgument, *, dry_run: DryRunOption = False, as_json: JsonOption = False) -> None:
    """Take corrections back; the next replay of the month reads the cells as they came."""
    from work_data_hub.application.quarantine.book import QuarantineChanges

    with open_hub(read_settings()) as hub:
        found = find_lines(hub, lines)
        without = [line for line in found if line.correction is None]
        if without:
            raise UsageError(
                f"{_ids(without)}: there is no correction", expected="lines with one", fix="leave it out"
            )
        ids = tuple(line.rejection_id for line in found)
        if not dry_run:
            hub.ports.quarantine.keep(QuarantineChanges(withdrawn=ids))
    if as_json:
        write_json({"dry_run": dry_run, "withdrawn": ids, "exit_status": 0})
    else:
        console().print(
            f"{len(ids):,} correction(s) {'would be ' if dry_run else ''}withdrawn: {_ids(found)}"
        )


def replay(
    domain: DomainOption = None,
    period: MonthsOption = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Every month with corrections that no build has used yet.")
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build months again with their corrections, as `wdh run` does, and show what became of the lines."""
    from work_data_hub.cli.quarantine.replay import replay_months, show_plan, show_replay
    from work_data_hub.orchestration.instance import write_instance_file

    if every == bool(period):
        raise UsageError("say which months", expected="--period, or --all", fix="such as --period 2025-11")
    settings = read_settings()
    write_instance_file(settings)
    with open_hub(settings) as hub:
        chosen = one_domain(hub, domain)
        if dry_run:
            show_plan(hub, chosen, period, as_json=as_json)
            return
        report = replay_months(hub, chosen, period)
    show_replay(report, as_json=as_json)
    finish(report.exit_status)


def _last_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = today
    if not today < day <= today + _LONGEST:
        raise UsageError(
            f"a waiver can't hold until {text!r}",
            expected=f"a day after {today} and at most a year ahead, as {today + timedelta(days=90)}",
            fix="name such a day with --until",
        )
    return day


def _refuse_settled(lines: "Sequence[QuarantineLine]") -> None:
    settled = [line for line in lines if not line.stands]
    if settled:
        raise UsageError(
            f"{_ids(settled)}: {settled[0].state} already", expected="lines that are open", fix="leave it out"
        )


def _ids(lines: "Sequence[QuarantineLine]") -> str:
    return ", ".join(line.rejection_id[:SHORT_ID] for line in lines)
