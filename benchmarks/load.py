"""What a load costs: replacing and upserting a million rows, against the server's own COPY from a ready CSV."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import psycopg2
import pyarrow as pa
import sqlalchemy as sa
from psycopg2 import sql
from pyarrow import csv
from sqlalchemy.pool import NullPool

from benchmarks.figure import Figure, at_most
from benchmarks.load_rows import FLOOR, LINES, RENEWED, SCOPE, rows_of
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader.tables import metadata_for
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

ROWS, QUICK_ROWS = 1_000_000, 50_000
PAIRS, QUICK_PAIRS = 5, 2
LOAD_BAR, UPSERT_BAR, MEMORY_BAR = 1.15, 4.0, 2.5


@dataclass(frozen=True, slots=True)
class Bench:
    """A server, a loader on it and the CSV that the server reads by itself."""

    url: str
    loader: WarehouseLoader
    csv_path: Path

    def copy(self) -> float:
        """Let the server load the ready CSV into an empty table, and give the seconds."""
        self.settle()
        copy = sql.SQL("COPY {} FROM {} (FORMAT csv)").format(_name(FLOOR), sql.Literal(str(self.csv_path)))
        return timed(lambda: self.run(copy))

    def load(self, contract: TableContract, rows: pa.Table) -> float:
        """Load the rows the way their contract says, and give the seconds."""
        self.settle()
        return timed(lambda: self.loader.load_dataframe(rows, contract, scope=SCOPE))

    def pairs(self, contract: TableContract, loads: list[pa.Table]) -> tuple[float, list[float], list[float]]:
        """Load these in turn, each beside a floor; give the median ratio and both series of seconds."""
        floors, ours = [], []
        for rows in loads:
            floors.append(self.copy())
            ours.append(self.load(contract, rows))
        ratios = [mine / floor for mine, floor in zip(ours, floors, strict=True)]
        return median(ratios), [round(value, 2) for value in ours], [round(value, 2) for value in floors]

    def settle(self) -> None:
        """Empty the floor's table, remove dead rows everywhere and write everything to disk."""
        self.run(sql.SQL("TRUNCATE {}").format(_name(FLOOR)))
        for contract in (FLOOR, LINES, RENEWED):
            self.run(sql.SQL("VACUUM {}").format(_name(contract)))
        self.run(sql.SQL("CHECKPOINT"))

    def run(self, statement: sql.Composable) -> None:
        """Run one statement, committed at once."""
        with closing(psycopg2.connect(DatabaseUrl.parse(self.url).libpq)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)


def measure(quick: bool = False) -> list[Figure]:
    """Give both figures of the loader."""
    rows, pairs = (QUICK_ROWS, QUICK_PAIRS) if quick else (ROWS, PAIRS)
    with tempfile.TemporaryDirectory() as folder, started(Path(folder), rows) as bench:
        return [load_figure(bench, Path(folder), rows, pairs), upsert_figure(bench, rows, pairs)]


@contextmanager
def started(folder: Path, rows: int) -> Iterator[Bench]:
    """Start a server with the embedded server's own settings, make the tables and the CSV."""
    folder.chmod(0o755)
    with throwaway_server(folder, settings={}) as server:
        engine = sa.create_engine(server.url(), poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(LINES.schema))
            metadata_for((LINES, FLOOR, RENEWED)).create_all(connection)
        path = folder / "rows.csv"
        csv.write_csv(rows_of(rows, file="a"), path, csv.WriteOptions(include_header=False))
        path.chmod(0o644)
        loader = WarehouseLoader(server.url())
        yield Bench(server.url(), loader, path)
        loader.disconnect()


def load_figure(bench: Bench, folder: Path, rows: int, pairs: int) -> Figure:
    """Replace a full scope by a corrected file; for the record, also by the very same file."""
    first, second = rows_of(rows, file="a"), rows_of(rows, file="b")
    bench.load(LINES, first)
    loads = ([second, first] * pairs)[:pairs]
    ratio, seconds, floor = bench.pairs(LINES, loads)
    again, *_ = bench.pairs(LINES, loads[-1:] * (pairs // 2))
    memory = peak_memory(bench, folder, second)
    figure = at_most(
        "load",
        ratio,
        LOAD_BAR,
        rows=rows,
        seconds=seconds,
        floor_seconds=floor,
        ratio_of_the_same_file_again=round(again, 3),
        peak_memory_by_frame=round(memory, 3),
    )
    bar = f"{figure.bar}, peak memory ≤ {MEMORY_BAR} × the frame"
    return replace(figure, bar=bar, holds=figure.holds and memory <= MEMORY_BAR)


def upsert_figure(bench: Bench, rows: int, pairs: int) -> Figure:
    """Upsert rows that are all there, each with new values; for the record, also without any change."""
    first, second = rows_of(rows, file="a"), rows_of(rows, file="a", seed=8)
    bench.load(RENEWED, first)
    loads = ([second, first] * pairs)[:pairs]
    ratio, seconds, floor = bench.pairs(RENEWED, loads)
    unchanged, *_ = bench.pairs(RENEWED, loads[-1:] * (pairs // 2))
    return at_most(
        "upsert",
        ratio,
        UPSERT_BAR,
        rows=rows,
        seconds=seconds,
        floor_seconds=floor,
        ratio_of_unchanged_rows=round(unchanged, 3),
    )


def peak_memory(bench: Bench, folder: Path, rows: pa.Table) -> float:
    """Load in a process of its own and give its peak memory in multiples of the frame."""
    path = folder / "rows.arrows"
    with pa.ipc.new_stream(path, rows.schema) as writer:
        writer.write_table(rows)
    command = [sys.executable, "-m", "benchmarks.load_memory", bench.url, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def timed(work: Callable[[], object]) -> float:
    """Give the seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _name(contract: TableContract) -> sql.Identifier:
    return sql.Identifier(contract.schema, contract.name)
