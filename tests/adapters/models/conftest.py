from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.adapters.loader.conftest import Heard
from tests.adapters.store.conftest import Points, create_tables
from tests.unit.application.models.pace import MODEL, SCORE, Gym

from work_data_hub.bootstrap import SystemClock
from work_data_hub.io.loader.champions import WarehouseChampions
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


@pytest.fixture
def gym_url(migrated_url: str) -> str:
    """A migrated database with the gym's tables besides."""
    create_tables(migrated_url, MODEL, SCORE)
    return migrated_url


@pytest.fixture
def loader(gym_url: str) -> Iterator[WarehouseLoader]:
    loader = WarehouseLoader(gym_url, delays=(0.01,) * 3, on_event=Heard().event)
    yield loader
    loader.disconnect()


@pytest.fixture
def points() -> Points:
    return Points()


@pytest.fixture
def book(loader: WarehouseLoader) -> WarehouseChampions:
    return WarehouseChampions(loader)


@pytest.fixture
def gym(loader: WarehouseLoader, book: WarehouseChampions, points: Points) -> Gym:
    """The gym whose tables, ledgers and models are in the warehouse."""
    return on_warehouse(Gym(), loader, book, points)


def on_warehouse(gym: Gym, loader: WarehouseLoader, book: WarehouseChampions, points: Points) -> Gym:
    """Let a gym keep everything in the warehouse."""
    store = WarehouseStore(loader, SystemClock(), points)
    gym.ports = replace(
        gym.ports,
        store=store,
        ledger=WarehouseLedger(loader),
        clock=SystemClock(),
        champions=book,
        tracker=None,
    )
    return gym
