"""Runs jobs in this process, as `wdh run` and the start script do: a domain's month, the search for companies."""

from dataclasses import dataclass

import dagster as dg

from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.errors import HubError, PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.assets.companies import COMPANIES_JOB
from work_data_hub.orchestration.definitions import defs
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
    """Materialize all tables of a domain for a month; the run is recorded in the Dagster instance."""
    session = HubSession(hub, on_event)
    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def(domain).execute_in_process(
            instance=instance,
            partition_key=period.key,
            raise_on_error=False,
            tags={FORCE_TAG: "true"} if force else None,
            resources={"hub": session},
        )
    return LaunchResult(result.run_id, result.success, _error(result, session))


def launch_companies(hub: Hub, on_event: Listener = hear_nothing) -> LaunchResult:
    """Search for the companies of queued names and re-key the months they stand in."""
    session = HubSession(hub, on_event)
    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def(COMPANIES_JOB).execute_in_process(
            instance=instance, raise_on_error=False, resources={"hub": session}
        )
    return LaunchResult(result.run_id, result.success, _error(result, session))


def _error(result: dg.ExecuteInProcessResult, session: HubSession) -> HubError | None:
    if result.success:
        return None
    if session.failures:
        return session.failures[0]
    failed = [event for event in result.all_events if event.is_step_failure]
    what = _cause(failed[0]) if failed else "no step ran"
    return PermanentError(f"the run failed: {what}", fix="read the run's log in the Dagster UI")


def _cause(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return "unknown" if error is None else error.message.strip()
