"""The alerts that follow from ledgers as PostgreSQL gives them back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.adapters.store.conftest import CLOCK, create_tables
from tests.unit.application.shop import DETAIL, MART, MONTH, RAW, Shop

from work_data_hub.application.alerts.memory import Memory, due_alerts
from work_data_hub.application.alerts.rules import look
from work_data_hub.application.domains import Ports
from work_data_hub.domain.kernel.errors import RejectBudgetExceededError
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.quarantine import WarehouseQuarantine
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


@pytest.fixture
def shop(migrated_url: str) -> Iterator[Shop]:
    create_tables(migrated_url, RAW, DETAIL, MART)
    loader, made = WarehouseLoader(migrated_url), Shop()
    store, ledger = WarehouseStore(loader, CLOCK), WarehouseLedger(loader)
    made.ports = Ports(made.finder, made.reader, store, ledger, WarehouseQuarantine(loader), CLOCK)
    yield made
    loader.disconnect()


def test_a_refused_month_its_old_rejections_and_its_end_are_told(shop: Shop) -> None:
    def tell(memory: Memory, days: int) -> tuple[Memory, list[str]]:
        now = CLOCK.now() + timedelta(days=days)
        memory, alerts = due_alerts("shop", memory, look(shop.ports, shop.domain, now), now)
        return memory, [alert.subject for alert in alerts]

    shop.drop(MONTH, ["1", "x", "y"], "bad")
    with pytest.raises(RejectBudgetExceededError):
        shop.load(MONTH)
    refused = "shop 2025-11: detail: too many rows rejected, nothing published"
    memory, told = tell(Memory(), 0)
    assert told == [refused]
    memory, told = tell(memory, 0)
    assert told == []
    memory, told = tell(memory, 15)
    waiting = f"shop: detail: 2 rejections wait since {CLOCK.now():%Y-%m-%d}"
    assert sorted(told) == sorted([f"still so: {refused}", waiting])
    shop.drop(MONTH, ["1"], "good")
    shop.load(MONTH)
    memory, told = tell(memory, 15)
    assert sorted(told) == sorted([f"over: {refused}", f"over: {waiting}"])
    assert tell(memory, 16)[1] == []
