"""The sensors of a domain that takes drops: some look into the landing folder, one asks for what follows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES

from work_data_hub.application.domains import Domain
from work_data_hub.bootstrap import Hub
from work_data_hub.orchestration.automation import allowed
from work_data_hub.orchestration.drops import (
    DropSight,
    being_written,
    look_at_drops,
    read_signatures,
    write_signatures,
)
from work_data_hub.orchestration.due import due_runs
from work_data_hub.orchestration.landing_runs import LOST_AFTER
from work_data_hub.orchestration.resources import HubFactory

LANDING_SECONDS: Final = 20
FOLLOW_SECONDS: Final = 30
# so long that the sensors of the landing folder, which look twice, have asked before
QUIET_FOR: Final = timedelta(minutes=1)
_KEY_LENGTH: Final = 12
_NEWEST: Final = 200


def drop_sensor(name: str, domain: str, sources: tuple[str, ...], factory: HubFactory) -> dg.SensorDefinition:
    """Request the domain's drops once one of these sources has a new content that lies still."""
    environments = allowed(name)

    def evaluate(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        with factory() as hub:
            environment = str(hub.settings.environment)
            if environment not in environments:
                return dg.SkipReason(f"{name} does not run in {environment}")
            sights = look_at_drops(hub, hub.domain(domain), sources, read_signatures(context.cursor))
            return _requested(hub, hub.domain(domain), sights)

    return dg.SensorDefinition(
        name=name,
        job_name=f"{domain}_drops",
        evaluation_fn=evaluate,
        minimum_interval_seconds=LANDING_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Watches the landing folder for {', '.join(sources)} and loads the drops when one is new.",
    )


def follow_sensor(
    domain: str, jobs: Sequence[UnresolvedAssetJobDefinition], factory: HubFactory
) -> dg.SensorDefinition:
    """Request what is not fresh, stage by stage, while nothing of the domain is at work."""
    name = f"{domain}_follow"
    environments = allowed(name)

    def evaluate(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        with factory() as hub:
            environment = str(hub.settings.environment)
            if environment not in environments:
                return dg.SkipReason(f"{name} does not run in {environment}")
            busy = _at_work(context.instance, hub, domain)
            if busy:
                return dg.SkipReason(f"{busy} is at work")
            written = being_written(hub, hub.domain(domain), QUIET_FOR)
            if written:
                return dg.SkipReason(f"waiting for {written} to be complete")
            requests = due_runs(hub.domain(domain), hub.status(domain).read())
        if not requests:
            return dg.SkipReason("everything that can be built is fresh")
        return dg.SensorResult(run_requests=list(requests))

    return dg.SensorDefinition(
        name=name,
        evaluation_fn=evaluate,
        jobs=list(jobs),
        minimum_interval_seconds=FOLLOW_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Builds {domain} tables that are not fresh: first the drops, then months, then what follows.",
    )


def _requested(hub: Hub, domain: Domain, sights: tuple[DropSight, ...]) -> dg.SensorResult:
    due = [sight for sight in sights if sight.contents]
    told = [sight.told for sight in sights if sight.told]
    # the run reads every drop of the domain, so one that is not complete holds up the others
    waits = any(sight.waits for sight in sights)
    written = being_written(hub, domain) if due and not waits else ""
    if written:
        told.append(f"waiting for {written} to be complete")
    asks = bool(due) and not waits and not written
    news = f"{', '.join(sight.source for sight in due)} is new" if due else "nothing new"
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=_run_key(domain, due))] if asks else [],
        skip_reason=None if asks else "; ".join([news, *told]),
        cursor=write_signatures(sights),
    )


def _run_key(domain: Domain, due: Sequence[DropSight]) -> str:
    """Name the run of these contents under these rules; a content that comes back has a name of its own."""
    contents = ",".join(f"{s.source}={'+'.join(c[:_KEY_LENGTH] for c in s.contents)}" for s in due)
    rules = f"{domain.config_fingerprint[:_KEY_LENGTH]}:{domain.code_version}"
    runs = sorted({run for sight in due for run in sight.after})
    return f"{contents}:{rules}{':after:' if runs else ''}{','.join(runs)}"


def _at_work(instance: dg.DagsterInstance, hub: Hub, domain: str) -> str:
    """Name a job that builds tables of the domain and has not ended; one that was killed counts for a while only."""
    since = hub.ports.clock.now() - LOST_AFTER
    unfinished = dg.RunsFilter(statuses=list(NOT_FINISHED_STATUSES), created_after=since)
    runs = instance.get_runs(unfinished, limit=_NEWEST)
    return next((run.job_name for run in runs if _is_of(run, domain)), "")


def _is_of(run: dg.DagsterRun, domain: str) -> bool:
    # assets that are picked in the UI run under one name whatever they are
    picked = any(key.path[0] == domain for key in run.asset_selection or ())
    return picked or run.job_name == domain or run.job_name.startswith(f"{domain}_")
