"""What a look of the landing sensor costs when ten thousand files lie there and nothing is new."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import dagster as dg
import pandas as pd
import sqlalchemy as sa

from benchmarks.figure import Figure, at_most, timed
from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import InputVersion, RunInfo
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.cli.migrations import upgrade
from work_data_hub.config.settings import Settings
from work_data_hub.domain.annuity.tables import INTAKES
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader.records import publish_row
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.orchestration.definitions import build_defs

FILES, QUICK_FILES = 10_000, 1_000
TICKS, QUICK_TICKS = 9, 3
BAR = 1.0
MONTHS = tuple(Period(2023, 11).until(Period.of(datetime.now(UTC).date())))
BOOK = "【for年金机构经营分析】年金规模及收入数据"
# an archive without members: whole, and never opened when nothing is new
CONTENT = b"PK\x05\x06".ljust(22, b"\0")


def several_months(root: Path, files: int) -> None:
    """Spread versions, mails, locks, replies and lists of awards over all months, as they come."""
    each = max(files // len(MONTHS) - 3, 1)
    for month in MONTHS:
        folder = root / f"{month.year}{month.month:02d}" / "收集数据" / "数据采集"
        for version in ("V1", "V2", "V3"):
            put(folder / version / f"{BOOK}.xlsx")
        for number in range(each):
            put(folder / f"V{number % 4}" / DECOYS[number % len(DECOYS)].format(number))


def one_folder(root: Path, files: int) -> None:
    """Put all files, each of the right name, into one month's folder."""
    for number in range(files):
        put(root / "202512" / "收集数据" / "数据采集" / f"{BOOK} {number}.xlsx")


def one_file_a_version(root: Path, files: int) -> None:
    """Give one month as many version folders as there are files."""
    for number in range(files):
        put(root / "202512" / "收集数据" / "数据采集" / f"V{number}" / f"{BOOK}.xlsx")


def one_file_a_month(root: Path, files: int) -> None:
    """Give each file a month's folder of its own, most of them of centuries that no table has."""
    for number in range(files):
        put(root / f"{2100 - number // 12}{number % 12 + 1:02d}" / f"{BOOK}.xlsx")


DECOYS = ("~$年金规模收入数据 {}.xlsx", "回复 年金规模收入数据 {}.xlsx", "年金规模收入数据 {}.eml", "台账登记 {}.xlsx", "说明 {}.txt")  # fmt: skip
SHAPES: tuple[Callable[[Path, int], None], ...] = (
    several_months,
    one_folder,
    one_file_a_version,
    one_file_a_month,
)


def put(path: Path) -> None:
    """Write one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)


@dataclass(frozen=True, slots=True)
class Shape:
    """A landing tree with a warehouse that has loaded all of it, and the seconds of each look."""

    name: str
    first: float
    ticks: tuple[float, ...]
    opening: float
    told: str


def measure(quick: bool = False) -> list[Figure]:
    """Give the slowest shape's median seconds of a look, the opening of the hub included."""
    files, ticks = (QUICK_FILES, QUICK_TICKS) if quick else (FILES, TICKS)
    shapes = list(_shapes(files, ticks))
    return [
        at_most(
            "sensor",
            max(median(shape.ticks) for shape in shapes),
            BAR,
            unit="s",
            files=files,
            warehouse="a PostgreSQL that is up; opening the hub is part of each look",
            shapes={shape.name: round(median(shape.ticks), 3) for shape in shapes},
            opening_the_hub={shape.name: round(shape.opening, 3) for shape in shapes},
            first_look={shape.name: round(shape.first, 3) for shape in shapes},
            told={shape.name: shape.told[:80] for shape in shapes},
        )
    ]


def _shapes(files: int, ticks: int) -> Iterator[Shape]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with throwaway_server(folder) as server:
            upgrade(server.url())
            fill_ledger(server.url())
            for make in SHAPES:
                root = folder / make.__name__
                make(root, files)
                settings = Settings(_env_file=None, database_url=server.url(), landing_root=root)
                yield _look(make.__name__, partial(build_hub, settings), ticks)


def fill_ledger(url: str) -> None:
    """Say that every sheet of every month was loaded from the one content there is."""
    digest, now = hashlib.sha256(CONTENT).hexdigest(), datetime.now(UTC)
    run = RunInfo("bench", now, "bench", "code")
    rows = [
        publish_row(
            PublishRequest(
                intake.contract,
                Scope.month(month),
                Outcome(pd.DataFrame(), Counts(0, 0)),
                run,
                (InputVersion("book.xlsx", str(month), digest),),
                "hash",
                0.0,
                lambda: None,
            ),
            "identity",
            1.0,
            now,
        )
        for intake in INTAKES
        for month in MONTHS
    ]
    loader = WarehouseLoader(url)
    loader.run(lambda session: session.execute(sa.insert(table_of(PUBLISHES)).values(rows)))
    loader.disconnect()


def _look(name: str, factory: Callable[[], AbstractContextManager[Hub]], ticks: int) -> Shape:
    repository = build_defs(factory).get_repository_def()
    sensor = repository.get_sensor_def("annuity_landing")
    said: list[Any] = [None]
    with dg.DagsterInstance.ephemeral() as instance:

        def tick() -> None:
            cursor = said[-1].cursor if said[-1] else None
            context = dg.build_sensor_context(instance=instance, repository_def=repository, cursor=cursor)
            said.append(sensor.evaluate_tick(context))

        first = timed(tick, time.perf_counter)
        time.sleep(5.5)
        tick()
        seconds = tuple(timed(tick, time.perf_counter) for _ in range(ticks))
    if any(found.run_requests for found in said[2:]):
        message = f"{name}: something was new"
        raise AssertionError(message)
    return Shape(
        name, first, seconds, timed(lambda: _open(factory), time.perf_counter), said[-1].skip_message
    )


def _open(factory: Callable[[], AbstractContextManager[Hub]]) -> None:
    with factory() as hub:
        hub.ports.ledger.attempts(hub.domain("annuity").contracts)
