"""The shop of the unit tests as a hub, so that Dagster runs it without files and databases."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import dagster as dg
from tests.unit.application.shop import MONTH, Shop

from work_data_hub.bootstrap import Hub
from work_data_hub.config.settings import Settings
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.materialize import FORCE_TAG
from work_data_hub.orchestration.partitions import monthly
from work_data_hub.orchestration.resources import HubSession, LoudIOManager

RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


def settings(**values: Any) -> Settings:
    """Give settings that read neither the environment's .env nor a real database."""
    return Settings(**{"_env_file": None, "database_url": "embedded", **values})


@dataclass
class ShopHub:
    """A shop, the hub around it and the graph of its tables."""

    shop: Shop
    environment: str = "dev"

    @property
    def hub(self) -> Hub:
        """Give the hub; the shop answers to the name of a domain that may run by itself, too."""
        domain = self.shop.domain
        named = {"shop": domain, "annuity": domain}
        return Hub(settings(environment=self.environment), self.shop.ports, named)

    def factory(self) -> AbstractContextManager[Hub]:
        """Open the hub as a run would."""
        return nullcontext(self.hub)

    def assets(self) -> list[dg.AssetsDefinition]:
        """Give the shop's tables as assets."""
        return table_assets(self.shop.domain.tables, monthly(MONTH), "code")

    def materialize(
        self, *keys: str, instance: dg.DagsterInstance, force: bool = False, raise_on_error: bool = False
    ) -> dg.ExecuteInProcessResult:
        """Run the shop's graph for one month, or for a range from the first to the last key."""
        where: dict[str, Any] = {"partition_key": keys[0]} if len(keys) == 1 else {}
        tags = dict(zip(RANGE_TAGS, (keys[0], keys[-1]), strict=True)) if len(keys) > 1 else {}
        self.session = HubSession(self.hub, self._hear)
        self.heard: list[tuple[str, str]] = []
        return dg.materialize(
            self.assets(),
            instance=instance,
            resources={"hub": self.session, "io_manager": LoudIOManager()},
            tags=tags | ({FORCE_TAG: "true"} if force else {}),
            raise_on_error=raise_on_error,
            **where,
        )

    def _hear(self, table: str, event: str) -> None:
        self.heard.append((table, event))


@contextmanager
def ephemeral() -> Iterator[dg.DagsterInstance]:
    """Give an instance in memory."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance
