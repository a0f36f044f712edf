"""What retail costs: a whole backfill against the bare script, one month against the backfill, and growing input."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2
from psycopg2 import sql

from benchmarks.figure import Figure, at_most
from benchmarks.retail_landing import REAL, landing, repeated
from work_data_hub.cli.migrations import upgrade
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader.urls import DatabaseUrl

ROOT = Path(__file__).parents[1]
PAIRS, QUICK_PAIRS = 3, 1
BACKFILL_BAR, MEMORY_BAR_MB, MONTH_BAR, GROWTH_BAR = 3.0, 2500, 0.1, 2.2
TEMPLATE = "retail_template"
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bench:
    """A server with an empty hub to copy from, and a folder for lakes and for the peer's files."""

    url: str
    folder: Path

    def backfill(self, name: str, root: Path) -> Told:
        """Build all of retail on an empty hub of that name."""
        names = {"name": sql.Identifier(name), "template": sql.Identifier(TEMPLATE)}
        run_sql(self.url, sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        return self._hub("backfill", name, root)

    def month(self, name: str, root: Path) -> Told:
        """Build the largest month of a filled hub again."""
        return self._hub("month", name, root)

    def drop(self, name: str) -> None:
        """Forget a hub."""
        run_sql(self.url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def bare(self, root: Path) -> Told:
        """Let the bare script make the same marts."""
        return told("benchmarks.peers.retail_bare", str(root), str(self.folder / "bare"))

    def _hub(self, action: str, name: str, root: Path) -> Told:
        url = DatabaseUrl.parse(self.url).database(name).libpq
        return told("benchmarks.retail_run", action, url, str(root), str(self.folder / name))


def measure(quick: bool = False) -> list[Figure]:
    """Give the figures; how retail grows is told on the real files only."""
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as bench:
        root, data = landing(Path(folder), quick=quick)
        figures = backfill_and_month(bench, root, data, QUICK_PAIRS if quick else PAIRS)
        return figures if quick or not REAL.exists() else [*figures, growth(bench)]


def backfill_and_month(bench: Bench, root: Path, data: str, pairs: int) -> list[Figure]:
    """Hold backfills against the bare script in turn, and then one month against the last of them."""
    bare, ours = [], []
    for number in range(pairs):
        bare.append(bench.bare(root))
        ours.append(bench.backfill(f"pair_{number}", root))
    month = bench.month(f"pair_{pairs - 1}", root)
    for number in range(pairs):
        bench.drop(f"pair_{number}")
    return [backfill_figure(ours, bare, data), month_figure(month, ours[-1], data)]


def backfill_figure(ours: list[Told], bare: list[Told], data: str) -> Figure:
    """Give the median ratio of the processes' wall clocks; too much memory, or other lines, do not hold either."""
    ratio = median(mine["process"] / theirs["process"] for mine, theirs in zip(ours, bare, strict=True))
    peak = max(mine["peak_mb"] for mine in ours)
    figure = at_most(
        "retail_backfill",
        ratio,
        BACKFILL_BAR,
        data=data,
        lines=ours[-1]["lines"],
        seconds=[mine["process"] for mine in ours],
        bare_seconds=[theirs["process"] for theirs in bare],
        peak_mb=peak,
        bare_peak_mb=max(theirs["peak_mb"] for theirs in bare),
        seconds_by_table=ours[-1]["by_table"],
        bare_seconds_by_part=bare[-1]["seconds"],
    )
    return replace(
        figure,
        bar=f"{figure.bar}, peak memory ≤ {MEMORY_BAR_MB} MB",
        holds=figure.holds and peak <= MEMORY_BAR_MB and ours[-1]["lines"] == bare[-1]["rows"],
    )


def month_figure(month: Told, whole: Told, data: str) -> Figure:
    """Give the share of one month in the monthly tables of a backfill; the month is the largest one."""
    same_part = sum(whole["by_table"][table] for table in whole["monthly"])
    return at_most(
        "retail_month",
        month["seconds"] / same_part,
        MONTH_BAR,
        data=data,
        month=month["month"],
        lines=month["lines"],
        seconds=round(month["seconds"], 3),
        backfill_seconds=round(same_part, 3),
        seconds_by_table=month["by_table"],
    )


def growth(bench: Bench) -> Figure:
    """Give the larger ratio of two doublings of the lines."""
    runs = {}
    for times in (1, 2, 4):
        runs[times] = bench.backfill(f"times_{times}_hub", repeated(bench.folder, times))
        bench.drop(f"times_{times}_hub")
    walls = {times: run["wall"] for times, run in runs.items()}
    return at_most(
        "retail_growth",
        max(walls[2] / walls[1], walls[4] / walls[2]),
        GROWTH_BAR,
        lines=[run["lines"] for run in runs.values()],
        seconds=list(walls.values()),
        peak_mb=[run["peak_mb"] for run in runs.values()],
    )


def told(module: str, *given: str) -> Told:
    """Run a module as a process of its own and give what it prints, and how long the process lived."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", module, *given], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    seconds = round(time.perf_counter() - began, 3)
    known: Told = json.loads(done.stdout.splitlines()[-1])
    return known | {"process": seconds}


@contextmanager
def started(folder: Path) -> Iterator[Bench]:
    """Start a server with the embedded server's own settings and make the empty hub."""
    folder.chmod(0o755)
    (folder / "server").mkdir()
    with throwaway_server(folder / "server", settings={}) as server:
        run_sql(server.url(), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        upgrade(server.url(TEMPLATE))
        yield Bench(server.url(), folder)


def run_sql(url: str, statement: sql.Composable) -> None:
    """Run one statement, committed at once."""
    with closing(psycopg2.connect(DatabaseUrl.parse(url).libpq)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
