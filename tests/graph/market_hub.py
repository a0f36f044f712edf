"""The market of the unit tests as a hub with a real landing folder: drops fall, sensors tick, runs build."""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from tests.graph.landing_shop import StillClock
from tests.graph.shop_hub import settings
from tests.unit.application.market import Line, Market

from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.drops import DropFolder
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.drop_sensors import drop_sensor, follow_sensor
from work_data_hub.orchestration.jobs import domain_jobs, stage_only
from work_data_hub.orchestration.partitions import monthly
from work_data_hub.orchestration.resources import HubSession, LoudIOManager, hub_resource

TICK = timedelta(seconds=20)
LANDING, FOLLOW = "market_landing", "market_follow"
PLACES = {LANDING: ("dev", "prod"), FOLLOW: ("dev", "prod")}


@dataclass
class MarketHub:
    """A market whose drops are files, the graph of its tables, and the cursor of its landing sensor."""

    root: Path
    instance: dg.DagsterInstance
    environment: str = "dev"
    cursor: str | None = None
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        self.root.mkdir(exist_ok=True)
        self.market = Market(box=DropFolder(self.root), clock=self.clock)
        tables = self.market.domain.tables
        jobs = domain_jobs("market", tables)
        self.defs = dg.Definitions(
            assets=table_assets(tables, monthly(self.market.domain.start), "code"),
            jobs=jobs,
            sensors=[
                drop_sensor(LANDING, "market", ("sales", "gifts"), self.factory),
                follow_sensor("market", stage_only(jobs), self.factory),
            ],
            resources={"hub": hub_resource(self.factory), "io_manager": LoudIOManager()},
            executor=dg.in_process_executor,
        )

    @property
    def hub(self) -> Hub:
        """Give the hub as it is now."""
        named = {"market": self.market.domain}
        return Hub(settings(environment=self.environment), self.market.ports, named)

    def factory(self) -> AbstractContextManager[Hub]:
        """Open the hub as a run would."""
        return nullcontext(self.hub)

    def drop(self, name: str, *lines: Line) -> Path:
        """Write a drop as it would be written at the clock's time."""
        text = "\n".join(",".join(cells) for cells in (("Day", "Good", "Amount"), *lines))
        return self.write(name, f"{text}\n".encode())

    def write(self, name: str, content: bytes) -> Path:
        """Write any file as it would be written at the clock's time."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (self.clock.at.timestamp(),) * 2)
        return path

    def tick(self) -> tuple[list[Any], str]:
        """Evaluate the landing sensor after a pause and give what it asks for and says."""
        self.clock.at += TICK
        found = self._evaluate(LANDING, self.cursor)
        self.cursor = found.cursor or self.cursor
        return list(found.run_requests or ()), found.skip_message or ""

    def settle(self) -> tuple[list[Any], str]:
        """Tick until files that lie there unchanged have been looked at twice."""
        self.tick()
        return self.tick()

    def follow(self) -> tuple[list[Any], str]:
        """Evaluate the sensor that asks for what follows."""
        found = self._evaluate(FOLLOW, None)
        return list(found.run_requests or ()), found.skip_message or ""

    def _evaluate(self, name: str, cursor: str | None) -> Any:
        repository = self.defs.get_repository_def()
        context = dg.build_sensor_context(instance=self.instance, repository_def=repository, cursor=cursor)
        return repository.get_sensor_def(name).evaluate_tick(context)

    def run(self, request: Any, job: str = "") -> dg.ExecuteInProcessResult:
        """Run what was asked for."""
        return self.defs.resolve_job_def(request.job_name or job).execute_in_process(
            instance=self.instance,
            partition_key=request.partition_key,
            tags=request.tags,
            resources={"hub": HubSession(self.hub)},
            raise_on_error=False,
        )

    def load_drops(self) -> dg.ExecuteInProcessResult:
        """Load what has fallen as the landing sensor would."""
        (request,), _ = self.settle()
        return self.run(request, "market_drops")

    def begun(self, job: str, **more: Any) -> dg.DagsterRun:
        """Let Dagster know of a run that somebody else has begun."""
        return self.instance.create_run_for_job(
            self.defs.resolve_job_def(job), status=dg.DagsterRunStatus.STARTED, **more
        )

    def takings(self) -> dict[str, str]:
        """Give what was published of the months."""
        rows = self.market.ledger.records
        return {r.scope.removeprefix("period=")[:7]: r.run_id for r in rows if r.table.endswith("takings")}


def months(first: Period, last: Period) -> dict[str, str]:
    """Give the tags of a run over a range of months."""
    return {
        "dagster/asset_partition_range_start": first.key,
        "dagster/asset_partition_range_end": last.key,
    }
