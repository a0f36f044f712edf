"""The scopes that one process published or read last, so that the next build need not fetch them again."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

import pyarrow as pa

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.scope import Scope

# a run over two years of a million order lines holds them once; a month of workbooks is a tenth of it
BYTES_KEPT: Final = 640 * 1024 * 1024

PublishId = tuple[str, str]
_Key = tuple[str, str, tuple[str, ...]]


class RecentScopes:
    """Rows in key order, whole or some columns, each with the publish it is; another publish makes it worthless."""

    def __init__(self, limit: int = BYTES_KEPT) -> None:
        """Begin with nothing, and hold so many bytes at most."""
        self._kept: OrderedDict[_Key, tuple[PublishId, pa.Table, int]] = OrderedDict()
        self._limit, self._held = limit, 0
        self._lock = Lock()

    def get(
        self, contract: TableContract, scope: Scope, publish: PublishId, columns: Sequence[str] = ()
    ) -> pa.Table | None:
        """Give the rows, or those columns of them, if they are what this publish wrote."""
        with self._lock:
            for asked in dict.fromkeys(((), tuple(columns))):
                key = (contract.key, scope.key, asked)
                known, rows, _ = self._kept.get(key, (None, None, 0))
                if known == publish:
                    self._kept.move_to_end(key)
                    return rows.select(list(columns)) if columns and rows is not None else rows
        return None

    def forget(self, contract: TableContract) -> None:
        """Drop what is kept of a table."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == contract.key]:
                self._held -= self._kept.pop(key)[2]

    def keep(
        self,
        contract: TableContract,
        scope: Scope,
        publish: PublishId,
        rows: pa.Table,
        columns: Sequence[str] = (),
    ) -> None:
        """Remember what a publish wrote, and forget what was not used for longest."""
        key, size = (contract.key, scope.key, tuple(columns)), rows.nbytes
        with self._lock:
            self._held -= self._kept.pop(key, (None, None, 0))[2]
            self._kept[key] = (publish, rows, size)
            self._held += size
            while self._held > self._limit:
                _, (_, _, freed) = self._kept.popitem(last=False)
                self._held -= freed
