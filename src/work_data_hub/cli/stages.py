"""A whole domain, stage by stage: drops, the months that are not fresh, and what follows them."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from work_data_hub.cli.months import MonthRun, hear_table, heeded
from work_data_hub.cli.options import spans
from work_data_hub.cli.progress import Steps
from work_data_hub.cli.session import call_log
from work_data_hub.cli.summary import TableLine, added_up, table_lines
from work_data_hub.domain.kernel.errors import HubError, InputRefusedError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import WHOLE

if TYPE_CHECKING:
    from work_data_hub.bootstrap import Hub
    from work_data_hub.orchestration.launch import LaunchResult
    from work_data_hub.orchestration.stages import StageJob

_Launch = Callable[[Callable[[str, str], None]], "LaunchResult"]


def run_stages(
    hub: "Hub",
    domain: str,
    shown: Steps,
    *,
    months: Sequence[Period] | None = None,
    force: bool = False,
) -> Iterator[MonthRun]:
    """Run stage after stage; a stage that failed ends the run, as what follows would be built on it.

    With `months` only these are built, and nothing that is built as a whole.
    """
    from work_data_hub.orchestration.stages import stage_jobs

    refused: HubError | None = None
    for job in stage_jobs(domain, hub.domain(domain).tables):
        if months is not None and not job.monthly:
            continue
        for run in (
            _months(hub, job, shown, months, force=force)
            if job.monthly
            else _whole(hub, job, shown, force=force)
        ):
            ended = _heeding(run, refused)
            yield ended
            refused = ended.error or refused
            # what was refused is missing, and what can be built without it is built
            if refused is not None and not isinstance(refused, InputRefusedError):
                return


def _heeding(run: MonthRun, refused: HubError | None) -> MonthRun:
    """Say of a run that lacks what was refused before that it was refused, too."""
    from work_data_hub.application.inputs import UpstreamMissingError

    waits = refused is not None and isinstance(run.error, UpstreamMissingError)
    return replace(run, error=refused) if waits else run


def _whole(hub: "Hub", job: "StageJob", shown: Steps, *, force: bool) -> Iterator[MonthRun]:
    from work_data_hub.orchestration.launch import launch_whole

    def launch(hear: Callable[[str, str], None]) -> "LaunchResult":
        return launch_whole(hub, job.name, force=force, on_event=hear)

    lines = _lines(hub, job, WHOLE, None)
    if not force and all(line.state == "fresh" for line in lines):
        yield MonthRun(WHOLE, "", 0.0, None, lines)
        return
    yield _run(hub, job, shown, launch)


def _months(
    hub: "Hub", job: "StageJob", shown: Steps, months: Sequence[Period] | None, *, force: bool
) -> Iterator[MonthRun]:
    from work_data_hub.orchestration.due import unbroken
    from work_data_hub.orchestration.launch import launch_range

    for first, last in unbroken(_wanted(hub, job, months, force=force)):

        def launch(
            hear: Callable[[str, str], None], first: Period = first, last: Period = last
        ) -> "LaunchResult":
            return launch_range(hub, job.name, first, last, force=force, on_event=hear)

        yield _run(hub, job, shown, launch, tuple(first.until(last)))


def _wanted(hub: "Hub", job: "StageJob", months: Sequence[Period] | None, *, force: bool) -> list[Period]:
    """Give the months with a table that is not fresh, or all of them by force."""
    mine = {table.contract.key for table in job.tables}
    states = hub.status(_domain(job)).read(tuple(months) if months is not None else None)
    late = {s.period for s in states if s.period and s.table in mine and (force or str(s.state) != "fresh")}
    return sorted(late)


def _run(
    hub: "Hub", job: "StageJob", shown: Steps, launch: _Launch, months: tuple[Period, ...] | None = None
) -> MonthRun:
    what, started = spans(months) if months else WHOLE, time.monotonic()
    # the orchestrator tells every event to stderr, where the progress is
    with call_log.hears_stderr():
        result = heeded(launch(partial(hear_table, shown, f"{what} " if months else "")))
    seconds = time.monotonic() - started
    return MonthRun(what, result.run_id, seconds, result.error, _lines(hub, job, what, months))


def _lines(
    hub: "Hub", job: "StageJob", what: str, months: tuple[Period, ...] | None
) -> tuple[TableLine, ...]:
    mine = {table.contract.key for table in job.tables}
    states = hub.status(_domain(job)).read(months)
    return added_up(what, [line for line in table_lines(states) if line.table in mine])


def _domain(job: "StageJob") -> str:
    return job.tables[0].contract.domain
