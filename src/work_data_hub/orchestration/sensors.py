"""The sensors of a domain: one looks into the landing folder, one asks for tables whose inputs changed."""

from typing import Final

import dagster as dg

from work_data_hub.application.domains import Domain
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.automation import allowed
from work_data_hub.orchestration.landing import Sighting, survey
from work_data_hub.orchestration.landing_memory import read_memory, write_memory
from work_data_hub.orchestration.landing_requests import Books, decide
from work_data_hub.orchestration.landing_runs import MonthRuns
from work_data_hub.orchestration.resources import HubFactory

LANDING_SECONDS: Final = 20
AUTOMATION_SECONDS: Final = 30
_LONGEST: Final = 2_000


def landing_sensor(domain: str, factory: HubFactory) -> dg.SensorDefinition:
    """Request a run for each month whose file is new or changed."""
    name = f"{domain}_landing"
    environments = allowed(name)

    def evaluate(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        with factory() as hub:
            environment = str(hub.settings.environment)
            if environment not in environments:
                return dg.SkipReason(f"{name} does not run in {environment}")
            runs = MonthRuns.look(context.instance, domain, name, hub.ports.clock.now())
            return _tick(hub, hub.domain(domain), context, runs)

    return dg.SensorDefinition(
        name=name,
        job_name=domain,
        evaluation_fn=evaluate,
        minimum_interval_seconds=LANDING_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Watches the {domain} landing folder and loads months whose file is new or changed.",
    )


def automation_sensor(domain: str, *groups: str) -> dg.AutomationConditionSensorDefinition:
    """Request what has inputs that changed: tables, a run for each month, and what stands beside the months."""
    name = f"{domain}_automation"
    allowed(name)
    return dg.AutomationConditionSensorDefinition(
        name=name,
        target=dg.AssetSelection.groups(*groups),
        minimum_interval_seconds=AUTOMATION_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        # the counts, and the version by which the next table sees a change, are told by month in a run of one month
        emit_backfills=False,
        description=f"Builds {domain} tables from silver on when what they read has changed.",
    )


def _tick(hub: Hub, domain: Domain, context: dg.SensorEvaluationContext, runs: MonthRuns) -> dg.SensorResult:
    now = hub.ports.clock.now()
    watch = hub.ports.finder
    source = domain.monthly_source
    months = [period for period in watch.months(source) if period >= domain.start]
    # a month that has not begun has no partition yet; one such request would make the whole tick fail
    begun = [period for period in months if period <= Period.of(now.date())]
    early = [Sighting(period, told="has not begun") for period in months if period not in begun]
    sightings, memory = survey(watch, source, begun, read_memory(context.cursor), now)
    decision = decide(Books.open(hub, domain), (*sightings, *early), runs)
    if decision.requests:
        context.log.info(_message(f"{len(decision.requests)} months requested", *decision.told))
    return dg.SensorResult(
        run_requests=list(decision.requests),
        skip_reason=None if decision.requests else _message("nothing new", *decision.told),
        cursor=write_memory(memory),
    )


def _message(*told: str) -> str:
    text = "; ".join(told)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
