"""The embedded server as the rest of the hub sees it.

Whoever needs the database calls `ensure` and so holds a lease until its process ends, by kill -9 too. The first
one starts the server, and a keeper process that stops it when the last lease is gone; `wdh db start` pins it.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.embedded import lease, locks, postmaster
from work_data_hub.io.embedded.connection import Connection
from work_data_hub.io.embedded.faults import explained
from work_data_hub.io.embedded.layout import Layout
from work_data_hub.io.embedded.lease import Lease
from work_data_hub.io.embedded.starter import Starter

SYSTEM_STATE = Path("/var/lib/work_data_hub")
_STOP_PATIENCE = 90.0
_KEEPER_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of a server without starting it."""

    running: bool
    pinned: bool
    pid: int | None = None
    port: int | None = None
    socket_dir: Path | None = None
    data_dir: Path | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """The private PostgreSQL of one home: one per clone and user."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    start_limit: float = 60.0
    state: Path = SYSTEM_STATE

    def ensure(self) -> Lease:
        """Start the server if it is not up and return this process's lease on it."""
        layout = self._layout
        with explained(self.home), ExitStack() as undo:
            layout.prepare()
            fresh = lease.current(layout.lease_lock) is None
            held = lease.hold(layout.lease_lock, _STOP_PATIENCE)
            if fresh:
                undo.callback(held.release)
            starter = Starter(layout, self.settings, self.start_limit)
            if not starter.healthy():
                with self._alone():
                    starter.bring_up()
            undo.pop_all()
            return held

    def url(self, database: str = "wdh") -> str:
        """Return the SQLAlchemy URL of a database; starts nothing."""
        connection = self._connection()
        if connection is None or not connection.port:
            raise ConfigurationError(
                f"The embedded Postgres of {self.home} has never been started.", fix="run `wdh db start`."
            )
        return connection.url(database)

    def status(self) -> ServerStatus:
        """Say what is there; starts nothing."""
        connection = self._connection()
        found = ServerStatus(running=False, pinned=self._layout.pin.exists())
        if connection is None:
            return found
        data = self._layout.data(connection.relocated)
        with explained(self.home):
            found = replace(found, data_dir=data, version=_version(data))
        entry = postmaster.running(data)
        if entry is None:
            return found
        socket_dir = Path(entry.socket_dir)
        return replace(found, running=True, pid=entry.pid, port=entry.port, socket_dir=socket_dir)

    def start(self) -> None:
        """Start the server and keep it up, with or without users, until `stop`."""
        fresh = lease.current(self._layout.lease_lock) is None
        held = self.ensure()
        with explained(self.home):
            self._layout.pin.touch(mode=0o600)
        if fresh:
            held.release()

    def stop(self) -> bool:
        """Unpin and stop the server, whoever uses it; False if nothing ran."""
        if not self._layout.anchor.exists():
            return False
        with explained(self.home), self._alone():
            return self._stop()

    def destroy(self) -> None:
        """Stop the server and remove everything of it."""
        layout = self._layout
        if not layout.anchor.exists():
            self._let_go()
            return
        with explained(self.home), self._alone():
            connection = self._connection()
            self._stop()
            layout.throwaway.unlink(missing_ok=True)
            self._dismiss_keeper()
            if connection is not None:
                shutil.rmtree(layout.base(connection.relocated), ignore_errors=True)
            shutil.rmtree(layout.anchor)

    @property
    def _layout(self) -> Layout:
        return Layout(self.home.resolve(), self.state)

    def _connection(self) -> Connection | None:
        with explained(self.home):
            return Connection.read(self._layout.connection)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with locks.exclusive(self._layout.start_lock, self.start_limit + _STOP_PATIENCE):
            yield

    def _stop(self) -> bool:
        self._layout.pin.unlink(missing_ok=True)
        connection = self._connection()
        return connection is not None and postmaster.stop(self._layout.data(connection.relocated))

    def _dismiss_keeper(self) -> None:
        """Take the lease file from under the keeper, which then ends without lingering."""
        self._layout.lease_lock.unlink(missing_ok=True)
        self._let_go()
        deadline = time.monotonic() + _KEEPER_PATIENCE
        while locks.held_elsewhere(self._layout.keeper_lock) and time.monotonic() < deadline:
            time.sleep(0.01)

    def _let_go(self) -> None:
        if (held := lease.registered(self._layout.lease_lock)) is not None:
            held.release()


def _version(data: Path) -> str | None:
    path = data / "PG_VERSION"
    return path.read_text(encoding="utf-8").strip() if path.exists() else None
