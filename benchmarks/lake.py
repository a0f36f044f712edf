"""What the lake costs: a million sales lines appended and read, against bare Parquet files with the same split."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from benchmarks.figure import Figure, at_most, paired, timed
from benchmarks.load_rows import money
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    FLAG,
    MONEY,
    STAMP,
    TEXT,
    Column,
    Store,
    TableContract,
)
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.tables import LakeTables

ROWS, QUICK_ROWS = 1_000_000, 48_000
PAIRS, QUICK_PAIRS = 5, 2
MONTHS = 24
APPEND_BAR, READ_BAR, MONTH_BAR_SECONDS = 1.6, 2.0, 0.15
CHOSEN = ("invoice_no", "product_code", "quantity", "amount_eur", "sold_at", "brand")
_TEXTS = {"brand": 2, "invoice_no": 50_000, "product_code": 5_000, "product_name": 5_000, "country": 40}
_TEXTS |= {"customer_id": 6_000, "category": 30, "line_type": 6, "currency": 2, "sheet": 2, "file_id": 3}
_MONEYS = ("unit_price", "amount", "amount_eur", "cost_eur")

SALES = TableContract(
    key="bench.silver.sales_line",
    version="1.0.0",
    label="sales lines",
    description="Rows of the lake's figures.",
    grain="one row per line of an invoice",
    owner="team:data-platform",
    columns=(
        Column("period", DAY, "period", "month"),
        Column("line_number", COUNT, "line", "line"),
        *(Column(name, TEXT, name, name, nullable=True) for name in _TEXTS),
        *(Column(name, MONEY, name, name, nullable=True) for name in _MONEYS),
        Column("quantity", COUNT, "quantity", "pieces"),
        Column("sold_at", STAMP, "sold", "moment"),
        Column("is_return", FLAG, "return", "flag"),
    ),
    primary_key=("period", "line_number"),
    scope=("period",),
    partition="month",
    store=Store.LAKE,
)


@dataclass
class Bench:
    """A lake and, beside it, a folder of bare files."""

    lake: LakeTables
    folder: Path
    rows: pa.Table
    contract: TableContract = SALES
    tables: int = field(default=0)

    def append(self) -> None:
        """Append all rows to a new table."""
        self.tables += 1
        self.contract = replace(SALES, key=f"bench.silver.sales_line_{self.tables}")
        self.lake.append(self.contract, self.rows, "run")

    def write_bare(self) -> None:
        """Write a file for each month, into folders named as the lake names them."""
        shutil.rmtree(self.bare, ignore_errors=True)
        for month in self.rows["period"].unique():
            folder = self.bare / f"period={month}"
            folder.mkdir(parents=True)
            part = self.rows.filter(pc.equal(self.rows["period"], month))
            pq.write_table(part, folder / "part.parquet", compression="zstd")

    @property
    def bare(self) -> Path:
        """The folder of the bare files."""
        return self.folder / "bare"

    def read_bare(self) -> pa.Table:
        """Read chosen columns of the bare files."""
        files = sorted(map(str, self.bare.rglob("*.parquet")))
        return ds.dataset(files, format="parquet").to_table(columns=list(CHOSEN))

    def read(self) -> pa.Table:
        """Read chosen columns of the lake's table."""
        return self.lake.read(self.contract, None, CHOSEN)

    def read_month(self) -> pa.Table:
        """Read all columns of one month."""
        return self.lake.read(self.contract, Scope((("period", date(2010, 12, 1)),)))


def measure(quick: bool = False) -> list[Figure]:
    """Give both figures of the lake."""
    rows, pairs = (QUICK_ROWS, QUICK_PAIRS) if quick else (ROWS, PAIRS)
    with tempfile.TemporaryDirectory() as folder, started(Path(folder), rows) as bench:
        return [append_figure(bench, pairs), read_figure(bench, pairs)]


@contextmanager
def started(folder: Path, rows: int) -> Iterator[Bench]:
    """Start a server for the catalog and warm everything up."""
    folder.chmod(0o755)
    with throwaway_server(folder, settings={}) as server:
        lake = lake_tables(str(folder / "lake"), server.url())
        bench = Bench(lake, folder, sales_of(rows))
        bench.lake.append(replace(SALES, key="bench.silver.first"), bench.rows.slice(0, 1_000), "run")
        yield bench
        lake.close()


def append_figure(bench: Bench, pairs: int) -> Figure:
    """Append to a new table, catalog and snapshot included."""
    ratio, ours, floor = paired(bench.append, bench.write_bare, pairs, time.perf_counter)
    return at_most(
        "lake_append",
        ratio,
        APPEND_BAR,
        rows=bench.rows.num_rows,
        columns=bench.rows.num_columns,
        months=MONTHS,
        seconds=_rounded(ours),
        floor_seconds=_rounded(floor),
    )


def read_figure(bench: Bench, pairs: int) -> Figure:
    """Read chosen columns of everything, and all columns of one month."""
    if bench.read().num_rows != bench.read_bare().num_rows:
        raise ValueError("the lake and the bare files hold different rows")
    ratio, ours, floor = paired(bench.read, bench.read_bare, pairs, time.perf_counter)
    month = median(timed(bench.read_month, time.perf_counter) for _ in range(pairs))
    figure = at_most(
        "lake_read",
        ratio,
        READ_BAR,
        rows=bench.rows.num_rows,
        columns=len(CHOSEN),
        seconds=_rounded(ours),
        floor_seconds=_rounded(floor),
        month_rows=bench.read_month().num_rows,
        month_seconds=round(month, 4),
    )
    bar = f"{figure.bar}, one month ≤ {MONTH_BAR_SECONDS} s"
    return replace(figure, bar=bar, holds=figure.holds and month <= MONTH_BAR_SECONDS)


def sales_of(rows: int) -> pa.Table:
    """Give that many lines of twenty columns, in the order in which they were sold."""
    rng = np.random.default_rng(7)
    months = pa.array([date(2009 + (11 + n) // 12, (11 + n) % 12 + 1, 1) for n in range(MONTHS)], DAY)
    columns = [
        months.take(pa.array(np.sort(rng.integers(0, MONTHS, rows)))),
        pa.array(np.arange(rows)),
        *(_texts(name, kinds, rng, rows) for name, kinds in _TEXTS.items()),
        *(money(rng.integers(-(10**6), 10**7, rows)) for _ in _MONEYS),
        pa.array(rng.integers(-5, 100, rows)),
        pa.array(np.sort(rng.integers(126 * 10**13, 132 * 10**13, rows))).cast(STAMP),
        pa.array(rng.integers(0, 20, rows) == 0),
    ]
    return pa.Table.from_arrays(columns, schema=SALES.arrow_schema)


def _texts(name: str, kinds: int, rng: np.random.Generator, rows: int) -> pa.Array:
    words = pa.array([f"{name.upper()} {number:06d}" for number in range(kinds)])
    return words.take(pa.array(rng.integers(0, kinds, rows)))


def _rounded(seconds: list[float]) -> list[float]:
    return [round(value, 3) for value in seconds]
