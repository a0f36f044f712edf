"""The receiving side in Postgres: all of a release or nothing, as often as one likes."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from tests.adapters.release.conftest import Desk
from tests.adapters.release.gold import ITEM, KEY, SALES, create, publish, rows, with_column
from tests.fixtures_postgres import run_sql

from work_data_hub.application.release.errors import ReleaseRefusedError
from work_data_hub.application.release.receive import Loaded, receive
from work_data_hub.application.release.records import Releasable
from work_data_hub.application.release.verify import verify
from work_data_hub.domain.kernel.contract import TEXT, Column
from work_data_hub.domain.kernel.errors import ConfigurationError, ConservationError, PermanentError
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.release.inspection import batches, inspect
from work_data_hub.io.release.postgres_target import LOAD_POINTS, PostgresTarget

TABLE = "released.sales_daily"


@dataclass
class Receiver:
    """Another database, that knows nothing of the hub."""

    url: str
    loader: WarehouseLoader

    def take(self, path: Path, *, again: bool = False, **more: Any) -> Loaded:
        return receive(inspect, path, PostgresTarget(self.loader, "released", **more), batches, again=again)

    def count(self, table: str = TABLE) -> int:
        return int(str(run_sql(self.url, f"SELECT count(*) FROM {table}")[0][0]))


@pytest.fixture
def receiver(database_url: str) -> Iterator[Receiver]:
    loader = WarehouseLoader(database_url, pool_size=2)
    yield Receiver(database_url, loader)
    loader.disconnect()


def test_a_release_is_loaded_with_its_types_key_and_values(receiver: Receiver, release: Path) -> None:
    done = receiver.take(release)
    assert (done.loaded, done.rows, receiver.count()) == (True, 40, 40)
    columns = run_sql(
        receiver.url,
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
        " WHERE attrelid = 'released.sales_daily'::regclass AND attnum > 0 ORDER BY attnum",
    )
    assert columns == [
        ("day", "date", True),
        ("article", "text", True),
        ("units", "bigint", False),
        ("amount", "numeric(18,4)", False),
        ("share", "double precision", False),
        ("open", "boolean", False),
        ("seen_at", "timestamp with time zone", False),
    ]
    held = run_sql(receiver.url, f"SELECT day, article, units, amount, share, open, seen_at FROM {TABLE}")
    assert sorted(held, key=str) == sorted((tuple(row.values()) for row in rows(40)), key=str)
    with pytest.raises(psycopg2.errors.UniqueViolation):
        run_sql(receiver.url, f"INSERT INTO {TABLE} SELECT * FROM {TABLE}")


def test_the_second_time_it_is_loaded_already_and_may_be_loaded_again(
    receiver: Receiver, release: Path
) -> None:
    receiver.take(release)
    again = receiver.take(release)
    assert (again.loaded, again.rows) == (False, 40)
    assert [receiver.take(release, again=True).loaded for _ in range(3)] == [True] * 3
    assert receiver.count() == 40
    (said,) = run_sql(
        receiver.url, "SELECT table_name, dataset, version, row_count, path FROM released.release_loads"
    )
    assert said == ("sales_daily", "shop-unified", "1.0.0", 40, str(release))
    # a table that lost rows does not hold the release, whatever was written down
    run_sql(receiver.url, f"DELETE FROM {TABLE} WHERE units < 9")
    assert receiver.take(release).loaded
    assert receiver.count() == 40


def test_another_release_takes_its_place_and_views_and_grants_stay(desk: Desk, receiver: Receiver) -> None:
    with desk.open() as releases:
        receiver.take(releases.build(KEY).path)
        run_sql(receiver.url, f"CREATE VIEW days AS SELECT day, sum(amount) FROM {TABLE} GROUP BY day")
        run_sql(receiver.url, f"GRANT SELECT ON {TABLE} TO PUBLIC")
        publish(desk.url, rows(19, amount=Decimal(1)), "run-2")
        receiver.take(releases.build(KEY).path)
    assert run_sql(receiver.url, "SELECT sum(sum) FROM days") == [(Decimal(19),)]
    granted = "SELECT has_table_privilege('pg_monitor', 'released.sales_daily', 'SELECT')"
    assert run_sql(receiver.url, granted) == [(True,)]


def test_another_schema_makes_another_table(desk: Desk, receiver: Receiver) -> None:
    with desk.open() as releases:
        old = releases.build(KEY).path
        receiver.take(old)
    wider = with_column(Column("note", TEXT, "note", "note", nullable=True))
    create(desk.url, wider)
    publish(desk.url, rows(12, note="x"), "run-2", wider)
    with desk.open(Releasable(wider, ITEM.dataset)) as releases:
        new = releases.build(KEY)
    assert str(new.version) == "1.1.0"
    run_sql(receiver.url, f"CREATE VIEW days AS SELECT day FROM {TABLE}")
    with pytest.raises(PermanentError, match="other objects depend on it"):
        receiver.take(new.path)
    assert receiver.count() == 40
    run_sql(receiver.url, "DROP VIEW days")
    receiver.take(new.path)
    assert run_sql(receiver.url, f"SELECT count(note) FROM {TABLE}") == [(12,)]
    # and back, as after a rollback
    receiver.take(old)
    assert receiver.count() == 40
    assert "note" not in str(run_sql(receiver.url, f"SELECT row_to_json(s) FROM {TABLE} s LIMIT 1"))


def test_a_refused_release_leaves_the_table_alone(receiver: Receiver, release: Path) -> None:
    receiver.take(release)
    part = min(release.glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(ReleaseRefusedError):
        receiver.take(release, again=True)
    assert receiver.count() == 40


def test_rows_that_do_not_add_up_are_rolled_back(receiver: Receiver, release: Path) -> None:
    receiver.take(release)
    verified = verify(inspect, release)
    target = PostgresTarget(receiver.loader, "released")
    with pytest.raises(ConservationError, match="would hold 30 rows, the release has 40"):
        target.load(verified, lambda: (rows for rows in list(batches(verified))[1:]))
    assert receiver.count() == 40
    assert target.holds(verified)


@pytest.mark.parametrize("point", LOAD_POINTS)
def test_a_load_that_fails_changes_nothing(desk: Desk, receiver: Receiver, point: str) -> None:
    def fail(passed: str) -> None:
        if passed == point:
            raise OSError("gone")

    with desk.open() as releases:
        first = releases.build(KEY).path
        publish(desk.url, rows(12), "run-2")
        second = releases.build(KEY).path
    with pytest.raises(OSError, match="gone"):
        receiver.take(first, at=fail)
    assert run_sql(receiver.url, "SELECT to_regclass('released.sales_daily')") == [(None,)]
    receiver.take(first)
    with pytest.raises(OSError, match="gone"):
        receiver.take(second, at=fail)
    assert receiver.count() == 40
    assert receiver.take(first).loaded is False


def test_a_table_that_no_release_filled_is_not_touched(receiver: Receiver, release: Path) -> None:
    run_sql(receiver.url, "CREATE SCHEMA released")
    run_sql(receiver.url, f"CREATE TABLE {TABLE} (precious text)")
    with pytest.raises(ConfigurationError, match="no release filled it"):
        receiver.take(release)
    assert receiver.take(release, table="sales").loaded
    assert receiver.count("released.sales") == 40


def test_readers_see_the_old_rows_or_the_new_ones(desk: Desk, receiver: Receiver) -> None:
    with desk.open() as releases:
        receiver.take(releases.build(KEY).path)
        publish(desk.url, rows(12), "run-2")
        second = releases.build(KEY).path
    seen: list[int] = []

    def look(_point: str) -> None:
        thread = threading.Thread(target=lambda: seen.append(counted(receiver.url)))
        thread.start()
        thread.join(10)

    receiver.take(second, at=look)
    assert seen == [40, 40, 40]
    assert receiver.count() == 12


def counted(url: str) -> int:
    with closing(psycopg2.connect(DatabaseUrl.parse(url).libpq)) as connection, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5s'")
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        found = cursor.fetchone()
        return int(found[0]) if found else -1


def test_two_loads_at_once_take_turns(receiver: Receiver, release: Path) -> None:
    threads = [
        threading.Thread(target=receiver.take, args=(release,), kwargs={"again": True}) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert receiver.count() == 40


def test_the_contract_of_the_test_has_every_type(release: Path) -> None:
    held = {column.type for column in verify(inspect, release).manifest.table_schema.columns}
    assert held == {"date", "text", "bigint", "numeric(18,4)", "double precision", "boolean", "timestamptz"}
    assert len(SALES.columns) == 8
