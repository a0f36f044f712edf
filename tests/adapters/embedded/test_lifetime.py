"""When the server starts, who keeps it up, and when it is gone."""

import signal
import time

from sqlalchemy import create_engine, text
from tests.adapters.embedded.clients import (
    alive,
    client,
    end,
    first_line,
    keeper_of,
    processes_of,
    query,
    soon,
)

from work_data_hub.io.embedded import server as server_module
from work_data_hub.io.embedded.server import EmbeddedServer


def test_first_use_sets_up_both_databases(running: EmbeddedServer) -> None:
    names = {name for (name,) in query(running, "SELECT datname FROM pg_database")}
    assert {"wdh", "wdh_dagster"} <= names
    assert query(running, "SELECT current_database()", dbname="wdh_dagster") == [("wdh_dagster",)]


def test_second_use_is_quick_and_gives_the_same_lease(server: EmbeddedServer) -> None:
    lease = server.ensure()
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        assert server.ensure() is lease
        times.append(time.perf_counter() - begin)
    assert sorted(times)[2] < 0.05


def test_missing_database_comes_back(server: EmbeddedServer) -> None:
    server.ensure()
    engine = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE wdh_dagster"))
    engine.dispose()
    server.ensure()
    assert query(server, "SELECT 1", dbname="wdh_dagster") == [(1,)]


def test_racing_processes_get_one_server(fresh: EmbeddedServer) -> None:
    clients = [client(fresh) for _ in range(6)]
    answers = {first_line(process) for process in clients}
    try:
        assert len(answers) == 1
        assert len(processes_of(fresh)) == 2
    finally:
        for process in clients:
            end(process)
    assert soon(lambda: not processes_of(fresh))


def test_nothing_is_left_after_the_last_client_is_killed(server: EmbeddedServer) -> None:
    first, second = client(server), client(server)
    first_line(first)
    first_line(second)
    end(first, kill=True)
    time.sleep(1)
    assert server.status().running, "the other client still uses it"
    end(second, kill=True)
    begin = time.monotonic()
    assert soon(lambda: not processes_of(server))
    assert time.monotonic() - begin < 3


def test_client_that_comes_while_the_server_stops_is_served(server: EmbeddedServer) -> None:
    server.ensure()
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    for pause in (0.45, 0.5, 0.52, 0.55):
        server.ensure().release()
        time.sleep(pause)
        server.ensure()
        assert query(server, "SELECT answer FROM kept") == [(42,)]
        assert soon(lambda: keeper_of(server).is_running())


def test_forked_child_keeps_the_server_of_its_dead_parent(server: EmbeddedServer) -> None:
    script = """
import os, sys, time
from pathlib import Path
from work_data_hub.io.embedded.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), settings={"fsync": "off"}, state=Path(sys.argv[2]))
server.ensure()
child = os.fork()
if child:
    print(child, flush=True)
sys.stdin.read()
"""
    parent = client(server, script)
    child = int(first_line(parent))
    parent.kill()
    parent.wait(timeout=5)
    time.sleep(1.2)
    try:
        assert server.status().running
    finally:
        end(parent)
    assert soon(lambda: not alive(child) or not processes_of(server))
    assert soon(lambda: not processes_of(server))


def test_pinned_server_outlives_its_clients_until_stopped(server: EmbeddedServer) -> None:
    server.start()
    assert soon(lambda: len(processes_of(server)) == 1), "only the postmaster stays"
    status = server.status()
    assert (status.running, status.pinned) == (True, True)
    process = client(server)
    assert first_line(process).split()[0] == str(status.pid)
    end(process)
    time.sleep(1)
    assert server.status().running
    assert server.stop()
    assert not server.stop()
    assert (server.status().running, server.status().pinned) == (False, False)
    assert soon(lambda: not processes_of(server))


def test_running_server_can_be_pinned(server: EmbeddedServer) -> None:
    lease = server.ensure()
    server.start()
    assert lease.held
    lease.release()
    time.sleep(1)
    assert server.status().running


def test_stop_and_start_keep_data_and_address(server: EmbeddedServer) -> None:
    server.ensure()
    address = server.url()
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert server.stop()
    server.ensure()
    assert server.url() == address
    assert query(server, "SELECT answer FROM kept") == [(42,)]


def test_killed_keeper_is_replaced(server: EmbeddedServer) -> None:
    process = client(server)
    first_line(process)
    old = keeper_of(server)
    old.send_signal(signal.SIGKILL)
    assert soon(lambda: len(processes_of(server)) == 1)
    lease = server.ensure()
    assert keeper_of(server).pid != old.pid
    end(process)
    lease.release()
    assert soon(lambda: not processes_of(server))


def test_status_and_stop_of_a_home_that_is_not_there_make_nothing(fresh: EmbeddedServer) -> None:
    assert fresh.status() == server_module.ServerStatus(running=False, pinned=False)
    assert not fresh.stop()
    fresh.destroy()
    assert not fresh.home.exists()


def test_destroy_removes_data_and_processes_at_once(fresh: EmbeddedServer) -> None:
    fresh.ensure()
    data = fresh.status().data_dir
    assert data is not None
    fresh.destroy()
    assert not processes_of(fresh)
    assert not data.exists()
    assert list(fresh.home.iterdir()) == []


def test_a_claim_inside_another_one_lets_go_of_nothing(server: EmbeddedServer) -> None:
    with server.ensure() as outer:
        with server.ensure() as inner:
            assert inner is outer
        assert outer.held
    assert not outer.held
