"""What a month costs from its workbook to gold, against the bare reads and the bare loads it can't do without."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import fastexcel
import psycopg2
import pyarrow as pa
from adbc_driver_postgresql import dbapi
from psycopg2 import sql

from benchmarks.figure import Figure, at_most, cpu_seconds, timed
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.cli.migrations import upgrade
from work_data_hub.config.settings import Settings
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS
from work_data_hub.domain.annuity.sample.book import make_book
from work_data_hub.domain.annuity.sample.months import INCOME_SHEET, SHEET, month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.kernel.contract import TableContract, WriteMode
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.samples.workbook import write_workbook

ROWS, QUICK_ROWS = 33_000, 3_000
PAIRS, QUICK_PAIRS = 5, 3
BAR = 3.0
# the month before lies in the warehouse too, as it does in every month but the first
BEFORE, MONTH = Period(2025, 11), Period(2025, 12)
FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Chain:
    """What is built in a figure: some tables of the domain, and the sheets they come from."""

    figure: str
    sheets: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def takes(self, contract: TableContract) -> bool:
        """Say whether the table belongs to it."""
        return not contract.name.startswith(self.skipped) if self.skipped else True


SCALE = Chain("month", (SHEET,), skipped=("income", "fee_income"))
BOTH = Chain("month_both", (SHEET, INCOME_SHEET))


@dataclass(frozen=True, slots=True)
class Bench:
    """A hub, and the same rows beside it for those who do nothing but read and load."""

    hub: Hub
    hub_url: str
    workbook: Path
    floor_url: str
    rows: dict[TableContract, pa.Table]

    def month(self, chain: Chain) -> None:
        """Build every table of the chain again, with a hub of its own: nothing is at hand from before."""
        with build_hub(self.hub.settings) as hub:
            build(hub, MONTH, chain)

    def floor(self, chain: Chain) -> None:
        """Read the sheets as text and load each table's rows, with nothing else."""
        book = fastexcel.read_excel(self.workbook)
        for sheet in chain.sheets:
            book.load_sheet(sheet, dtypes="string").to_arrow()
        with closing(dbapi.connect(self.floor_url)) as connection:
            for contract, rows in self.rows.items():
                if not chain.takes(contract):
                    continue
                with connection.cursor() as cursor:
                    cursor.adbc_ingest(contract.name, rows, mode="append", db_schema_name=contract.schema)
                connection.commit()

    def settle(self) -> None:
        """Empty the tables of the floor, remove dead rows of the hub's and write everything to disk."""
        tables = sql.SQL(", ").join(sql.Identifier(c.schema, c.name) for c in self.rows)
        run_sql(self.floor_url, sql.SQL("TRUNCATE {}").format(tables))
        run_sql(self.hub_url, sql.SQL("VACUUM"))
        run_sql(self.floor_url, sql.SQL("CHECKPOINT"))


def measure(quick: bool = False) -> list[Figure]:
    """Give, for each chain, the median ratio of the wall clocks of alternating pairs."""
    rows, pairs = (QUICK_ROWS, QUICK_PAIRS) if quick else (ROWS, PAIRS)
    with tempfile.TemporaryDirectory() as folder, started(Path(folder), rows) as bench:
        return [measured(bench, chain, rows, pairs) for chain in (SCALE, BOTH)]


def measured(bench: Bench, chain: Chain, rows: int, pairs: int) -> Figure:
    """Measure one chain; a month that opens its workbook more than once does not hold."""
    opened = openings(lambda: bench.month(chain))
    series = [
        (spent(bench, lambda: bench.floor(chain)), spent(bench, lambda: bench.month(chain)))
        for _ in range(pairs)
    ]
    (floor, floor_cpu), (ours, ours_cpu) = (
        tuple(zip(*side, strict=True)) for side in zip(*series, strict=True)
    )
    figure = at_most(
        chain.figure,
        _ratio(ours, floor),
        BAR,
        rows=rows,
        seconds=[round(value, 3) for value in ours],
        floor_seconds=[round(value, 3) for value in floor],
        cpu_ratio=round(_ratio(ours_cpu, floor_cpu), 3),
        workbook_opened=opened,
    )
    return replace(figure, holds=figure.holds and opened == 1)


def openings(work: Callable[[], object]) -> int:
    """Count how often a call opens a workbook."""
    opened, usual = 0, fastexcel.read_excel

    def count(*given: Any, **named: Any) -> Any:
        nonlocal opened
        opened += 1
        return usual(*given, **named)

    fastexcel.read_excel = count
    try:
        work()
    finally:
        fastexcel.read_excel = usual
    return opened


def spent(bench: Bench, work: Callable[[], object]) -> tuple[float, float]:
    """Give the wall and CPU seconds of one call; the server's CPU is not in it."""
    bench.settle()
    began = cpu_seconds()
    seconds = timed(work, time.perf_counter)
    return seconds, cpu_seconds() - began


@contextmanager
def started(folder: Path, rows: int) -> Iterator[Bench]:
    """Start a server with the embedded server's own settings, and load the two months once."""
    landing, folder_of_server = folder / "landing", folder / "server"
    folder.chmod(0o755)
    folder_of_server.mkdir()
    books = [write_book(landing, period, rows) for period in (BEFORE, MONTH)]
    with throwaway_server(folder_of_server, settings={}) as server:
        run_sql(server.url(), sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(FLOOR)))
        for database in ("wdh", FLOOR):
            upgrade(server.url(database))
        settings = Settings(_env_file=None, database_url=server.url(), landing_root=landing)
        with build_hub(settings) as hub:
            for period in (BEFORE, MONTH):
                build(hub, period)
            floor_url = DatabaseUrl.parse(server.url(FLOOR)).libpq
            yield Bench(hub, server.url(), books[-1], floor_url, rows_of_month(server.url()))


def write_book(landing: Path, period: Period, rows: int) -> Path:
    """Write the month's workbook of the sample."""
    plan = month_plan(period)
    book = make_book(SampleOptions(rows=rows), plan, plan.candidates[0])
    path = landing / plan.candidates[0].path
    write_workbook(path, (book.scale, book.income))
    return path


def build(hub: Hub, period: Period, chain: Chain = BOTH) -> None:
    """Build and publish a chain's tables of a month, whether their inputs changed or not."""
    run = hub.start_run("annuity", force=True)
    for table in hub.domain("annuity"):
        if chain.takes(table.contract):
            run.build(table, period)


def rows_of_month(url: str) -> dict[TableContract, pa.Table]:
    """Give the month's rows of each table as they were published; references as a whole."""
    loader = WarehouseLoader(url)
    scopes = {
        contract: None if contract.write_mode is WriteMode.UPSERT else Scope.month(MONTH)
        for contract in ANNUITY_CONTRACTS
    }
    rows = {contract: loader.read(contract, scope=scope) for contract, scope in scopes.items()}
    loader.disconnect()
    return rows


def run_sql(url: str, statement: sql.Composable) -> None:
    """Run one statement, committed at once."""
    with closing(psycopg2.connect(DatabaseUrl.parse(url).libpq)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _ratio(ours: tuple[float, ...], floor: tuple[float, ...]) -> float:
    return median(mine / other for mine, other in zip(ours, floor, strict=True))
