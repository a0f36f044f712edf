"""Leases: a process that uses the server holds a shared lock, which ends with the process however that ends."""

import fcntl
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from work_data_hub.domain.kernel.errors import TransientError
from work_data_hub.io.embedded import locks

_held: dict[Path, "Lease"] = {}
_held_guard = threading.Lock()


class Lease:
    """A held claim on the server; one per process and home, children made by fork share it."""

    __slots__ = ("_descriptor", "_users", "path")

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor
        self._users = 0

    @property
    def held(self) -> bool:
        """Whether the claim still stands."""
        return self._descriptor is not None and locks.same_file(self._descriptor, self.path)

    def release(self) -> None:
        """Let go; closing is all, since an unlock would also end the claims of forked children."""
        with _held_guard:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
            if _held.get(self.path) is self:
                del _held[self.path]

    def __enter__(self) -> Self:
        with _held_guard:
            self._users += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _held_guard:
            self._users -= 1
            last = self._users == 0
        # a hub opened inside another one must not let go of the server for both
        if last:
            self.release()


def registered(path: Path) -> Lease | None:
    """Return the lease this process took, even if its home is gone."""
    return _held.get(path)


def current(path: Path) -> Lease | None:
    """Return the lease this process holds, if any."""
    lease = registered(path)
    return lease if lease is not None and lease.held else None


def hold(path: Path, patience: float) -> Lease:
    """Return this process's lease, taken now if it has none; waits while the server is being stopped."""
    if (lease := current(path)) is not None:
        return lease
    descriptor = locks.acquire(path, fcntl.LOCK_SH, patience)
    if descriptor is None:
        raise TransientError(
            f"The embedded Postgres has been stopping for more than {patience:.0f} s.",
            fix=f"try again; if it stays so, end the process that holds {path}.",
        )
    return _register(Lease(path, descriptor))


def _register(lease: Lease) -> Lease:
    with _held_guard:
        other = _held.get(lease.path)
        if other is None or not other.held:
            _held[lease.path] = lease
            return lease
    lease.release()
    return other
