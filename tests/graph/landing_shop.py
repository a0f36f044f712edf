"""The shop with a real landing folder: files fall, sensors tick, runs load, and time passes when told to."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import xlsxwriter
from tests.fakes import FakeClock
from tests.graph.shop_hub import RANGE_TAGS, ShopHub
from tests.unit.application.shop import Shop

from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.file_connector import FileConnector
from work_data_hub.io.readers.excel_reader import ExcelReader
from work_data_hub.orchestration.definitions import build_defs
from work_data_hub.orchestration.resources import HubSession, LoudIOManager

MORNING = datetime(2026, 1, 10, 8, tzinfo=UTC)
TICK = timedelta(seconds=20)


@dataclass
class StillClock(FakeClock):
    """A clock that stands until it is moved."""

    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at


@dataclass
class Tick:
    """What one evaluation of the landing sensor said."""

    requests: list[Any]
    told: str

    @property
    def months(self) -> list[str]:
        return [request.tags["wdh/period"] for request in self.requests]


def workbook(path: Path, *amounts: object) -> bytes:
    """Write a workbook of the shop and give its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        book.set_properties({"created": MORNING})
        sheet = book.add_worksheet("lines")
        for row, value in enumerate(("Amount", *amounts)):
            sheet.write(row, 0, value)
    return path.read_bytes()


@dataclass
class LandingShop(ShopHub):
    """A shop hub that reads workbooks from a folder."""

    shop: Shop = field(init=False)
    root: Path = field(kw_only=True)
    instance: dg.DagsterInstance = field(kw_only=True)
    cursor: str | None = None

    def __post_init__(self) -> None:
        self.clock = StillClock()
        self.finder = FileConnector(self.root)
        self.shop = Shop(finder=self.finder, reader=ExcelReader(), clock=self.clock)  # type: ignore[arg-type]  # real parts
        self.root.mkdir(exist_ok=True)
        self.defs = build_defs(self.factory)

    def write(self, name: str, content: bytes) -> Path:
        """Write a file as it would be written at the clock's time."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return self.touch(path)

    def drop(self, name: str, *amounts: object) -> Path:
        """Write a workbook as it would be written at the clock's time."""
        workbook(self.root / name, *amounts)
        return self.touch(self.root / name)

    def touch(self, path: Path) -> Path:
        os.utime(path, (self.clock.at.timestamp(),) * 2)
        return path

    def tick(self, *, keep: bool = True) -> Tick:
        """Evaluate the landing sensor once, after a pause."""
        self.clock.at += TICK
        repository = self.defs.get_repository_def()
        context = dg.build_sensor_context(
            instance=self.instance, repository_def=repository, cursor=self.cursor
        )
        found = repository.get_sensor_def("annuity_landing").evaluate_tick(context)
        if keep:
            self.cursor = found.cursor
        return Tick(list(found.run_requests or ()), found.skip_message or "")

    def settle(self) -> Tick:
        """Tick until a file that lies there unchanged has been looked at twice."""
        self.tick()
        return self.tick()

    def run(self, request: Any) -> dg.ExecuteInProcessResult:
        """Run what was requested, as Dagster would tag it."""
        tags = {"dagster/run_key": request.run_key, "dagster/sensor_name": "annuity_landing", **request.tags}
        return dg.materialize(
            self.assets(),
            instance=self.instance,
            resources={"hub": HubSession(self.hub), "io_manager": LoudIOManager()},
            tags=tags,
            partition_key=request.partition_key,
            raise_on_error=False,
        )

    def unfinished_run(self, period: Period, until: Period | None = None) -> dg.DagsterRun:
        """Let Dagster know of a run of a month, or of some, that somebody else has begun."""
        job = self.defs.resolve_job_def("annuity")
        tags = dict(zip(RANGE_TAGS, (period.key, until.key), strict=True)) if until else {}
        return self.instance.create_run_for_job(
            job, status=dg.DagsterRunStatus.STARTED, tags=tags or {"dagster/partition": period.key}
        )
