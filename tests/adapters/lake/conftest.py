from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.loader.conftest import Heard
from tests.adapters.store.conftest import CLOCK, Points
from tests.fixtures_postgres import temporary_database

from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.recent import RecentScopes
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def catalog_url(postgres_url: str) -> Iterator[str]:
    with temporary_database(postgres_url) as url:
        yield url


@pytest.fixture
def lake(root: Path, catalog_url: str) -> Iterator[LakeTables]:
    """A lake without a warehouse."""
    lake = lake_tables(str(root), catalog_url, catalog_url)
    yield lake
    lake.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def points() -> Points:
    return Points()


@pytest.fixture
def loader(migrated_url: str, heard: Heard) -> Iterator[WarehouseLoader]:
    loader = WarehouseLoader(migrated_url, delays=(0.01,) * 3, on_event=heard.event)
    yield loader
    loader.disconnect()


@pytest.fixture
def shelf(loader: WarehouseLoader, lake: LakeTables, heard: Heard) -> LakeShelf:
    return LakeShelf(loader, lambda: lake, heard.event)


@pytest.fixture
def store(loader: WarehouseLoader, shelf: LakeShelf, points: Points) -> WarehouseStore:
    """A store that keeps nothing in mind."""
    return WarehouseStore(loader, CLOCK, points, shelf=shelf)


@pytest.fixture
def keeping(loader: WarehouseLoader, shelf: LakeShelf) -> WarehouseStore:
    return WarehouseStore(loader, CLOCK, recent=RecentScopes(), shelf=shelf)
