"""Other processes that use a server, and what can be seen of them from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from sqlalchemy.engine import make_url

from work_data_hub.io.embedded.server import EmbeddedServer

SOURCE = Path(__file__).parents[3] / "src"
_CLIENT = """
import sys
from pathlib import Path
from work_data_hub.io.embedded.server import EmbeddedServer
home, state = map(Path, sys.argv[1:3])
server = EmbeddedServer(home, settings={"fsync": "off"}, state=state)
server.ensure()
print(server.status().pid, server.status().port, flush=True)
sys.stdin.read()
"""


def client(server: EmbeddedServer, script: str = _CLIENT) -> "subprocess.Popen[str]":
    """Start a process that uses the server until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", script, str(server.home), str(server.state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )


def first_line(process: "subprocess.Popen[str]") -> str:
    """Wait for what the client says once it is served."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        assert process.stderr is not None
        raise AssertionError(process.stderr.read())
    return line.strip()


def end(process: "subprocess.Popen[str]", *, kill: bool = False) -> None:
    """End a client politely or not."""
    if kill:
        process.kill()
    with process:
        process.communicate(timeout=20)


def query(server: EmbeddedServer, statement: str, **overrides: Any) -> list[tuple[Any, ...]]:
    """Run one statement over the public URL."""
    url = make_url(server.url())
    known = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    known |= {"dbname": url.database, "passfile": str(SOURCE / "no-such-file"), "connect_timeout": 5}
    with closing(psycopg2.connect(**{**known, **overrides})) as session, session, session.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def processes_of(server: EmbeddedServer) -> list[psutil.Process]:
    """Find the postmaster and the keeper of a server, zombies left out."""
    places = [str(server.home.resolve() / "postgres")]
    if (data := server.status().data_dir) is not None:
        places.append(str(data))
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        arguments = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(place in arguments for place in places):
            found.append(process)
    return found


def keeper_of(server: EmbeddedServer) -> psutil.Process:
    """Find the one keeper of a server."""
    (keeper,) = [process for process in processes_of(server) if "-I" in process.cmdline()]
    return keeper


def soon(condition: Callable[[], bool], within: float = 5.0) -> bool:
    """Wait for something that has to come true."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Say whether a process exists."""
    return bool(psutil.pid_exists(pid))


def user_of(pid: int | None) -> int:
    """Return the account a process runs under."""
    return int(psutil.Process(pid).uids().effective)


def listening_addresses(pid: int | None) -> list[str]:
    """Return the addresses a process takes TCP connections on."""
    sockets = psutil.Process(pid).net_connections("inet")
    return [socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN]
