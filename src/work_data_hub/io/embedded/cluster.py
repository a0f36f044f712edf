"""One database cluster on disk: made by initdb, started as a detached process, known by its pid file."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.embedded import postmaster
from work_data_hub.io.embedded.account import Account
from work_data_hub.io.embedded.connection import USER, write_private
from work_data_hub.io.embedded.detach import clean_environment, detach
from work_data_hub.io.embedded.faults import LaunchError, explain

# 107 bytes on Linux, 103 on macOS
_SOCKET_PATH_LIMIT = 103
_POLL_SECONDS = 0.01

LAPTOP_SETTINGS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "60",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # the wheel compresses with pglz alone, which makes large deletes several times slower
    "wal_compression": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] ",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The server of one home, seen from the file system."""

    programs: Path
    base: Path
    log: Path
    account: Account
    settings: Mapping[str, str]

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.base / "data"

    def initialise(self, password: str, limit: float) -> None:
        """Make the cluster under a draft name: a folder called `data` is complete."""
        for leftover in self.base.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        holder = Path(tempfile.mkdtemp(prefix="new-", dir=self.base))
        self.account.own(holder)
        secret, draft = holder / "password", holder / "data"
        write_private(secret, password)
        self.account.own(secret)
        try:
            self._initdb(draft, secret, limit)
            draft.rename(self.data)
        finally:
            shutil.rmtree(holder, ignore_errors=True)

    def _initdb(self, draft: Path, secret: Path, limit: float) -> None:
        command = [str(self.programs / "initdb"), "-D", str(draft), "-U", USER, f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        what = "The embedded Postgres could not be set up."
        try:
            done = self._run(command, limit)
        except subprocess.TimeoutExpired as error:
            raise explain(what, [f"initdb took longer than {limit:.0f} s"], self.base) from error
        if done.returncode != 0:
            raise explain(what, done.stdout.splitlines(), self.base)

    def _run(self, command: list[str], limit: float) -> subprocess.CompletedProcess[str]:
        """Run a program of PostgreSQL to its end under the server's account."""
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=clean_environment(),
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
            **self.account.demotion,
        )

    def require_version(self) -> None:
        """Refuse data that another major version wrote."""
        written = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        major = self.programs.parent.name.removeprefix("pginstall")
        if written != major:
            raise ConfigurationError(
                f"The data in {self.data} was written by PostgreSQL {written}.",
                expected=f"PostgreSQL {major}",
                fix=f"dump it with version {written} and load it again, or move {self.base} away to begin empty.",
            )

    def launch(self, port: int, deadline: float) -> postmaster.PidFile:
        """Start the server and wait until it takes connections, or raise LaunchError with its lines."""
        self.require_version()
        postmaster.retire_stale(self.data)
        with self.log.open("ab") as log:
            mark = log.tell()
            pid = detach(self._command(port), log=log.fileno(), demotion=self.account.demotion)
        while True:
            entry = postmaster.read(self.data)
            if entry is not None and entry.pid == pid and entry.ready:
                return entry
            if not postmaster.serves(pid, self.data) or time.monotonic() > deadline:
                raise LaunchError(self._lines_since(mark))
            time.sleep(_POLL_SECONDS)

    def _command(self, port: int) -> list[str]:
        socket_dir = str(self._socket_dir()).replace('"', '""')
        settings = {
            **LAPTOP_SETTINGS,
            **self.settings,
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            # quoted: it is a list, and a folder's name may hold a comma
            "unix_socket_directories": f'"{socket_dir}"',
            "unix_socket_permissions": "0700",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def _socket_dir(self) -> Path:
        """Return a private folder whose path is short enough for a socket."""
        preferred = self.base / "run"
        if _fits(preferred):
            self.account.make_dir(preferred)
            return preferred
        short = Path(tempfile.mkdtemp(prefix=postmaster.SHORT_SOCKET_PREFIX))
        self.account.own(short)
        if not _fits(short):
            short.rmdir()
            raise ConfigurationError(
                f"Neither {preferred} nor {short} is short enough for a socket.",
                expected=f"a path of at most {_SOCKET_PATH_LIMIT} bytes",
                fix="set TMPDIR, or WDH_HOME, to a folder with a shorter path.",
            )
        return short

    def _lines_since(self, mark: int) -> list[str]:
        with self.log.open("rb") as log:
            log.seek(mark)
            return log.read().decode(errors="replace").splitlines()


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / ".s.PGSQL.65535")) <= _SOCKET_PATH_LIMIT


def free_port(preferred: int) -> int:
    """Return the preferred port of the loopback if it is free, so that addresses live long; else a free one."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConfigurationError(
        "No port is free on 127.0.0.1.",
        fix="end programs that hold many ports, or set DATABASE_URL to an existing PostgreSQL.",
    )
