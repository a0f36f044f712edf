"""The Dagster UI as a child of the command: a process group of its own, ended as a whole."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError

_PATIENCE = ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
_START_LIMIT = 120.0
_POLL = 0.1
_TAIL = 12


def refuse_taken_port(port: int) -> None:
    """Refuse a port that somebody listens on, before any long work."""
    if not port_is_free(port):
        raise ConfigurationError(
            f"port {port} of this machine is in use",
            expected="a free port for the Dagster UI",
            fix="stop what listens there (perhaps another start), or take another: --port 3001",
        )


def port_is_free(port: int) -> bool:
    """Say whether this machine's loopback port can be taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # servers that ended a moment ago leave the port waiting; they do not hold it
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Webserver:
    """A running UI."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    patience: tuple[tuple[int, float], ...] = _PATIENCE

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://localhost:{self.port}"

    def await_ready(self) -> None:
        """Wait until it answers; say why when it ends instead."""
        deadline = time.monotonic() + _START_LIMIT
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise self._dead("did not come up")
            time.sleep(_POLL)

    def await_end(self) -> None:
        """Wait for as long as it runs; it ends by itself only when something is wrong."""
        self.process.wait()
        raise self._dead("ended")

    def stop(self) -> None:
        """End the whole group, asking kindly first, and wait until nothing of it is left."""
        for sent, patience in self.patience:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, sent)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if self.process.poll() is not None and not _group_lives(self.process.pid):
                    return
                time.sleep(_POLL)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _dead(self, how: str) -> PermanentError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
        return PermanentError(
            "\n".join((f"the Dagster UI {how}; its last words:", *lines)), fix=f"read {self.log}"
        )


def _group_lives(group: int) -> bool:
    """Say whether anybody is in a group; the dead that nobody buried, as in a bare container, do not count."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    states = [_group_and_state(stat) for stat in Path("/proc").glob("[0-9]*/stat")]
    return not states or any(found == str(group) and state not in "ZX" for found, state in states)


def _group_and_state(stat: Path) -> tuple[str, str]:
    try:
        # the name of a program, in brackets, may itself hold brackets and blanks
        fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return "", "X"
    return fields[2], fields[0]


@contextmanager
def serve(workspace: Path, port: int, log: Path) -> Iterator[Webserver]:
    """Run the UI as long as the block runs; its own words go to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as words:
        webserver = Webserver(_spawn(workspace, port, words), port, log)
        try:
            yield webserver
        finally:
            webserver.stop()


def _spawn(workspace: Path, port: int, words: IO[bytes]) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-w",
        str(workspace),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    return subprocess.Popen(
        command,
        cwd=workspace.parent,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=subprocess.STDOUT,
        # its own session: Ctrl+C reaches this command alone, which then ends the group in order
        start_new_session=True,
    )


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end the block alike."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    # what nohup made ignored stays ignored; a shell's "&" ignores SIGINT, and children would inherit that
    heard = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        heard.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
