"""A process that trains and is killed at a named point of the publish."""

import os
import signal

from tests.adapters.models.conftest import on_warehouse
from tests.adapters.store.conftest import Points
from tests.unit.application.models.pace import NOVEMBER, Gym

from work_data_hub.io.loader.champions import WarehouseChampions
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


def train_and_die(warehouse: str, point: str) -> None:
    """Train November, and be killed when the point is passed."""
    loader, points = WarehouseLoader(warehouse), Points()
    points.once(point, lambda: os.kill(os.getpid(), signal.SIGKILL))
    on_warehouse(Gym(), loader, WarehouseChampions(loader), points).month(NOVEMBER, "second", 0.5)
