"""What assets get: a wired hub, opened when a run needs it and closed when the run ends."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import dagster as dg

from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.config.settings import get_settings
from work_data_hub.domain.kernel.errors import HubError
from work_data_hub.utils.logging import configure_logging

HubFactory = Callable[[], AbstractContextManager[Hub]]
Listener = Callable[[str, str], None]


def hear_nothing(_table: str, _event: str) -> None:
    """Take a progress report and do nothing with it."""


@dataclass(frozen=True, slots=True)
class HubSession:
    """A run's hub, who hears of its progress, and the typed failures it met."""

    hub: Hub
    tell: Listener = hear_nothing
    failures: list[HubError] = field(default_factory=list)


def hub_from_settings() -> AbstractContextManager[Hub]:
    """Wire a hub from the environment; a missing setting is named here, when a run needs it."""
    settings = get_settings()
    configure_logging(settings.log_level, settings.environment, settings.log_dir, secrets=settings.secrets())
    return build_hub(settings)


def hub_resource(factory: HubFactory) -> dg.ResourceDefinition:
    """Give the resource that opens a hub for a run."""

    def open_hub(_context: dg.InitResourceContext) -> Iterator[HubSession]:
        with factory() as hub:
            yield HubSession(hub)

    return dg.ResourceDefinition(
        resource_fn=dg.resource(open_hub).resource_fn,
        description="The wired hub: ports, domains, code version.",
    )


class LoudIOManager(dg.IOManager):
    """Refuses values handed between assets: tables are read and published through the hub."""

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Refuse a returned value."""
        if obj is not None:
            raise dg.DagsterInvariantViolationError(_hint(context.asset_key))

    def load_input(self, context: dg.InputContext) -> object:
        """Refuse to load a value."""
        raise dg.DagsterInvariantViolationError(_hint(context.asset_key))


def _hint(key: dg.AssetKey) -> str:
    return (
        f"{key.to_user_string()} hands a value to another asset.\n"
        "Fix: declare it with deps=, publish through the hub and return a MaterializeResult."
    )
