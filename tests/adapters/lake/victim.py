"""A process that publishes to the lake and is killed at a named point of it; it imports little, to be quick."""

import os
import signal

from tests.adapters.lake.tables import FACTS, NOVEMBER, named, publish
from tests.fakes import FakeClock

from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


def publish_and_die(warehouse: str, catalog: str, root: str, point: str) -> None:
    """Publish November, and be killed when the point is passed."""

    def at(passed: str) -> None:
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    loader = WarehouseLoader(warehouse)
    shelf = LakeShelf(loader, lambda: lake_tables(root, warehouse, catalog))
    store = WarehouseStore(loader, FakeClock(), at, shelf=shelf)
    store.publish(publish(FACTS, named("half", "done"), "victim", NOVEMBER))
