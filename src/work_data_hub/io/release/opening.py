"""The releases of a warehouse, put together from their parts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from work_data_hub.application.ports import Clock
from work_data_hub.application.release.records import Releasable
from work_data_hub.application.release.releases import Releases
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.release.gold import WarehouseGold
from work_data_hub.io.release.inspection import inspect
from work_data_hub.io.release.ledger import WarehouseReleaseLedger
from work_data_hub.io.release.parts import DEFAULT_PART_BYTES, GROUP_ROWS
from work_data_hub.io.release.pointers import FolderPointers
from work_data_hub.io.release.shelf import FolderShelf, pass_by


@contextmanager
def open_releases(
    url: str,
    root: Path,
    items: Mapping[str, Releasable],
    clock: Clock,
    *,
    part_bytes: int = DEFAULT_PART_BYTES,
    group_rows: int = GROUP_ROWS,
    keep_days: int = 7,
    at: Callable[[str], None] = pass_by,
) -> Iterator[Releases]:
    """Give the releases below a root of a warehouse's tables; `at` is told when each named point is passed."""
    loader, gold = WarehouseLoader(url, pool_size=1), WarehouseGold(url)
    try:
        yield Releases(
            items=items,
            gold=gold,
            shelf=FolderShelf(root, part_bytes=part_bytes, group_rows=group_rows, at=at),
            pointers=FolderPointers(root, at),
            ledger=WarehouseReleaseLedger(loader),
            inspect=inspect,
            clock=clock,
            keep_days=keep_days,
        )
    finally:
        gold.close()
        loader.disconnect()
