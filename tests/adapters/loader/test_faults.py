import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from tests.adapters.loader.conftest import Heard, create_shop
from tests.adapters.loader.tables import OCTOBER, SALES, UPSERTED, sales
from tests.fixtures_postgres import run_sql

from work_data_hub.domain.kernel.errors import PermanentError, TransientError
from work_data_hub.io.embedded.server import EmbeddedServer
from work_data_hub.io.embedded.throwaway import throwaway_server
from work_data_hub.io.loader import pool
from work_data_hub.io.loader.session import Session
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import LoadCounts, WarehouseLoader

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def count(loader: WarehouseLoader) -> int:
    return len(loader.read(SALES, scope=OCTOBER))


class BreaksOnce:
    """Loads, and the first time breaks something between the load and the commit."""

    def __init__(self, rows: pa.Table, breakage: object) -> None:
        self.rows, self.breakage, self.attempts = rows, breakage, 0

    def __call__(self, session: Session) -> LoadCounts:
        self.attempts += 1
        counts = session.replace_scope(SALES, OCTOBER, self.rows)
        if self.attempts == 1:
            assert callable(self.breakage)
            self.breakage()
        session.execute(sa.select(sa.func.count()).select_from(table_of(SALES)))
        return counts


def test_a_killed_connection_is_retried_and_reported(
    loader: WarehouseLoader, shop_url: str, heard: Heard
) -> None:
    loader.load_dataframe(sales(50), SALES, scope=OCTOBER)
    work = BreaksOnce(sales(30), lambda: run_sql(shop_url, KILL))
    assert loader.run(work) == LoadCounts(deleted=50, inserted=30)
    assert count(loader) == 30
    assert heard.names() == ["retry", "recovered"]
    assert heard.events[0][1]["delay_seconds"] == 1
    assert heard.events[1][1] == {"attempts": 2}
    assert heard.slept == [1]


