"""Runs jobs in this process, as `wdh run` and the start script do: a stage of a domain, the search for companies."""

from collections.abc import Mapping
from dataclasses import dataclass

import dagster as dg

from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.errors import HubError, InputRefusedError, PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.assets.companies import COMPANIES_JOB
from work_data_hub.orchestration.definitions import defs
from work_data_hub.orchestration.launch_tags import RANGE_TAGS
from work_data_hub.orchestration.materialize import FORCE_TAG
from work_data_hub.orchestration.resources import HubSession, Listener, hear_nothing


@dataclass(frozen=True, slots=True)
class LaunchResult:
    """How a run ended; `error` is the failure the hub understands."""

    run_id: str
    success: bool
    error: HubError | None


def launch_month(
    hub: Hub, domain: str, period: Period, *, force: bool = False, on_event: Listener = hear_nothing
) -> LaunchResult:
    """Materialize all monthly tables of a domain for a month; the run is recorded in the Dagster instance."""
    return _launch(hub, domain, {}, force=force, on_event=on_event, partition=period.key)


def launch_range(
    hub: Hub,
    domain: str,
    first: Period,
    last: Period,
    *,
    force: bool = False,
    on_event: Listener = hear_nothing,
) -> LaunchResult:
    """Materialize all monthly tables of a domain for unbroken months in one run."""
    if first == last:
        return launch_month(hub, domain, first, force=force, on_event=on_event)
    tags = dict(zip(RANGE_TAGS, (first.key, last.key), strict=True))
    return _launch(hub, domain, tags, force=force, on_event=on_event)


def launch_whole(
    hub: Hub, job: str, *, force: bool = False, on_event: Listener = hear_nothing
) -> LaunchResult:
    """Run a job whose tables are built as a whole."""
    return _launch(hub, job, {}, force=force, on_event=on_event)


def launch_companies(hub: Hub, on_event: Listener = hear_nothing) -> LaunchResult:
    """Search for the companies of queued names and re-key the months they stand in."""
    return _launch(hub, COMPANIES_JOB, {}, force=False, on_event=on_event)


def _launch(
    hub: Hub,
    job: str,
    tags: Mapping[str, str],
    *,
    force: bool,
    on_event: Listener,
    partition: str | None = None,
) -> LaunchResult:
    session = HubSession(hub, on_event)
    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            partition_key=partition,
            raise_on_error=False,
            tags={**tags, **({FORCE_TAG: "true"} if force else {})},
            resources={"hub": session},
        )
    error = _error(result, session)
    return LaunchResult(result.run_id, result.success and error is None, error)


def _error(result: dg.ExecuteInProcessResult, session: HubSession) -> HubError | None:
    if session.failures:
        # of several the one that no other file can mend; a run ends well though one of its members failed
        return min(session.failures, key=lambda error: isinstance(error, InputRefusedError))
    if result.success:
        return None
    failed = [event for event in result.all_events if event.is_step_failure]
    what = _cause(failed[0]) if failed else "no step ran"
    return PermanentError(f"the run failed: {what}", fix="read the run's log in the Dagster UI")


def _cause(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return "unknown" if error is None else error.message.strip()
