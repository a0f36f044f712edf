"""What the graph tests share: a shop as a hub, and an instance in memory."""

from collections.abc import Iterator

import dagster as dg
import pytest
from tests.graph.shop_hub import ShopHub, ephemeral
from tests.unit.application.shop import Shop


@pytest.fixture
def shop() -> ShopHub:
    return ShopHub(Shop())


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with ephemeral() as opened:
        yield opened