def test_idle_connections_that_died_are_replaced_without_a_retry(
    loader: WarehouseLoader, shop_url: str, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_BELIEVED", 0.0)
    with loader.transaction(), loader.transaction(), loader.transaction():
        pass
    run_sql(shop_url, KILL)
    loader.connect()
    loader.connect()
    assert heard.names() == []


def test_a_connection_that_was_used_a_moment_ago_is_believed_and_its_death_means_one_more_try(
    loader: WarehouseLoader, shop_url: str, heard: Heard
) -> None:
    loader.connect()
    run_sql(shop_url, KILL)
    loader.connect()
    assert heard.names() == ["retry", "recovered"]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with throwaway_server(tmp_path) as server:
        yield server


def test_a_server_stopped_and_started_mid_load_ends_right(own_server: EmbeddedServer, heard: Heard) -> None:
    url = own_server.url()
    create_shop(url)

    def sleep(seconds: float) -> None:
        heard.slept.append(seconds)
        if len(heard.slept) == 2:
            own_server.ensure()

    loader = WarehouseLoader(url, sleep=sleep, on_event=heard.event)
    loader.load_dataframe(sales(50), SALES, scope=OCTOBER)
    assert loader.run(BreaksOnce(sales(30), own_server.stop)) == LoadCounts(deleted=50, inserted=30)
    assert heard.names() == ["retry", "retry", "recovered"]
    assert heard.slept == [1, 2]
    assert count(loader) == 30
    loader.disconnect()


def test_a_load_that_is_cut_while_rows_stream_is_retried(shop_url: str, heard: Heard) -> None:
    class Tap:
        cut = False

    rows = sales(200_000)

    def cut_when_seen() -> None:
        while not Tap.cut:
            copying = run_sql(shop_url, "SELECT 1 FROM pg_stat_progress_copy WHERE tuples_processed > 0")
            Tap.cut = bool(copying) and bool(run_sql(shop_url, KILL))

    loader = WarehouseLoader(shop_url, batch_rows=1_000, sleep=heard.slept.append, on_event=heard.event)
    loader.load_dataframe(sales(5), SALES, scope=OCTOBER)
    killer = threading.Thread(target=cut_when_seen, daemon=True)
    killer.start()
    result = loader.load_dataframe(rows, SALES, scope=OCTOBER)
    killer.join(timeout=10)
    assert Tap.cut
    assert result.counts == LoadCounts(deleted=5, inserted=200_000)
    assert heard.names() == ["retry", "recovered"]
    assert count(loader) == 200_000
    loader.disconnect()


def test_retries_end_after_the_last_delay(heard: Heard) -> None:
    loader = WarehouseLoader(
        "postgresql://u:hunter2@127.0.0.1:1/x", sleep=heard.slept.append, on_event=heard.event
    )
    with pytest.raises(TransientError, match="Connection refused") as caught:
        loader.connect()
    assert heard.slept == [1, 2, 4]
    assert heard.names() == ["retry", "retry", "retry"]
    assert "hunter2" not in str(caught.value) + str(heard.events)


def test_a_permanent_fault_is_not_retried(loader: WarehouseLoader, heard: Heard) -> None:
    with pytest.raises(PermanentError, match="wdh db upgrade"):
        loader.run(lambda session: session.execute(sa.text("DELETE FROM nowhere")))
    assert heard.slept == []


@pytest.mark.parametrize(
    ("change", "fix"),
    [
        ({"database": "nowhere"}, "DATABASE_URL"),
        ({"username": "nobody_here"}, "DATABASE_URL"),
        ({"host": "no-such-host.invalid"}, "DATABASE_URL"),
    ],
)
def test_a_wrong_address_is_permanent(database_url: str, change: dict[str, Any], fix: str) -> None:
    wrong = sa.make_url(database_url).set(**change).render_as_string(hide_password=False)
    loader = WarehouseLoader(wrong, delays=())
    with pytest.raises(PermanentError, match=fix):
        loader.connect()


@pytest.mark.parametrize(
    ("sqlstate", "transient"),
    [
        ("08006", True),
        ("57P01", True),
        ("57P03", True),
        ("40001", True),
        ("40P01", True),
        ("53300", True),
        ("55P03", True),
        ("53100", False),
        ("22012", False),
        ("42501", False),
        ("57014", False),
        ("P0001", False),
    ],
)
def test_what_is_transient_follows_the_sqlstate(
    loader: WarehouseLoader, sqlstate: str, transient: bool
) -> None:
    raising = sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{sqlstate}'; END $$")
    kind = TransientError if transient else PermanentError
    with pytest.raises(kind, match="as told") as caught, loader.transaction() as session:
        session.execute(raising)
    assert type(caught.value) is kind
    assert caught.value.evidence["sqlstate"] == sqlstate


def test_a_statement_time_out_is_transient(loader: WarehouseLoader) -> None:
    with loader.transaction() as session:
        session.execute(sa.text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(TransientError, match="timeout"):
            session.fetch(sa.text("SELECT pg_sleep(5)"))


def test_a_deadlock_is_resolved_by_a_retry(shop_url: str, heard: Heard) -> None:
    setup = WarehouseLoader(shop_url)
    setup.load_dataframe(sales(2), SALES, scope=OCTOBER)
    run_sql(
        shop_url,
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 50', current_database()); END $$",
    )
    setup.disconnect()
    barrier, table = threading.Barrier(2), table_of(SALES)
    loader = WarehouseLoader(shop_url, sleep=heard.slept.append, on_event=heard.event)

    def touch(order: tuple[int, int]) -> None:
        def work(session: Session) -> None:
            for line in order:
                session.execute(sa.update(table).where(table.c.line == line).values(paid=True))
                if line == order[0] and not heard.events:
                    barrier.wait(timeout=10)

        loader.run(work)

    threads = [threading.Thread(target=touch, args=(order,)) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert heard.names() == ["retry", "recovered"]
    loader.disconnect()


def test_the_pool_never_opens_more_than_its_size(shop_url: str) -> None:
    loader = WarehouseLoader(shop_url, pool_size=2, pool_wait_seconds=0.2, delays=())
    with loader.transaction(), loader.transaction():
        seen = run_sql(shop_url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        assert seen == [(3,)]
        with pytest.raises(TransientError, match=r"no connection became free within 0\.2 seconds; all 2"):
            loader.connect()
    loader.connect()
    loader.disconnect()
    assert run_sql(shop_url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") == [
        (1,)
    ]


def test_threads_wait_for_a_free_connection(shop_url: str) -> None:
    loader = WarehouseLoader(shop_url, pool_size=2)

    def append(first: int) -> None:
        loader.load_dataframe(sales(10, first=first), UPSERTED)

    threads = [threading.Thread(target=append, args=(1 + 10 * index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert loader.read(UPSERTED).num_rows == 60
    loader.disconnect()


def test_a_loader_works_again_after_disconnecting(loader: WarehouseLoader) -> None:
    loader.connect()
    loader.disconnect()
    assert loader.load_dataframe(sales(1), SALES, scope=OCTOBER).counts.inserted == 1


def test_nothing_is_opened_before_it_is_needed() -> None:
    started = time.perf_counter()
    WarehouseLoader("postgres://u:p@192.0.2.1/x").disconnect()
    assert time.perf_counter() - started < 1
