"""Bounded ADBC connections of one process, handed out alive and returned clean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from work_data_hub.domain.kernel.errors import TransientError
from work_data_hub.io.loader.pg_errors import translated
from work_data_hub.io.loader.urls import DatabaseUrl


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
    def connection(self) -> Iterator[Any]:
        """Lend one connection; what is not committed when the block ends is rolled back."""
        lent = self._alive()
        try:
            yield lent.dbapi_connection
        finally:
            _give_back(lent)

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
    connection: Any = lent.dbapi_connection
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Error:
        lent.invalidate()
        return False
    return True


def _give_back(lent: PoolProxiedConnection) -> None:
    connection: Any = lent.dbapi_connection
    try:
        connection.rollback()
    except Error:
        lent.invalidate()
    else:
        lent.close()
