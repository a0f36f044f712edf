from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from tests.adapters.loader.conftest import Heard
from tests.fixtures_postgres import temporary_database
from tests.unit.application.shop import DETAIL, MART, RAW, Shop

from work_data_hub.application.domains import Ports
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import PublishRecord
from work_data_hub.bootstrap import SystemClock
from work_data_hub.domain.kernel.contract import Store, TableContract, WriteMode
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.opening import lake_tables
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.tables import metadata_for, table_of
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

CLOCK = SystemClock()


class Points:
    """Acts when a publish passes a named point, as often as told."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self._actions: dict[str, list[Callable[[], object]]] = {}

    def once(self, point: str, action: Callable[[], object]) -> None:
        self._actions.setdefault(point, []).append(action)

    def __call__(self, point: str) -> None:
        self.passed.append(point)
        if waiting := self._actions.get(point):
            waiting.pop(0)()


@pytest.fixture
def shop_url(migrated_url: str) -> str:
    """A migrated database with the shop's tables besides."""
    create_tables(migrated_url, RAW, DETAIL, MART)
    return migrated_url


def create_tables(url: str, *contracts: TableContract) -> None:
    """Create tables of tests beside those of the migrations."""
    engine = sa.create_engine(DatabaseUrl.parse(url).sqlalchemy, poolclass=NullPool)
    with engine.begin() as connection:
        for schema in {contract.schema for contract in contracts}:
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        metadata_for(contracts).create_all(connection)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def points() -> Points:
    return Points()


@pytest.fixture
def loader(shop_url: str, heard: Heard) -> Iterator[WarehouseLoader]:
    loader = WarehouseLoader(shop_url, delays=(0.01,) * 3, on_event=heard.event)
    yield loader
    loader.disconnect()


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> Store:
    """Where the tables of a test live; the warehouse, unless it says `in_both`."""
    return Store(getattr(request, "param", Store.WAREHOUSE))


in_both = pytest.mark.parametrize("kind", list(Store), indirect=True)


@pytest.fixture
def lake(shop_url: str, postgres_url: str, tmp_path: Path) -> Iterator[LakeTables]:
    """A lake of the test's own."""
    with temporary_database(postgres_url) as catalog:
        lake = lake_tables(str(tmp_path / "lake"), shop_url, catalog)
        yield lake
        lake.close()


@pytest.fixture
def store(
    kind: Store, loader: WarehouseLoader, points: Points, heard: Heard, request: pytest.FixtureRequest
) -> WarehouseStore:
    if kind is Store.WAREHOUSE:
        return WarehouseStore(loader, CLOCK, points)
    lake = request.getfixturevalue("lake")
    return LakeStore(loader, CLOCK, points, shelf=LakeShelf(loader, lambda: lake, heard.event))


class LakeStore(WarehouseStore):
    """Keeps in the lake what the contracts of the warehouse's tests say; what is upserted stays in the warehouse."""

    def publish(self, request: PublishRequest) -> PublishRecord:
        return super().publish(replace(request, contract=laid(request.contract)))

    def read(self, contract: TableContract, scope: Scope, columns: Sequence[str] = ()) -> pd.DataFrame:
        return super().read(laid(contract), scope, columns)


def laid(contract: TableContract) -> TableContract:
    """Give the contract as that of a lake table."""
    if contract.write_mode is WriteMode.UPSERT:
        return contract
    return replace(contract, store=Store.LAKE, partition="month" if contract.scope else None)


@pytest.fixture
def ledger(loader: WarehouseLoader) -> WarehouseLedger:
    return WarehouseLedger(loader)


@pytest.fixture
def shop(store: WarehouseStore, ledger: WarehouseLedger) -> Shop:
    """The shop whose tables and ledgers are real."""
    return on_warehouse(Shop(), store, ledger)


def on_warehouse(shop: Shop, store: WarehouseStore, ledger: WarehouseLedger) -> Shop:
    """Let a shop keep its tables in the warehouse."""
    shop.ports = Ports(shop.finder, shop.reader, store, ledger, shop.quarantine, CLOCK)
    return shop


def rows_of(loader: WarehouseLoader, contract: TableContract) -> list[dict[str, Any]]:
    """Give all rows of a platform table."""
    return loader.run(lambda session: session.fetch(sa.select(table_of(contract))))
