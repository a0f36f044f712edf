"""What the price desk costs beside its models: from order lines to recommendations through the hub, on its own stores.

The earlier half of the lines lies in one month and is learnt from, the later half in the next and is scored. What
LightGBM needs to fit, to predict and to explain is measured apart and taken out.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from psycopg2 import sql
from pydantic import SecretStr

# the lake's library and the learner's are loaded outside the clock
import work_data_hub.io.lake.opening  # noqa: F401
from benchmarks.figure import Figure, at_most, timed
from benchmarks.peers import pricing_bare
from benchmarks.peers.pricing_learner import Stopwatch, TimedLearner
from benchmarks.retail import run_sql
from work_data_hub.application.build import BuildRun
from work_data_hub.application.ports import PublishRequest
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.cli.migrations import upgrade
from work_data_hub.config.pricing_loader import load_pricing_config
from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pricing import tables
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS, PRICE_LIMITS
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_DEAL, PRICE_RECS_LINE
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.sample.frames import make_order_lines
from work_data_hub.domain.retail.contracts import RETAIL_CONTRACTS
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader.urls import DatabaseUrl

LINES, QUICK_LINES, SEED = 100_000, 5_000, 42
PAIRS, BAR = 3, 3.0
UNIT, TEMPLATE = "BU1", "pricing_template"
MONTHS: Final = (Period(2025, 10), Period(2025, 11))
DAYS: Final = 28
LOADED = (ORDER_LINE, ORDER_FEATURES, PRICE_LIMITS, PRICE_RECS_LINE, PRICE_RECS_DEAL)
BUILT = (ORDER_FEATURES, PRICE_LIMITS, PRICE_BANDS, PRICE_RECS_LINE, PRICE_RECS_DEAL)
Results = Mapping[TableContract, pa.Table]


@dataclass(frozen=True, slots=True)
class Told:
    """One run through the hub: seconds in all, in the learner and by table, and the rows of every table."""

    wall: float
    learner: Stopwatch
    by_table: Stopwatch
    results: Results

    @property
    def seconds(self) -> float:
        """Seconds without the learner's."""
        return self.wall - self.learner.total


