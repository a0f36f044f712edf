"""Kills, leftovers and refusals."""

import os
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url
from tests.adapters.embedded.clients import client, end, processes_of, query, soon
from tests.adapters.embedded.conftest import MakeServer

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.io.embedded import binaries, cluster, starter
from work_data_hub.io.embedded.account import server_account
from work_data_hub.io.embedded.faults import explain
from work_data_hub.io.embedded.server import EmbeddedServer


def _pid(server: EmbeddedServer) -> int:
    pid = server.status().pid
    assert pid is not None
    return pid


def _data(server: EmbeddedServer) -> Path:
    data = server.status().data_dir
    assert data is not None
    return data


def test_data_survives_a_killed_postmaster(server: EmbeddedServer) -> None:
    server.ensure()
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(_pid(server), signal.SIGKILL)
    server.ensure()
    assert query(server, "SELECT answer FROM kept") == [(42,)]


def test_start_waits_for_the_orphans_of_a_killed_postmaster(server: EmbeddedServer) -> None:
    server.ensure()
    busy = "SELECT sum(a) FROM generate_series(1, 4000000) AS a"

    def work() -> None:
        # the orphan may even finish
        with suppress(psycopg2.Error):
            query(server, busy)

    worker = threading.Thread(target=work)
    worker.start()
    assert soon(
        lambda: (
            query(server, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT sum%'") == [(1,)]
        )
    )
    os.kill(_pid(server), signal.SIGKILL)
    server.ensure()
    assert query(server, "SELECT 1") == [(1,)]
    worker.join()


def test_killed_backend_leaves_a_server_that_serves(server: EmbeddedServer) -> None:
    server.ensure()
    with pytest.raises(psycopg2.Error):
        query(server, "COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'")
    server.ensure()
    assert query(server, "SELECT 1") == [(1,)]


def test_client_killed_during_the_first_start_harms_nothing(fresh: EmbeddedServer) -> None:
    for pause in (0.15, 0.4):
        process = client(fresh)
        try:
            process.wait(timeout=pause)
        except subprocess.TimeoutExpired:
            end(process, kill=True)
    fresh.ensure()
    assert query(fresh, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("alive", [True, False])
def test_files_of_a_killed_server_are_seen_through(server: EmbeddedServer, alive: bool) -> None:
    server.ensure()
    data, sockets = _data(server), server.status().socket_dir
    assert sockets is not None
    (lock,) = sockets.glob("*.lock")
    left = {path: path.read_text(encoding="utf-8") for path in (data / "postmaster.pid", lock)}
    server.stop()
    account = server_account(data)
    with subprocess.Popen(["sleep", "60"], **account.demotion) as stranger:
        if not alive:
            stranger.kill()
            stranger.wait()
        for path, text in left.items():
            path.write_text(f"{stranger.pid}\n{text.partition(chr(10))[2]}", encoding="utf-8")
            account.own(path)
        assert not server.status().running
        server.ensure()
        assert query(server, "SELECT 1") == [(1,)]
        if alive:
            assert stranger.poll() is None
        stranger.kill()


def test_taken_port_is_replaced(server: EmbeddedServer) -> None:
    server.ensure()
    old = server.status().port
    assert old is not None
    server.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", old))
        other.listen()
        server.ensure()
        assert server.status().port != old
        assert query(server, "SELECT 1") == [(1,)]


def test_port_lost_between_choice_and_start_is_replaced(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        offers = iter([taken, taken])
        real = cluster.free_port
        monkeypatch.setattr(starter, "free_port", lambda preferred: next(offers, None) or real(preferred))
        server.ensure()
        assert server.status().port != taken
        assert query(server, "SELECT 1") == [(1,)]


def test_home_that_is_a_file_is_refused_with_a_way_out(make_server: MakeServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"(?s)can't use .*WDH_HOME.*\nFix: "):
        make_server(tmp_path / "file").ensure()
    (tmp_path / "file").unlink()


def test_failed_start_shows_what_the_server_wrote_and_leaves_nothing(server: EmbeddedServer) -> None:
    wrong = EmbeddedServer(server.home, settings={"shared_buffers": "lots"}, state=server.state)
    with pytest.raises(PermanentError, match=r'(?s)invalid value for parameter "shared_buffers".*\nFix: '):
        wrong.ensure()
    assert soon(lambda: not processes_of(server))


@pytest.mark.parametrize(
    "line",
    ["initdb: error: could not write: No space left on device", "HINT:  Check free disk space."],
)
def test_full_disk_is_named(line: str) -> None:
    error = explain("Not set up.", ["running bootstrap script ...", line], Path("/home/x"))
    assert isinstance(error, PermanentError)
    assert "free space on the file system of /home/x" in error.fix


def test_data_of_another_major_version_is_refused(server: EmbeddedServer) -> None:
    server.ensure()
    server.stop()
    (_data(server) / "PG_VERSION").write_text("15\n")
    with pytest.raises(ConfigurationError, match=r"(?s)written by PostgreSQL 15\..*\nFix: "):
        server.ensure()
    (_data(server) / "PG_VERSION").write_text("18\n")


def test_missing_data_is_not_taken_for_an_empty_warehouse(server: EmbeddedServer) -> None:
    server.ensure()
    server.stop()
    _data(server).rename(_data(server).with_name("elsewhere"))
    with pytest.raises(ConfigurationError, match=r"(?s)is missing.*\nFix: "):
        server.ensure()
    _data(server).with_name("elsewhere").rename(_data(server))


def test_data_without_its_password_is_set_aside(server: EmbeddedServer) -> None:
    server.ensure()
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    data = _data(server)
    (server.home / "postgres" / "connection.json").unlink()
    server.ensure()
    assert query(server, "SELECT to_regclass('kept')") == [(None,)]
    assert (data.with_name("data.old") / "PG_VERSION").exists()


def test_damaged_connection_file_is_refused(server: EmbeddedServer) -> None:
    server.ensure()
    server.stop()
    path = server.home / "postgres" / "connection.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:20], encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"(?s)connection file.*\nFix: "):
        server.ensure()
    path.write_text(whole, encoding="utf-8")


def test_changed_password_is_refused_at_once(server: EmbeddedServer) -> None:
    server.ensure()
    query(server, "ALTER ROLE wdh PASSWORD 'other'")
    with pytest.raises(PermanentError, match=r"(?s)lets nobody in.*authentication failed"):
        server.ensure()
    password = make_url(server.url()).password
    query(server, f"ALTER ROLE wdh PASSWORD '{password}'", password="other")


def test_url_before_the_first_start_is_refused(fresh: EmbeddedServer) -> None:
    with pytest.raises(ConfigurationError, match="wdh db start"):
        fresh.url()


def test_missing_programs_are_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "pginstall18" / "bin").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"(?s)No PostgreSQL programs.*\nFix: run `uv sync"):
        binaries.newest_install(tmp_path)


def test_newest_major_version_is_used(tmp_path: Path) -> None:
    for name in ("pginstall9", "pginstall18", "pginstall"):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin" / "initdb").touch()
    assert binaries.newest_install(tmp_path).name == "pginstall18"
