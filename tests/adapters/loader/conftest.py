from collections.abc import Iterator, Mapping

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from tests.adapters.loader.tables import CONTRACTS

from work_data_hub.io.loader.tables import metadata_for
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


class Heard:
    """Remembers what a loader tells, and how long it would have slept."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, object]]] = []
        self.slept: list[float] = []

    def event(self, name: str, facts: Mapping[str, object]) -> None:
        self.events.append((name, facts))

    def names(self) -> list[str]:
        return [name for name, _ in self.events]


@pytest.fixture
def shop_url(database_url: str) -> str:
    create_shop(database_url)
    return database_url


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def loader(shop_url: str, heard: Heard) -> Iterator[WarehouseLoader]:
    loader = WarehouseLoader(shop_url, batch_rows=100, sleep=heard.slept.append, on_event=heard.event)
    yield loader
    loader.disconnect()


def create_shop(url: str) -> None:
    engine = sa.create_engine(DatabaseUrl.parse(url).sqlalchemy, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema("shop_silver"))
        metadata_for(CONTRACTS).create_all(connection)