@dataclass(frozen=True, slots=True)
class Bench:
    """A server with an empty hub to copy from, a folder, and the lines of both months."""

    url: str
    folder: Path
    lines: pd.DataFrame

    def pair(self, name: str) -> tuple[Told, float]:
        """Give a run through the hub and the bare script's seconds for the same results."""
        run = self.ours(name)
        return run, self.bare(run.results)

    def ours(self, name: str) -> Told:
        """Train and score on an empty hub of that name."""
        names = {"name": sql.Identifier(name), "template": sql.Identifier(TEMPLATE)}
        run_sql(self.url, sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        settings = Settings(
            _env_file=None,
            database_url=SecretStr(DatabaseUrl.parse(self.url).database(name).libpq),
            landing_root=self.folder / "no_files",
            lake_root=str(self.folder / name),
            wdh_home=self.folder / "home",
        )
        with build_hub(settings, tracker=None) as hub:
            return through(hub, self.lines)

    def bare(self, results: Results) -> float:
        """Let the bare script do the same, and give its seconds."""
        url = DatabaseUrl.parse(self.url).database(TEMPLATE).libpq
        pricing_bare.empty_tables(url, LOADED)
        lines = pl.DataFrame(pa.Table.from_pandas(self.lines, preserve_index=False))
        floors = [int(floor) for floor in load_pricing_config().unit(UNIT).segments.qty_band.floors]
        place, rows = self.folder / "bare", results[ORDER_FEATURES].num_rows
        made: list[int] = []
        seconds = timed(
            lambda: made.append(pricing_bare.run(url, place, lines, floors, results)), time.perf_counter
        )
        if made != [rows]:
            raise ValueError(f"the bare script makes features of {made} lines, the hub of {rows}")
        return seconds


def measure(quick: bool = False) -> list[Figure]:
    """Give the median ratio of pairs, each on a new hub."""
    lines = in_two_months(make_order_lines(QUICK_LINES if quick else LINES, SEED))
    with tempfile.TemporaryDirectory() as folder, started(Path(folder), lines) as bench:
        pairs = [bench.pair(f"pair_{number}") for number in range(1 if quick else PAIRS)]
    last, _ = pairs[-1]
    return [
        at_most(
            "pricing_stages",
            median(run.seconds / floor for run, floor in pairs),
            BAR,
            lines=len(lines),
            rows={contract.name: rows.num_rows for contract, rows in last.results.items()},
            seconds=[round(run.seconds, 2) for run, _ in pairs],
            bare_seconds=[round(floor, 2) for _, floor in pairs],
            learner_seconds=_rounded(last.learner),
            # those of price_bands and price_recs_line hold the learner's
            seconds_by_table=_rounded(last.by_table),
        )
    ]


@contextmanager
def started(folder: Path, lines: pd.DataFrame) -> Iterator[Bench]:
    """Start a server with the embedded server's own settings and make the empty hub."""
    folder.chmod(0o755)
    with throwaway_server(folder, settings={}) as server:
        run_sql(server.url(), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        upgrade(server.url(TEMPLATE))
        yield Bench(server.url(), folder, lines)


def in_two_months(lines: pd.DataFrame) -> pd.DataFrame:
    """Give the lines to one unit and spread them over two months, in the order in which they were entered."""
    lines = lines.sort_values("order_date", kind="stable", ignore_index=True)
    spread = np.arange(len(lines)) * len(MONTHS) * DAYS // len(lines)
    days = [month.start.replace(day=day + 1) for month in MONTHS for day in range(DAYS)]
    dates = pa.array(days, pa.date32()).take(pa.array(spread))
    periods = pa.array([month.start for month in MONTHS], pa.date32()).take(pa.array(spread // DAYS))
    new = {"order_date": dates, "period": periods, "bu_id": pa.repeat(UNIT, len(lines))}
    return lines.assign(**{name: pd.arrays.ArrowExtensionArray(values) for name, values in new.items()})


def through(hub: Hub, lines: pd.DataFrame) -> Told:
    """Publish the lines of each month and build on them what the price desk builds."""
    learner, by_table = Stopwatch(), Stopwatch()
    run = timed_run(hub, learner)
    began = time.perf_counter()
    for month in MONTHS:
        by_table.of(ORDER_LINE.name, partial(_publish, run, month, lines))
        for contract in BUILT:
            table = run.domain.table(contract.key)
            by_table.of(contract.name, partial(run.build, table, month, UNIT))
    wall = time.perf_counter() - began
    results = {contract: to_arrow(contract, hub.ports.store.read(contract, Scope())) for contract in LOADED}
    return Told(wall, learner, by_table, results)


def timed_run(hub: Hub, watch: Stopwatch) -> BuildRun:
    """Begin a run whose learner is timed."""
    units = load_pricing_config().units
    keys = tables.hub_table_keys(units)
    others = {contract.key: contract for contract in RETAIL_CONTRACTS if contract.key in keys}
    builds = tables.builds(units, TimedLearner(watch), others)
    return replace(hub.start_run("pricing"), domain=replace(hub.domain("pricing"), builds=builds))


def _publish(run: BuildRun, month: Period, lines: pd.DataFrame) -> None:
    """Publish generated lines as the build of order lines publishes those of files."""
    frame = lines[(lines["period"] == month.start).to_numpy(bool)].reset_index(drop=True)
    outcome = Outcome(frame, Counts(len(frame), len(frame)))
    scope, clock = Scope.month(month).of_member("bu_id", UNIT), run.ports.clock
    request = PublishRequest(
        ORDER_LINE, scope, outcome, run.run, (), "generated", clock.elapsed(), still_valid=lambda: None
    )
    run.ports.store.publish(request)


def _rounded(watch: Stopwatch) -> dict[str, float]:
    return {name: round(value, 2) for name, value in watch.seconds.items()}
