"""The bare script that the retail backfill is held against: fastexcel and polars, the same marts as Parquet files.

It keeps no lineage, checks nothing, knows no re-run and publishes into no database: `python -m
benchmarks.peers.retail_bare LANDING OUT` reads everything, computes everything and writes everything once.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl

from benchmarks.load_memory import peak_bytes
from benchmarks.peers import retail_customers, retail_lines, retail_marts, retail_reads

Made = TypeVar("Made")
DAY: Final = ("period", "order_date", "source_system", "region")
MONTH: Final = ("period", "source_system")


@dataclass(frozen=True, slots=True)
class Laps:
    """Seconds by part."""

    seconds: dict[str, float] = field(default_factory=dict)

    def of(self, part: str, work: Callable[[], Made]) -> Made:
        """Do a part and remember how long it took."""
        began = time.perf_counter()
        made = work()
        self.seconds[part] = round(self.seconds.get(part, 0) + time.perf_counter() - began, 3)
        return made


def main(landing: Path, out: Path) -> None:
    """Make every mart and print seconds by part and the peak of memory."""
    laps, began = Laps(), time.perf_counter()
    known = retail_reads.rules()
    raw = laps.of("read_lines", lambda: retail_reads.lines(landing))
    tables = laps.of("read_rest", lambda: retail_reads.contoso(landing))
    rate = laps.of(
        "read_rest", lambda: retail_reads.rate(landing, "GBP", known["valuation"]["valuation_date"])
    )
    lines = laps.of("sales_line", lambda: _lines(raw, tables, known, rate))
    marts = _marts(lines, raw, tables, known, laps)
    laps.of("write", lambda: _write({"sales_line": lines, **marts}, out))
    told = {"wall": round(time.perf_counter() - began, 3), "seconds": laps.seconds, "rows": lines.height}
    sys.stdout.write(json.dumps({**told, "peak_mb": round(peak_bytes() / 1e6)}) + "\n")


def _lines(
    raw: pl.DataFrame, tables: dict[str, pl.DataFrame], known: dict[str, Any], rate: int
) -> pl.DataFrame:
    parts = [retail_lines.eurostyle(raw, known, rate), retail_lines.contoso(tables)]
    return retail_lines.sales_line(parts, known)


def _marts(
    lines: pl.DataFrame,
    raw: pl.DataFrame,
    tables: dict[str, pl.DataFrame],
    known: dict[str, Any],
    laps: Laps,
) -> dict[str, pl.DataFrame]:
    orders = laps.of("order_fact", lambda: retail_lines.order_fact(lines))
    products = laps.of("dims", lambda: retail_marts.product_dim(lines, tables["products"], known))
    rules = known["customers"]
    search = (tuple(rules["cluster_range"]), rules["cluster_seed"], rules["silhouette_rows"])
    days = retail_marts.as_of_days(orders)
    customers = laps.of("customer_360", lambda: retail_customers.customer_360(orders, days))
    return {
        "order_fact": orders,
        "product_dim": products,
        "customer_dim": laps.of("dims", lambda: retail_marts.customer_dim(lines, tables["customers"])),
        "date_dim": laps.of("dims", lambda: retail_marts.date_dim(lines)),
        "sales_daily": laps.of("sales_daily", lambda: retail_marts.sales_daily(lines, products)),
        "orders_daily": laps.of("months", lambda: retail_marts.by_orders(orders, *DAY)),
        "kpis": laps.of("months", lambda: retail_marts.by_orders(orders, *MONTH)),
        "raw_kpis": laps.of("months", lambda: retail_marts.raw_kpis(raw)),
        "quality": laps.of("months", lambda: retail_marts.quality(lines, raw)),
        "category_perf": laps.of("months", lambda: retail_marts.category_perf(lines, products)),
        "customer_360": customers,
        "customer_cluster": laps.of("clusters", lambda: retail_customers.clusters(customers, *search)),
        "cohort_retention": laps.of("cohorts", lambda: retail_customers.cohorts(orders)),
    }


def _write(marts: dict[str, pl.DataFrame], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, mart in marts.items():
        mart.write_parquet(out / f"{name}.parquet", compression="zstd")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
