"""What the price desk costs beside its models: order lines to recommendations through the hub, fits left out."""

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import polars as pl
import psycopg2
import pyarrow as pa
from psycopg2 import sql
from pydantic import SecretStr

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
from work_data_hub.domain.kernel.contract import Store, TableContract
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
PAIRS, QUICK_PAIRS, BAR = 3, 1, 3.0
UNIT, TEMPLATE = "BU1", "pricing_template"
LOADED = (ORDER_LINE, ORDER_FEATURES, PRICE_LIMITS, PRICE_RECS_LINE, PRICE_RECS_DEAL)
BUILT = (ORDER_FEATURES, PRICE_LIMITS, PRICE_BANDS, PRICE_RECS_LINE, PRICE_RECS_DEAL)


def month_lines(rows, months):
    lines = make_order_lines(rows, SEED)
    lines["bu_id"] = pd.array([UNIT] * len(lines), pd.ArrowDtype(pa.string()))
    if months:
        rank = np.argsort(np.argsort(lines.order_date.to_numpy(), kind="stable"))
        part = rank * months // len(lines)
        first = [date(2025, 11 - months + 1 + m, 1) for m in range(months)]
        day = (rank * months % len(lines)) * 28 // len(lines)
        dates = pa.array([first[p].replace(day=int(d) + 1) for p, d in zip(part, day)], pa.date32())
        lines["order_date"] = pd.array(dates, pd.ArrowDtype(pa.date32()))
        lines["period"] = pd.array(pa.array([first[p] for p in part], pa.date32()), pd.ArrowDtype(pa.date32()))
    return lines


def ours(url, folder, lines, prof=None):
    settings = Settings(_env_file=None, database_url=SecretStr(url), landing_root=folder / "none", lake_root=str(folder / "lake"), wdh_home=folder / "home")
    watch, by = Stopwatch(), Stopwatch()
    with build_hub(settings, tracker=None) as hub:
        hub.ports.store.read(ORDER_LINE, Scope())
        import lightgbm
        run = _run(hub, watch)
        began = time.perf_counter()
        if prof: prof.enable()
        for month in sorted(set(lines["period"])):
            at = Period.of(month)
            by.of("order_line", lambda: _publish(hub, run, at, lines))
            for contract in BUILT:
                rep = by.of(contract.name, lambda: run.build(run.domain.table(contract.key), at, UNIT))
                if contract is PRICE_BANDS and rep.record: print(month, rep.record.facts.get("verdict"), rep.record.facts.get("why_not"))
        if prof: prof.disable()
        wall = time.perf_counter() - began
        results = {c: to_arrow(c, hub.ports.store.read(c, Scope())) for c in LOADED}
    return wall, watch.seconds, by.seconds, results


def _publish(hub, run, at, lines):
    frame = lines[(lines["period"] == at.start).to_numpy(bool)].reset_index(drop=True)
    scope = Scope.month(at).of_member("bu_id", UNIT)
    hub.ports.store.publish(PublishRequest(ORDER_LINE, scope, Outcome(frame, Counts(len(frame), len(frame))), run.run, (), "bench", hub.ports.clock.elapsed(), lambda: None))


def _run(hub, watch):
    domain = hub.domain("pricing")
    units = load_pricing_config().units
    hub_tables = {c.key: c for c in RETAIL_CONTRACTS if c.key in tables.hub_table_keys(units)}
    domain = replace(domain, builds=tables.builds(units, TimedLearner(watch), hub_tables))
    return replace(hub.start_run("pricing"), domain=domain)

if __name__ == "__main__":
    import sys, cProfile, pstats
    months = int(sys.argv[1]); n = int(sys.argv[2])
    lines = month_lines(n, months)
    floors = [int(f) for f in load_pricing_config().unit(UNIT).segments.qty_band.floors]
    bare = pl.DataFrame(pa.Table.from_pandas(lines, preserve_index=False))
    with tempfile.TemporaryDirectory() as f:
        folder = Path(f); folder.chmod(0o755)
        with throwaway_server(folder, settings={}) as server:
            run_sql(server.url(), sql.SQL("CREATE DATABASE pt")); upgrade(server.url("pt"))
            p = cProfile.Profile() if len(sys.argv) > 3 else None
            wall, fit, by, results = ours(server.url("pt"), folder / "a", lines, p)
            print("wall", wall, "fit", fit, "net", wall - sum(fit.values())); print(by)
            print({c.name: r.shape for c, r in results.items()})
            wh = [c for c in LOADED if c.store is not Store.LAKE]
            for _ in range(3):
                pricing_bare.empty_tables(server.url("pt"), wh)
                print("bare", timed(lambda: pricing_bare.run(server.url("pt"), folder / "bare", bare, floors, results), time.perf_counter))
            if p:
                s = pstats.Stats(p); s.sort_stats("cumulative").print_stats(110); s.sort_stats("tottime").print_stats(40)
