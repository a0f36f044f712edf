"""`wdh run`: months into tables, one orchestrated run each."""

from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.cli.edge import styled
from work_data_hub.cli.months import MonthRun, run_months, worst
from work_data_hub.cli.options import DomainArgument, PeriodOption, chosen_months, months_between, spans
from work_data_hub.cli.output import JsonOption, finish, notes, print_table, write_json
from work_data_hub.cli.progress import steps, tell
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.cli.stages import run_stages
from work_data_hub.cli.summary import summary_table

if TYPE_CHECKING:
    from work_data_hub.bootstrap import Hub
    from work_data_hub.domain.kernel.period import Period

_SHOWN_WARNINGS = 5


def run(
    domain: DomainArgument,
    *,
    period: PeriodOption = None,
    first: Annotated[
        str | None, typer.Option("--from", help="First month of a range.", show_default=False)
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", help="Last month; the latest one in the landing root by default."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even what is fresh.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Build and publish all tables of a month or a range; unchanged tables are passed over."""
    from work_data_hub.orchestration.instance import write_instance_file

    settings = read_settings()
    write_instance_file(settings)
    with open_hub(settings) as hub:
        if hub.domain(domain).source is None:
            finish(_run_stages(hub, domain, period, first, last, force=force, as_json=as_json))
            return
        months, absent = chosen_months(hub, domain, period, first, last)
        _tell_absent(absent)
        total = len(months) * len(hub.domain(domain).tables)
        with steps(f"{domain} {spans(months)}", total) as shown:
            runs = []
            for month in run_months(hub, domain, months, shown, force=force):
                runs.append(month)
                shown.reach(len(runs) * len(hub.domain(domain).tables))
    status = worst(month.exit_status for month in runs)
    if as_json:
        write_json(
            {"domain": domain, "months": [m.document for m in runs], "skipped": absent, "exit_status": status}
        )
    else:
        show_runs(runs)
    finish(status)


def _run_stages(
    hub: "Hub",
    domain: str,
    period: str | None,
    first: str | None,
    last: str | None,
    *,
    force: bool,
    as_json: bool,
) -> int:
    """Run a domain that takes drops: all of it, or the months that are named."""
    months = months_between(hub, domain, period, first, last)
    tables = len(hub.domain(domain).tables)
    with steps(domain, tables) as shown:
        runs = list(run_stages(hub, domain, shown, months=months, force=force))
        shown.reach(tables)
    status = worst(run.exit_status for run in runs)
    if as_json:
        write_json({"domain": domain, "months": [run.document for run in runs], "exit_status": status})
    else:
        show_runs(runs)
    return status


def show_runs(runs: "list[MonthRun]") -> None:
    """Print the summary, then what to look at."""
    from work_data_hub.application.members import told

    print_table(summary_table(line for month in runs for line in month.lines))
    for month in runs:
        for line in month.lines:
            for warning in line.warnings[:_SHOWN_WARNINGS]:
                tell(("! ", "yellow"), f"{month.what} {line.table}: {warning}")
    for month in runs:
        if month.error is not None:
            named = month.what in month.error.what
            text = told(month.error)
            notes().print(styled(text if named else f"{month.what}: {text}"))


def _tell_absent(absent: "tuple[Period, ...]") -> None:
    if absent:
        tell(f"No folder in the landing root, passed over: {spans(absent)}")
