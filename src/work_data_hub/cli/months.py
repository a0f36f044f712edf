"""Runs of months and of stages: what `wdh run` and `wdh start` do, and what became of every table."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from work_data_hub.cli.edge import failure_of
from work_data_hub.cli.progress import Steps
from work_data_hub.cli.session import call_log
from work_data_hub.cli.summary import TableLine, table_lines
from work_data_hub.domain.kernel.errors import HubError
from work_data_hub.domain.kernel.period import Period

if TYPE_CHECKING:
    from work_data_hub.bootstrap import Hub
    from work_data_hub.orchestration.launch import LaunchResult

WARNED = 3


@dataclass(frozen=True, slots=True)
class MonthRun:
    """How a run ended: of one month, of unbroken months, or of tables that are built as a whole."""

    what: str
    run_id: str
    seconds: float
    error: HubError | None
    lines: tuple[TableLine, ...]

    @property
    def exit_status(self) -> int:
        """Give the exit status this month deserves."""
        if self.error is not None:
            return self.error.exit_status
        return WARNED if any(line.warned for line in self.lines) else 0

    @property
    def document(self) -> dict[str, Any]:
        """The month as part of a JSON document."""
        return {
            "period": self.what,
            "run_id": self.run_id,
            "seconds": round(self.seconds, 3),
            "exit_status": self.exit_status,
            "error": failure_of(self.error).error if self.error else None,
            "tables": self.lines,
        }


def run_months(
    hub: "Hub", domain: str, periods: Iterable[Period], shown: Steps, *, force: bool = False
) -> Iterator[MonthRun]:
    """Run month after month; a refused or failed one does not stop the next."""
    for period in periods:
        yield run_month(hub, domain, period, shown, force=force)


def run_month(hub: "Hub", domain: str, period: Period, shown: Steps, *, force: bool = False) -> MonthRun:
    """Run one month through the orchestrator and read back what is there now."""
    started = time.monotonic()
    # the orchestrator tells every event to stderr, where the progress is
    with call_log.hears_stderr():
        result = _launch(hub, domain, period, partial(hear_table, shown, f"{period} "), force=force)
    seconds = time.monotonic() - started
    lines = table_lines(hub.status(domain).read((period,)))
    return MonthRun(str(period), result.run_id, seconds, result.error, lines)


def _launch(
    hub: "Hub", domain: str, period: Period, hear: Callable[[str, str], None], *, force: bool
) -> "LaunchResult":
    from work_data_hub.orchestration.launch import launch_month

    return heeded(launch_month(hub, domain, period, force=force, on_event=hear))


def heeded(result: "LaunchResult") -> "LaunchResult":
    """Pass a result on, unless Ctrl+C ended the run."""
    if not result.success and _was_interrupted(result.run_id):
        raise KeyboardInterrupt
    return result


def replace_company_ids(hub: "Hub", shown: Steps) -> "LaunchResult":
    """Search for the companies of queued names and re-key the months they stand in."""
    from work_data_hub.orchestration.launch import launch_companies

    def hear(period: str, event: str) -> None:
        what = f"{period} gold tables"
        if event == "started":
            shown.begin(what)
        else:
            shown.end(what, event)

    with call_log.hears_stderr():
        return launch_companies(hub, hear)


def _was_interrupted(run_id: str) -> bool:
    """Say whether a run was ended by Ctrl+C, which the orchestrator takes for itself."""
    from dagster import DagsterInstance, DagsterRunStatus

    with DagsterInstance.get() as instance:
        run = instance.get_run_by_id(run_id)
    return run is not None and run.status is DagsterRunStatus.CANCELED


def hear_table(shown: Steps, prefix: str, asset: str, event: str) -> None:
    """Show that a table's build begins or ends."""
    what = f"{prefix}{'.'.join(asset.split('/')[1:])}"
    if event == "started":
        shown.begin(what)
    else:
        shown.end(what, event)


def worst(statuses: Iterable[int]) -> int:
    """Give the status that a call over several months ends with: failed, refused, warned, done."""
    order = (1, 2, 4, WARNED)
    found = set(statuses)
    return next((status for status in order if status in found), 0)
