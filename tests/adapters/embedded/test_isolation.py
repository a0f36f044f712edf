"""Who may connect, whose files they are, and that clones and users do not meet."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from tests.adapters.embedded.clients import (
    SOURCE,
    keeper_of,
    listening_addresses,
    processes_of,
    query,
    soon,
    user_of,
)
from tests.adapters.embedded.conftest import MakeServer, as_root

from work_data_hub.io.embedded import binaries
from work_data_hub.io.embedded.account import server_account
from work_data_hub.io.embedded.server import EmbeddedServer

_SYSTEM_PYTHON = Path("/usr/bin/python3")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_tcp_and_socket_want_the_password(running: EmbeddedServer, password: str) -> None:
    socket_dir = running.status().socket_dir
    for host in ("127.0.0.1", str(socket_dir)):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            query(running, "SELECT 1", host=host, password=password)
    assert query(running, "SELECT 1", host=str(socket_dir)) == [(1,)]


def test_only_the_loopback_is_listened_on(running: EmbeddedServer) -> None:
    assert listening_addresses(running.status().pid) == ["127.0.0.1"]


def test_url_names_the_driver(running: EmbeddedServer) -> None:
    parts = urlsplit(running.url("wdh_dagster"))
    assert (parts.scheme, parts.hostname, parts.path) == ("postgresql+psycopg2", "127.0.0.1", "/wdh_dagster")


def test_password_stands_in_no_command_line_and_no_open_file(running: EmbeddedServer) -> None:
    password = urlsplit(running.url()).password
    assert password
    for process in processes_of(running):
        assert not any(password in part for part in process.cmdline())
    anchor = running.home / "postgres"
    for path in anchor.iterdir():
        if path.is_file():
            assert _mode(path) == 0o600, path


def test_postmaster_and_keeper_inherit_no_lease(running: EmbeddedServer) -> None:
    for process in processes_of(running):
        folder = Path("/proc", str(process.pid), "fd")
        if not folder.exists():
            pytest.skip("needs /proc")
        leases = [fd for fd in folder.iterdir() if fd.readlink().name == "lease.lock"]
        # the keeper has opened it itself, and waits on it
        assert len(leases) == (1 if process.pid == keeper_of(running).pid else 0)


def test_settings_of_a_warehouse_are_in_force(running: EmbeddedServer) -> None:
    wanted = {"shared_buffers": "256MB", "max_wal_size": "4GB", "max_connections": "60", "TimeZone": "UTC"}
    for name, value in wanted.items():
        assert query(running, f"SHOW {name}") == [(value,)]
    assert query(
        running, "SELECT upper('é'), 'b' < 'é', pg_encoding_to_char(encoding) FROM pg_database LIMIT 1"
    ) == [("É", True, "UTF8")]


def test_durable_unless_thrown_away(server: EmbeddedServer, running: EmbeddedServer) -> None:
    durable = EmbeddedServer(server.home, state=server.state)
    durable.ensure()
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert query(durable, f"SHOW {name}") == [("on",)]
        assert query(running, f"SHOW {name}") == [("off",)]


def test_variables_of_the_user_do_not_reach_the_server(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "PGHOST": "nowhere", "PGDATABASE": "no"}.items():
        monkeypatch.setenv(name, value)
    server.ensure()
    assert query(server, "SELECT 1") == [(1,)]


def test_two_homes_have_two_servers(server: EmbeddedServer, fresh: EmbeddedServer) -> None:
    one, two = server, fresh
    one.ensure()
    two.ensure()
    query(one, "CREATE TABLE kept AS SELECT 1 AS a")
    assert query(two, "SELECT to_regclass('kept')") == [(None,)]
    assert one.status().port != two.status().port
    one.stop()
    assert query(two, "SELECT 1") == [(1,)]


@as_root
def test_root_keeps_data_in_a_home_its_account_can_reach(open_place: Path, make_server: MakeServer) -> None:
    home = open_place / "年金 $HOME 'x' \"y\", z" / "clone"
    home.mkdir(parents=True)
    before = _mode(home), _mode(home.parent)
    server = make_server(home)
    server.ensure()
    data = server.status().data_dir
    assert data is not None
    assert data.is_relative_to(home)
    assert (data.stat().st_uid, _mode(data)) == (server_account().uid, 0o700)
    assert (_mode(home), _mode(home.parent)) == before
    assert query(server, "SELECT 1") == [(1,)]
    assert server.status().socket_dir == data.parent / "run"


@as_root
def test_short_socket_folder_is_private_and_removed(open_place: Path, make_server: MakeServer) -> None:
    home = open_place / ("long" * 30)
    home.mkdir()
    server = make_server(home)
    server.ensure()
    socket_dir = server.status().socket_dir
    assert socket_dir is not None
    assert not socket_dir.is_relative_to(home)
    assert (_mode(socket_dir), socket_dir.stat().st_uid) == (0o700, server_account().uid)
    assert query(server, "SELECT 1", host=str(socket_dir)) == [(1,)]
    server.stop()
    assert not socket_dir.exists()
    server.ensure()
    pid, killed = server.status().pid, server.status().socket_dir
    assert pid is not None
    assert killed is not None
    os.kill(pid, signal.SIGKILL)
    server.ensure()
    assert not killed.exists()


@as_root
def test_home_that_cannot_be_traversed_is_not_widened(
    open_place: Path, make_server: MakeServer, state: Path
) -> None:
    closed = open_place / "root"
    closed.mkdir(mode=0o700)
    server = make_server(closed / "clone" / ".wdh")
    server.ensure()
    data = server.status().data_dir
    assert data is not None
    assert data.is_relative_to(state)
    assert (data.parent.stat().st_uid, _mode(data.parent)) == (server_account().uid, 0o700)
    assert (_mode(closed), _mode(server.home)) == (0o700, 0o700)
    assert user_of(server.status().pid) == server_account().uid


@as_root
def test_programs_that_cannot_be_reached_are_copied_once(open_place: Path, state: Path) -> None:
    original = binaries.newest_install()
    closed = open_place / "site-packages"
    closed.mkdir(mode=0o700)
    package = original.parent
    shutil.copytree(original, closed / package.name / original.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, closed / libraries.name)
    account = server_account()
    programs = binaries.reachable_bin(closed / package.name / original.name, account, state)
    assert programs.is_relative_to(state)
    assert account.runs(str(programs / "initdb"), "--version")
    assert account.runs(str(programs / "postgres"), "--version")
    stamp = programs.stat().st_ino
    assert binaries.reachable_bin(closed / package.name / original.name, account, state) == programs
    assert programs.stat().st_ino == stamp
    assert _mode(closed) == 0o700


_AS_NOBODY = """
import sys
from pathlib import Path
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.embedded.server import EmbeddedServer
place = Path(sys.argv[1])
server = EmbeddedServer(place / "clone" / ".wdh", settings={"fsync": "off"})
server.ensure()
status = server.status()
print(status.data_dir.is_relative_to(server.home), oct(server.home.stat().st_mode & 0o777), flush=True)
try:
    EmbeddedServer(Path("/root-owned-home")).ensure()
