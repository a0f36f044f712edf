"""The stalls of the unit tests as a hub with a real landing folder and the graph of their tables."""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
from tests.graph.landing_shop import StillClock
from tests.graph.market_hub import TICK
from tests.graph.shop_hub import settings
from tests.unit.application.market import Line
from tests.unit.application.stalls import Stalls

from work_data_hub.bootstrap import Hub
from work_data_hub.io.connectors.drops import DropFolder
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.drop_sensors import drop_sensor, follow_sensor
from work_data_hub.orchestration.jobs import domain_jobs, stage_only
from work_data_hub.orchestration.partitions import monthly
from work_data_hub.orchestration.resources import LoudIOManager, hub_resource

LANDING, FOLLOW = "stalls_landing", "stalls_follow"


@dataclass
class StallsHub:
    """Stalls whose drops are files, and what Dagster knows of them."""

    root: Path
    instance: dg.DagsterInstance
    cursor: str | None = None
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        self.root.mkdir(exist_ok=True)
        self.stalls = Stalls(box=DropFolder(self.root), clock=self.clock)
        domain = self.stalls.domain
        jobs = domain_jobs("stalls", domain.tables)
        self.defs = dg.Definitions(
            assets=table_assets(domain.tables, monthly(domain.start), "code"),
            jobs=jobs,
            sensors=[
                drop_sensor(LANDING, "stalls", tuple(domain.drops), self.factory),
                follow_sensor("stalls", stage_only(jobs), self.factory),
            ],
            resources={"hub": hub_resource(self.factory), "io_manager": LoudIOManager()},
            executor=dg.in_process_executor,
        )

    @property
    def hub(self) -> Hub:
        """Give the hub as it is now."""
        return Hub(settings(), self.stalls.ports, {"stalls": self.stalls.domain})

    def factory(self) -> AbstractContextManager[Hub]:
        """Open the hub as a run would."""
        return nullcontext(self.hub)

    def drop(self, source: str, *lines: Line) -> Path:
        """Write a drop of a stall as it would be written at the clock's time."""
        path = self.root / source / "drop.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(",".join(cells) for cells in (("Day", "Good", "Amount"), *lines)) + "\n")
        os.utime(path, (self.clock.at.timestamp(),) * 2)
        return path

    def tick(self) -> tuple[list[Any], str]:
        """Evaluate the landing sensor after a pause and give what it asks for and says."""
        self.clock.at += TICK
        found = self._evaluate(LANDING, self.cursor)
        self.cursor = found.cursor or self.cursor
        return list(found.run_requests or ()), found.skip_message or ""

    def follow(self) -> tuple[list[Any], str]:
        """Evaluate the sensor that asks for what follows, a while after the last drop."""
        self.clock.at += 10 * TICK
        found = self._evaluate(FOLLOW, None)
        return list(found.run_requests or ()), found.skip_message or ""

    def _evaluate(self, name: str, cursor: str | None) -> Any:
        repository = self.defs.get_repository_def()
        context = dg.build_sensor_context(instance=self.instance, repository_def=repository, cursor=cursor)
        return repository.get_sensor_def(name).evaluate_tick(context)

    def shown(self, *key: str) -> dict[str, dict[str, Any]]:
        """Give the newest metadata of each partition of an asset."""
        found: dict[str, dict[str, Any]] = {}
        for record in self.instance.fetch_materializations(dg.AssetKey(key), limit=50).records:
            made = record.asset_materialization
            assert made is not None
            values = {name: _plain(value) for name, value in made.metadata.items()}
            found.setdefault(str(made.partition), values)
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, dg.TableMetadataValue):
        return [record.data for record in value.records]
    return value.value
