"""A sample month on a warehouse of its own, what it holds, and processes that load it."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from tests.fixtures_postgres import run_sql

from work_data_hub.application.ledgers import PLATFORM_CONTRACTS, QUARANTINE, RECONCILIATION
from work_data_hub.application.runs import BuildReport
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.config.settings import Settings
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS
from work_data_hub.domain.annuity.sample.book import make_book
from work_data_hub.domain.annuity.sample.months import month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.kernel.contract import TableContract, WriteMode
from work_data_hub.domain.kernel.frames import identity_hash
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.samples.workbook import write_workbook

MONTH: Final = Period(2024, 12)
SCOPE: Final = Scope.month(MONTH)
FACT, MART = "annuity.gold.scale_fact", "annuity.gold.aum_flow_monthly"
INCOME_FACT, INCOME_MART = "annuity.gold.income_fact", "annuity.gold.fee_income_monthly"
BEFORE_THE_FACT: Final = tuple(
    contract.key
    for contract in ANNUITY_CONTRACTS
    if contract.key not in (FACT, MART, INCOME_FACT, INCOME_MART)
)

# a server of forks that has the imports done: processes of their own, without their start-up time
processes: Final = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["work_data_hub.bootstrap", "tests.e2e.faults.month"])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hub works: its warehouse, its landing folder, its home."""

    url: str
    landing: Path
    home: Path

    def settings(self) -> Settings:
        """Give the settings of a process that works there."""
        values: dict[str, Any] = {"database_url": self.url, "landing_root": self.landing}
        return Settings(_env_file=None, wdh_home=self.home, **values)

    def on(self, url: str) -> "Place":
        """Give the same place with another warehouse."""
        return replace(self, url=url)

    def with_landing(self, landing: Path) -> "Place":
        """Give the same place with another landing folder."""
        return replace(self, landing=landing)


def load(place: Place, *keys: str, force: bool = False, **overrides: Any) -> list[BuildReport]:
    """Build the month's tables in order, or some of them, in this process."""
    with build_hub(place.settings(), **overrides) as hub:
        return load_with(hub, *keys, force=force)


def load_with(hub: Hub, *keys: str, force: bool = False) -> list[BuildReport]:
    """Build the month's tables in order, or some of them, with a hub."""
    run = hub.start_run("annuity", force=force, actor="test")
    wanted = [table for table in hub.domain("annuity") if not keys or table.contract.key in keys]
    return [run.build(table, MONTH) for table in wanted]


def die_at(point: str) -> Callable[[str], None]:
    """Give a listener that kills its process, past all handlers, at a named point."""

    def hear(passed: str) -> None:
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return hear


def load_and_die(place: Place, point: str, *keys: str) -> None:
    """Be a process that never comes past a named point."""
    load(place, *keys, at=die_at(point))


def load_after(place: Place, gate: "Barrier | Event", *, force: bool) -> None:
    """Be a process that loads the month when the gate opens."""
    with build_hub(place.settings()) as hub:
        gate.wait(30)
        load_with(hub, force=force)


@dataclass(frozen=True, slots=True)
class TableState:
    """What a table and its ledgers hold of the month; equal content gives an equal state."""

    identity: str
    rows: int
    recorded: str | None
    rejections: frozenset[tuple[object, ...]]
    comparisons: frozenset[tuple[object, ...]]


def states(url: str) -> Mapping[str, TableState]:
    """Look at all tables; what a replaced table holds must be what its newest publish recorded."""
    loader = WarehouseLoader(url)
    try:
        found = {contract.key: _state(loader, contract) for contract in ANNUITY_CONTRACTS}
    finally:
        loader.disconnect()
    for contract in ANNUITY_CONTRACTS:
        state = found[contract.key]
        if contract.write_mode is WriteMode.REPLACE_SCOPE and state.recorded is not None:
            assert state.identity == state.recorded, contract.key
    return found


def _state(loader: WarehouseLoader, contract: TableContract) -> TableState:
    table = loader.read(contract)
    record = WarehouseLedger(loader).latest(contract, SCOPE)
    if record is not None and contract.write_mode is WriteMode.REPLACE_SCOPE:
        assert record.counts.published == table.num_rows
        assert set(table["run_id"].to_pylist()) <= {record.run_id}
    return TableState(
        identity_hash(contract, table),
        table.num_rows,
        None if record is None else record.identity_hash,
        _lines(loader, contract, QUARANTINE, ("file_id", "row_number", "column_name", "rule", "state")),
        _lines(loader, contract, RECONCILIATION, ("comparison", "subject", "expected", "actual", "verdict")),
    )


def _lines(
    loader: WarehouseLoader, contract: TableContract, ledger: TableContract, columns: tuple[str, ...]
) -> frozenset[tuple[object, ...]]:
    lines = table_of(ledger)
    query = sa.select(*(lines.c[name] for name in columns)).where(lines.c.table_key == contract.key)
    rows = loader.run(lambda session: session.fetch(query))
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    return frozenset(tuple(row.values()) for row in rows)


def all_rows(url: str) -> dict[str, int]:
    """Count the rows of the platform's tables and of the month's."""
    return {
        contract.qualified_name: int(
            str(run_sql(url, f"SELECT count(*) FROM {contract.qualified_name}")[0][0])
        )
        for contract in (*PLATFORM_CONTRACTS, *ANNUITY_CONTRACTS)
    }


def wait_until_quiet(url: str, within: float = 30) -> None:
    """Wait until the server has noticed that killed clients are gone."""
    others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + within
    while run_sql(url, others):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def started(target: Callable[..., None], *arguments: object, **named: object) -> Iterator[Any]:
    """Run a function in a process of its own, which is gone when the block ends."""
    process = processes.Process(target=target, args=arguments, kwargs=named)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def write_workbook_of(landing: Path, content: int) -> Path:
    """Put one workbook into a landing folder: V1 by its name, with what the sample has in that version."""
    plan, options = month_plan(MONTH), SampleOptions(rows=600, layout_rows=120)
    contents = {delivery.version: delivery for delivery in plan.deliveries}
    target = landing / contents[1].path
    book = make_book(options, plan, contents[content])
    write_workbook(target, (book.scale, book.income))
    return target
