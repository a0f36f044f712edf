"""What a data folder says about its postmaster; standard library only, because the keeper runs on it."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_POLL_SECONDS = 0.01
# process, data folder, start time, port, socket folder, address, shared memory, state
_LINES_WHEN_LISTENING = 8
SHORT_SOCKET_PREFIX = "wdh-"


@dataclass(frozen=True, slots=True)
class PidFile:
    """The lines of `postmaster.pid` that matter here; port 0 while the server does not listen yet."""

    pid: int
    port: int
    socket_dir: str
    ready: bool


def read(data: Path) -> PidFile | None:
    """Read the pid file, of which a starting server has written only the first lines; None without a process."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].isdigit():
        return None
    if len(lines) < _LINES_WHEN_LISTENING:
        return PidFile(int(lines[0]), 0, "", ready=False)
    ready = lines[-1].strip() == "ready"
    return PidFile(int(lines[0]), int(lines[3]), lines[4], ready)


def serves(pid: int, data: Path) -> bool:
    """Say whether this process lives and serves this folder: a number alone may have been reused."""
    if (_PROC / "self/cmdline").exists():
        return b"\0-D\0" + os.fsencode(data) + b"\0" in _arguments(pid)
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return f" -D {data} " in listed.stdout


def _arguments(pid: int) -> bytes:
    """Read a process's command line; a zombie has none, a process amid exec has none for a moment."""
    for _ in range(2):
        try:
            arguments = (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return b""
        if arguments:
            return arguments
        time.sleep(_POLL_SECONDS)
    return b""


def running(data: Path) -> PidFile | None:
    """Return the live postmaster of a data folder, if there is one."""
    entry = read(data)
    return entry if entry is not None and serves(entry.pid, data) else None


def stop(data: Path, patience: float = 20.0) -> bool:
    """Stop fast (open transactions are rolled back), at once when that takes too long; False if nothing ran.

    PostgreSQL 18 forgets a fast stop that meets its recovery from a crashed backend; at once is safe, the log replays.
    """
    entry = running(data)
    if entry is None:
        return False
    _signal(entry.pid, signal.SIGINT)
    if not _gone(entry.pid, data, patience):
        _signal(entry.pid, signal.SIGQUIT)
        _gone(entry.pid, data, patience=5.0)
    _drop_short_socket_dir(entry.socket_dir)
    return True


def retire_stale(data: Path) -> None:
    """Disarm what a killed server left where a reused process number would keep the next one from starting.

    The pid file stays: from its last lines the server learns whether orphans still use the shared memory.
    """
    entry = read(data)
    if entry is not None and serves(entry.pid, data):
        return
    _clear_sockets(data.with_name("run"))
    if entry is None:
        return
    _drop_short_socket_dir(entry.socket_dir)
    if _exists(entry.pid):
        path = data / "postmaster.pid"
        rest = path.read_bytes().partition(b"\n")[2]
        path.write_bytes(str(_dead_pid()).encode() + b"\n" + rest)


def _dead_pid() -> int:
    """Return the number of a process that has just ended."""
    with subprocess.Popen(["true"]) as process:
        return process.pid


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _gone(pid: int, data: Path, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while serves(pid, data):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _clear_sockets(folder: Path) -> None:
    for leftover in folder.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _drop_short_socket_dir(socket_dir: str) -> None:
    """Remove the folder that stood in for a path too long for a socket."""
    folder = Path(socket_dir)
    if folder.name.startswith(SHORT_SOCKET_PREFIX) and folder.is_dir():
        _clear_sockets(folder)
        try:
            folder.rmdir()
        except OSError:
            return
