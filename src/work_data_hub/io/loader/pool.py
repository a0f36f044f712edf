"""Bounded ADBC connections of one process, handed out alive and returned clean."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from work_data_hub.domain.kernel.errors import TransientError
from work_data_hub.io.loader.pg_errors import translated
from work_data_hub.io.loader.urls import DatabaseUrl

_USED: Final = "used at"
# seconds for which a connection is not asked whether it is alive; a transaction that meets a dead one is tried again
_BELIEVED: Final = 2.0


class AdbcPool:
    """At most `size` connections; a dead one is discarded, never handed out twice."""

    def __init__(self, url: DatabaseUrl, size: int, wait_seconds: float) -> None:
        """Remember where to connect; nothing is opened yet."""
        self._url, self._size, self._wait = url, size, wait_seconds
        self._pool = QueuePool(
            lambda: dbapi.connect(url.libpq), pool_size=size, max_overflow=0, timeout=wait_seconds
        )

    def close(self) -> None:
        """Close idle connections; the pool may be used again."""
        self._pool.dispose()
        self._pool = self._pool.recreate()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Lend one connection; committed when the block ends normally, rolled back otherwise."""
        lent = self._alive()
        try:
            yield lent.dbapi_connection
            with translated("committing"):
                _dbapi(lent).commit()
        except BaseException:
            _roll_back(lent)
            raise
        _memory(lent)[_USED] = time.monotonic()
        lent.close()

    def _alive(self) -> PoolProxiedConnection:
        # when a server went away, every idle connection may be dead; behind the last one waits a new one
        with translated(f"connecting to {self._url}"):
            for _ in range(self._size):
                lent = self._take()
                if _answers(lent):
                    return lent
            return self._take()

    def _take(self) -> PoolProxiedConnection:
        try:
            return self._pool.connect()
        except PoolTimeoutError:
            raise TransientError(
                f"no connection became free within {self._wait:g} seconds; all {self._size} are in use",
                fix="raise DB_POOL_SIZE, lower MAX_WORKERS, or end transactions sooner",
                pool_size=self._size,
            ) from None


def _answers(lent: PoolProxiedConnection) -> bool:
    """Say whether a connection is alive; one that was at work a moment ago is believed to be."""
    if time.monotonic() - _memory(lent).get(_USED, -_BELIEVED) < _BELIEVED:
        return True
    try:
        with _dbapi(lent).cursor() as cursor:
            cursor.execute("SELECT 1")
        _dbapi(lent).rollback()
    except Error:
        lent.invalidate()
        return False
    return True


def _roll_back(lent: PoolProxiedConnection) -> None:
    try:
        _dbapi(lent).rollback()
    except Error:
        lent.invalidate()
    else:
        lent.close()


def _memory(lent: PoolProxiedConnection) -> dict[Any, Any]:
    """Give what the pool keeps with a connection; one that was invalidated has nothing."""
    return lent.record_info if lent.record_info is not None else {}


def _dbapi(lent: PoolProxiedConnection) -> Any:
    return lent.dbapi_connection
