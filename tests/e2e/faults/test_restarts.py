"""The server goes away in the middle of a load and comes back: retried, then right."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping

import pytest
from tests.adapters.store.conftest import CLOCK, Points, create_tables
from tests.adapters.store.ledger_lines import LINES, NOVEMBER, lines, many_lines, outcome, request
from tests.adapters.store.test_publishing import COPYING
from tests.e2e.faults.conftest import Stages
from tests.e2e.faults.month import FACT, load, states
from tests.fixtures_postgres import run_sql

from work_data_hub.cli.migrations import upgrade
from work_data_hub.domain.kernel.frames import identity_hash
from work_data_hub.io.embedded.server import EmbeddedServer
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

pytestmark = pytest.mark.xdist_group("repeats")
# what a committed transaction wrote must outlive the stop, which HASTY_SETTINGS do not promise
SETTINGS = {"fsync": "off"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with throwaway_server(tmp_path_factory.mktemp("own"), SETTINGS) as server:
        upgrade(server.url())
        create_tables(server.url(), LINES)
        yield server


class Events:
    """Remembers what the loader tells."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.errors: list[str] = []

    def __call__(self, name: str, facts: Mapping[str, object]) -> None:
        self.names.append(name)
        self.errors.append(str(facts.get("error")))


def stop_at_once(server: EmbeddedServer) -> None:
    """Stop the way `pg_ctl stop -m immediate` does."""
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    while server.status().running:
        time.sleep(0.01)


def restart(server: EmbeddedServer, away: float) -> None:
    """Stop at once; the server comes back after some seconds."""
    stop_at_once(server)
    threading.Timer(away, server.ensure).start()


@pytest.mark.parametrize(("point", "away"), [("loaded", 0.2), ("reconciled", 1.5)])
def test_a_month_whose_server_restarts_during_a_publish(
    point: str, away: float, server: EmbeddedServer, stages: Stages
) -> None:
    heard, points = Events(), Points()
    load(stages.first.on(server.url()), force=True)
    points.once(point, lambda: restart(server, away))
    load(stages.corrected.on(server.url()), force=True, at=points, on_event=heard)
    assert heard.names[0] == "retry"
    assert heard.names[-1] == "recovered"
    assert points.passed.count(point) == points.passed.count("committed") + 1
    found = states(server.url())
    assert {key: (state.identity, state.rows) for key, state in found.items()} == {
        key: (state.identity, state.rows) for key, state in stages.after.items()
    }
    assert found[FACT] == stages.after[FACT]


def test_a_server_that_restarts_while_a_million_cells_stream_in(server: EmbeddedServer) -> None:
    heard, seen = Events(), threading.Event()
    loader = WarehouseLoader(server.url(), on_event=heard)
    store, table = WarehouseStore(loader, CLOCK), many_lines(200_000)
    store.publish(request(outcome(lines([{"name": "old"}])), "old"))

    def stop_when_seen() -> None:
        while not run_sql(server.url(), COPYING):
            pass
        stop_at_once(server)
        seen.set()
        server.ensure()

    killer = threading.Thread(target=stop_when_seen, daemon=True)
    killer.start()
    record = store.publish(request(outcome(table), "new"))
    killer.join(20)
    assert seen.is_set()
    assert heard.names[0] == "retry"
    assert heard.names[-1] == "recovered"
    stored = loader.read(LINES, scope=NOVEMBER)
    loader.disconnect()
    assert (stored.num_rows, record.rows_replaced) == (200_000, 1)
    assert identity_hash(LINES, stored) == record.identity_hash