except ConfigurationError as error:
    print("refused", "Fix: set WDH_HOME" in str(error), flush=True)
sys.stdin.read()
"""


@as_root
def test_unprivileged_user_needs_nothing_outside_the_home(open_place: Path) -> None:
    place = open_place / "user"
    place.mkdir(mode=0o700)
    shutil.chown(place, "nobody")
    packages = Path(psycopg2.__file__).parents[1]
    environment = {"PYTHONPATH": f"{SOURCE}:{packages}", "PATH": os.defpath}
    probe = [str(_SYSTEM_PYTHON), "-W", "ignore", "-c", "import psycopg2"]
    if (
        not _SYSTEM_PYTHON.exists()
        or subprocess.run(probe, env=environment, check=False, capture_output=True, user="nobody").returncode
    ):
        pytest.skip("needs a Python that any account can run")
    with subprocess.Popen(
        [str(_SYSTEM_PYTHON), "-c", _AS_NOBODY, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        user="nobody",
        group=pwd.getpwnam("nobody").pw_gid,
        extra_groups=[],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True 0o700\n"
        assert process.stdout.readline() == "refused True\n"
        process.communicate(timeout=20)
    server = EmbeddedServer(place / "clone" / ".wdh")
    assert soon(lambda: not processes_of(server))
