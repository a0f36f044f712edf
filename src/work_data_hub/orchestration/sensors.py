"""The landing sensor: a month is requested once per content; the truth is the ledger, not the cursor."""

import dagster as dg

from work_data_hub.application.domains import Domain
from work_data_hub.application.status import State, StatusReader, TableState
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.automation import allowed
from work_data_hub.orchestration.resources import HubFactory


def landing_sensor(domain: str, factory: HubFactory) -> dg.SensorDefinition:
    """Request a run for each month whose file is new or changed."""
    name = f"{domain}_landing"
    environments = allowed(name)

    def evaluate(_context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        with factory() as hub:
            environment = str(hub.settings.environment)
            if environment not in environments:
                return dg.SkipReason(f"{name} does not run in {environment}")
            return _requests(hub, hub.domain(domain))

    return dg.SensorDefinition(
        name=name,
        job_name=domain,
        evaluation_fn=evaluate,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Watches the {domain} landing folder and loads months whose file is new or changed.",
    )


def _requests(hub: Hub, domain: Domain) -> dg.SensorResult | dg.SkipReason:
    sources = {intake.contract.key for intake in domain.intakes}
    reader = StatusReader(hub.ports, domain, hub.code_version)
    states = [state for state in reader.read() if state.table in sources]
    now = Period.of(hub.ports.clock.now().date())
    # a month that has not begun has no partition yet; one such request would make the whole tick fail
    waiting = [s for s in states if s.fingerprint and not _loaded(s) and s.period <= now]
    if not waiting:
        refused = [f"{s.period}: {s.reason}" for s in states if s.state is State.REFUSED]
        return dg.SkipReason("nothing new" + (f"; refused {'; '.join(refused)}" if refused else ""))
    return dg.SensorResult(run_requests=[_request(state) for state in waiting])


def _loaded(state: TableState) -> bool:
    return state.record is not None and any(i.version == state.fingerprint for i in state.record.inputs)


def _request(state: TableState) -> dg.RunRequest:
    # a content that comes back after another one needs a key of its own: Dagster never runs a key twice
    after = f":after:{state.record.run_id}" if state.record else ""
    return dg.RunRequest(
        run_key=f"{state.period.key}:{state.fingerprint}{after}",
        partition_key=state.period.key,
        tags={"wdh/period": str(state.period)},
    )
