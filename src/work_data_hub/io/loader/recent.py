"""The scopes that one process published or read last, so that the next build need not fetch them again."""

from collections import OrderedDict
from threading import Lock
from typing import Final

import pyarrow as pa

from work_data_hub.domain.kernel.contract import Store, TableContract
from work_data_hub.domain.kernel.scope import Scope

# a build reads a month and the one before it
SCOPES_KEPT: Final = 2
# the lake is where large tables live; so many rows are read again rather than held
LARGE: Final = 300_000

PublishId = tuple[str, str]


class RecentScopes:
    """At most two tables in key order, each with the publish it is; another publish makes it worthless."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: OrderedDict[tuple[str, str], tuple[PublishId, pa.Table]] = OrderedDict()
        self._lock = Lock()

    def get(self, contract: TableContract, scope: Scope, publish: PublishId) -> pa.Table | None:
        """Give the rows if they are what this publish wrote."""
        with self._lock:
            known, rows = self._kept.get((contract.key, scope.key), (None, None))
            if known != publish:
                return None
            self._kept.move_to_end((contract.key, scope.key))
            return rows

    def keep(self, contract: TableContract, scope: Scope, publish: PublishId, rows: pa.Table) -> None:
        """Remember what a publish wrote, and forget what was not used for longest."""
        if contract.store is Store.LAKE and rows.num_rows >= LARGE:
            return
        with self._lock:
            self._kept[contract.key, scope.key] = publish, rows
            self._kept.move_to_end((contract.key, scope.key))
            while len(self._kept) > SCOPES_KEPT:
                self._kept.popitem(last=False)
