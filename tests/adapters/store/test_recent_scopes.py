"""What a process has just seen it need not fetch again, and never at the price of being wrong."""

from collections.abc import Iterator

import pytest
from tests.adapters.store.conftest import CLOCK, create_tables
from tests.adapters.store.ledger_lines import (
    DECEMBER,
    LINES,
    NOVEMBER,
    ODD_ROWS,
    RICH,
    lines,
    outcome,
    request,
)
from tests.fixtures_postgres import run_sql

from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.recent import RecentScopes
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

ONE, TWO = lines([{"name": "一"}]), lines([{"name": "一"}, {"name": "二"}])


@pytest.fixture
def shop_url(migrated_url: str) -> str:
    create_tables(migrated_url, LINES)
    return migrated_url


@pytest.fixture
def keeping(shop_url: str) -> Iterator[WarehouseStore]:
    loader = WarehouseLoader(shop_url)
    yield WarehouseStore(loader, CLOCK, recent=RecentScopes())
    loader.disconnect()


def empty_behind_its_back(url: str) -> None:
    run_sql(url, "DELETE FROM shop_gold.lines")


def names(store: WarehouseStore, scope: Scope = NOVEMBER) -> list[str]:
    return sorted(store.read(LINES, scope)["name"])


def test_kept_rows_are_exactly_those_of_the_database(keeping: WarehouseStore, store: WarehouseStore) -> None:
    keeping.publish(request(RICH))
    kept, stored = keeping.read(LINES, NOVEMBER), store.read(LINES, NOVEMBER)
    assert len(kept) == len(ODD_ROWS)
    assert to_arrow(LINES, kept).equals(to_arrow(LINES, stored))


def test_what_was_published_or_read_is_not_fetched_again(
    keeping: WarehouseStore, store: WarehouseStore, shop_url: str
) -> None:
    keeping.publish(request(outcome(TWO)))
    store.publish(request(outcome(lines([{"name": "十"}], DECEMBER)), scope=DECEMBER))
    assert names(keeping, DECEMBER) == ["十"]
    empty_behind_its_back(shop_url)
    assert names(store) == []
    assert names(keeping) == sorted(["一", "二"])
    assert names(keeping, DECEMBER) == ["十"]


def test_what_another_process_published_since_is_fetched(
    keeping: WarehouseStore, store: WarehouseStore
) -> None:
    keeping.publish(request(outcome(TWO), "first"))
    store.publish(request(outcome(ONE), "second"))
    assert names(keeping) == ["一"]


def test_rows_of_another_run_are_fetched_even_if_nothing_but_their_stamps_differ(
    keeping: WarehouseStore, store: WarehouseStore
) -> None:
    keeping.publish(request(outcome(ONE), "first"))
    store.publish(request(outcome(ONE), "second"))
    assert set(keeping.read(LINES, NOVEMBER)["run_id"]) == {"second"}


def test_a_publish_that_failed_is_not_kept(keeping: WarehouseStore, shop_url: str) -> None:
    keeping.publish(request(outcome(ONE), "first"))
    run_sql(shop_url, "ALTER TABLE shop_gold.lines ADD CONSTRAINT no_two CHECK (name <> '二')")
    with pytest.raises(Exception, match="no_two"):
        keeping.publish(request(outcome(TWO), "second"))
    assert names(keeping) == ["一"]


def test_no_more_bytes_than_allowed_are_held(store: WarehouseStore, shop_url: str) -> None:
    scopes = [Scope.month(Period(2025, month)) for month in (10, 11, 12)]
    store.publish(request(outcome(lines([{}], scopes[0])), "size", scope=scopes[0]))
    size = to_arrow(LINES, store.read(LINES, scopes[0])).nbytes
    loader = WarehouseLoader(shop_url)
    keeping = WarehouseStore(loader, CLOCK, recent=RecentScopes(size * 5 // 2))
    for number, scope in enumerate(scopes):
        keeping.publish(request(outcome(lines([{}], scope)), f"run-{number}", scope=scope))
    empty_behind_its_back(shop_url)
    assert [len(keeping.read(LINES, scope)) for scope in reversed(scopes)] == [1, 1, 0]
    loader.disconnect()


def test_some_columns_are_served_from_all_of_them_and_kept_by_themselves(
    keeping: WarehouseStore, store: WarehouseStore, shop_url: str
) -> None:
    keeping.publish(request(outcome(TWO)))
    store.publish(request(outcome(lines([{"name": "十"}], DECEMBER)), scope=DECEMBER))
    assert list(keeping.read(LINES, DECEMBER, ("name",)).columns) == ["name"]
    empty_behind_its_back(shop_url)
    assert sorted(keeping.read(LINES, NOVEMBER, ("name",))["name"]) == sorted(["一", "二"])
    assert list(keeping.read(LINES, DECEMBER, ("name",))["name"]) == ["十"]
    assert keeping.read(LINES, DECEMBER).empty


def test_all_months_before_one_are_put_together_from_what_is_known(
    keeping: WarehouseStore, store: WarehouseStore, shop_url: str
) -> None:
    months = [Scope.month(Period(2025, month)) for month in (9, 10, 11)]
    for number, scope in enumerate(months):
        keeping.publish(
            request(outcome(lines([{"name": "二"}, {"name": "一"}], scope)), f"run-{number}", scope=scope)
        )
    before = Scope.months_before(Period(2025, 11))
    stored = store.read(LINES, before)
    empty_behind_its_back(shop_url)
    assert to_arrow(LINES, keeping.read(LINES, before)).equals(to_arrow(LINES, stored))
    assert list(keeping.read(LINES, before, ("name",)).columns) == ["name"]
    store.publish(request(outcome(lines([{}], months[0])), "another", scope=months[0]))
    assert len(keeping.read(LINES, before)) == 1
