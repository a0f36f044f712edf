"""The sensor that starts nothing: it looks at the ledgers and tells people what they should know."""

from typing import Final

import dagster as dg
from pydantic import TypeAdapter, ValidationError

from work_data_hub.application.alerts.delivery import Alert, Delivery, deliver
from work_data_hub.application.alerts.memory import Memory, due_alerts
from work_data_hub.application.alerts.rules import look
from work_data_hub.application.domains import Domain
from work_data_hub.bootstrap import Hub
from work_data_hub.orchestration.automation import allowed
from work_data_hub.orchestration.resources import HubFactory
from work_data_hub.utils.logging import get_logger

EVERY_SECONDS: Final = 300
_MEMORY: Final = TypeAdapter(Memory)
_LOGGER: Final = "work_data_hub.alerts"


def alert_sensor(domain: str, factory: HubFactory) -> dg.SensorDefinition:
    """Tell what is broken, late or over; what was told before is kept in the cursor."""
    name = f"{domain}_alerts"
    environments = allowed(name)

    def evaluate(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        with factory() as hub:
            environment = str(hub.settings.environment)
            if environment not in environments:
                return dg.SkipReason(f"{name} does not run in {environment}")
            memory, said = tell(hub, hub.domain(domain), remembered(context.cursor))
        context.update_cursor(_MEMORY.dump_json(memory).decode())
        return dg.SkipReason(said)

    return dg.SensorDefinition(
        name=name,
        evaluation_fn=evaluate,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Tells people about {domain}: failures, refused files, stale tables; it starts no run.",
    )


def remembered(cursor: str | None) -> Memory:
    """Read the cursor; one that is lost or can't be read only means that things are told again."""
    try:
        return _MEMORY.validate_json(cursor) if cursor else Memory()
    except ValidationError:
        get_logger(_LOGGER).warning("the cursor of the alerts can't be read; what stands is told again")
        return Memory()


def tell(hub: Hub, domain: Domain, memory: Memory) -> tuple[Memory, str]:
    """Look, tell, and give what to remember and what was said."""
    now = hub.ports.clock.now()
    found = look(hub.ports, domain, now)
    memory, alerts = due_alerts(domain.name, memory, found, now)
    delivery = deliver(domain.name, alerts, hub.alerts, memory.waiting, now)
    _log(delivery)
    memory = Memory(memory.at, memory.told, memory.seen, delivery.waiting)
    return memory, _summary(alerts, len(found.findings), delivery)


def _log(delivery: Delivery) -> None:
    logger = get_logger(_LOGGER)
    for sink, error in delivery.failures:
        logger.error("an alert was not delivered; it is tried again", sink=sink, error=error.what)
    for sink, alert in delivery.given_up:
        logger.error("an alert is given up", sink=sink, subject=alert.subject)


def _summary(alerts: tuple[Alert, ...], standing: int, delivery: Delivery) -> str:
    told = "; ".join(alert.subject for alert in alerts)
    waiting = [f"{sink}: {len(items)} waiting" for sink, items in delivery.waiting.items()]
    parts = [
        f"told {len(alerts)}: {told}" if alerts else "nothing new to tell",
        f"{standing} stand",
        *waiting,
    ]
    return "; ".join(parts)
