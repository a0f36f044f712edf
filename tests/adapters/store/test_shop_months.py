"""The use case on real tables and ledgers: what a month leaves behind, run after run."""

from decimal import Decimal

import pytest
from tests.adapters.loader.test_faults import KILL
from tests.adapters.store.conftest import CLOCK, Points, in_both, on_warehouse, rows_of
from tests.fixtures_postgres import run_sql
from tests.unit.application.shop import DETAIL, MART, MONTH, NEXT, RAW, Shop

from work_data_hub.application.ledgers import (
    LANDING_FILES,
    PIPELINE_EXECUTIONS,
    PUBLISHES,
    QUARANTINE,
)
from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.contract import Store
from work_data_hub.domain.kernel.errors import InputChangedError, RejectBudgetExceededError
from work_data_hub.domain.kernel.frames import identity_hash, to_arrow
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.store import LAKE_POINTS, PUBLISH_POINTS, WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

NOVEMBER = Scope.month(MONTH)


def amounts(shop: Shop) -> list[Decimal]:
    return [Decimal(value) for value in shop.ports.store.read(DETAIL, NOVEMBER)["amount"]]


def states(loader: WarehouseLoader) -> dict[tuple[str, int], str]:
    return {(row["file_id"], row["row_number"]): row["state"] for row in rows_of(loader, QUARANTINE)}


@in_both
def test_a_new_file_is_published_and_found_again_in_every_ledger(shop: Shop, loader: WarehouseLoader) -> None:
    shop.drop(MONTH, ["1", "2", "x"], "first")
    reports = shop.load(MONTH)
    assert [report.result for report in reports] == [Result.PUBLISHED] * 3
    assert amounts(shop) == [1, 2]
    for report, contract in zip(reports, (RAW, DETAIL, MART), strict=True):
        assert shop.ports.ledger.latest(contract, NOVEMBER) == report.record
        stored = to_arrow(contract, shop.ports.store.read(contract, NOVEMBER))
        assert identity_hash(contract, stored) == report.record.identity_hash
    (file,) = rows_of(loader, LANDING_FILES)
    assert (file["name"], file["sha256"], file["period"]) == ("2025-11.xlsx", "first", "2025-11")
    (line,) = rows_of(loader, QUARANTINE)
    assert (line["value"], line["rule"], line["column_name"]) == ("x", "unreadable_number", "amount")
    assert (line["file_name"], line["state"], line["row_number"]) == ("2025-11.xlsx", "open", 4)
    attempts = shop.ports.ledger.attempts((RAW, DETAIL, MART))
    assert {(attempt.table, attempt.result) for attempt in attempts} == {
        (contract.key, Result.PUBLISHED) for contract in (RAW, DETAIL, MART)
    }
    assert all(attempt.finished_at and attempt.seconds for attempt in attempts)


@in_both
def test_every_point_of_a_publish_is_passed_in_order(shop: Shop, points: Points, kind: Store) -> None:
    shop.drop(MONTH, ["1"], "first")
    shop.load(MONTH)
    assert tuple(points.passed) == (LAKE_POINTS if kind is Store.LAKE else PUBLISH_POINTS) * 3


@in_both
def test_a_correction_with_fewer_rows_leaves_no_stale_rows_and_says_what_it_replaced(shop: Shop) -> None:
    shop.drop(MONTH, ["1", "2", "3"], "first")
    shop.load(MONTH)
    shop.drop(MONTH, ["9"], "corrected")
    _, detail, mart = shop.load(MONTH)
    assert amounts(shop) == [9]
    assert (detail.record.rows_replaced, mart.record.rows_replaced) == (3, 1)


@in_both
def test_an_unchanged_month_writes_nothing_but_the_attempt(shop: Shop, loader: WarehouseLoader) -> None:
    shop.drop(MONTH, ["1", "x"], "first")
    first = shop.load(MONTH)
    before = rows_of(loader, PUBLISHES), rows_of(loader, QUARANTINE)
    again = shop.load(MONTH)
    assert [report.result for report in again] == [Result.UNCHANGED] * 3
    assert [report.record for report in again] == [report.record for report in first]
    assert (rows_of(loader, PUBLISHES), rows_of(loader, QUARANTINE)) == before
    assert len(rows_of(loader, PIPELINE_EXECUTIONS)) == 6


@in_both
def test_months_do_not_touch_each_other(shop: Shop) -> None:
    shop.drop(MONTH, ["1", "2"], "november")
    shop.load(MONTH)
    shop.drop(NEXT, ["5"], "december")
    shop.load(NEXT)
    assert amounts(shop) == [1, 2]
    assert shop.ports.store.read(MART, Scope.month(NEXT))["before"].tolist() == [Decimal(3)]
    assert len(shop.ports.ledger.publishes((RAW, DETAIL, MART))) == 6


@in_both
def test_a_forced_month_does_not_repeat_its_rejections_but_remembers_when_they_were_seen(
    shop: Shop, loader: WarehouseLoader
) -> None:
    shop.drop(MONTH, ["1", "x", "2"], "first")
    shop.load(MONTH)
    (before,) = rows_of(loader, QUARANTINE)
    shop.load(MONTH, force=True)
    (after,) = rows_of(loader, QUARANTINE)
    assert (before["first_run_id"], before["last_run_id"]) == ("run-1", "run-1")
    assert (after["first_run_id"], after["last_run_id"]) == ("run-1", "run-2")
    assert after["first_seen_at"] == before["first_seen_at"] < after["last_seen_at"]
    assert after["state"] == "open"


@in_both
def test_rejections_a_corrected_file_no_longer_shows_become_fixed(
    shop: Shop, loader: WarehouseLoader
) -> None:
    shop.drop(MONTH, ["x", "y", "3", "4"], "first")
    shop.load(MONTH)
    shop.drop(MONTH, ["1", "y", "3"], "corrected")
    shop.load(MONTH)
    assert states(loader) == {("first", 2): "fixed", ("first", 3): "fixed", ("corrected", 3): "open"}


def test_a_fixed_rejection_that_comes_back_is_open_again(shop: Shop, loader: WarehouseLoader) -> None:
    for amounts_, content in ((["1", "x"], "first"), (["1", "2"], "corrected"), (["1", "x"], "first")):
        shop.drop(MONTH, list(amounts_), content)
        shop.load(MONTH)
    assert states(loader) == {("first", 3): "open"}


def test_a_waived_rejection_stays_waived_when_it_is_seen_again_and_is_fixed_when_it_is_gone(
    shop: Shop, loader: WarehouseLoader, shop_url: str
) -> None:
    shop.drop(MONTH, ["x", "2", "y", "4"], "first")
    shop.load(MONTH)
    run_sql(
        shop_url,
        "INSERT INTO hub.waivers (rejection_id, reason, author, made_at, expires_on)"
        " SELECT rejection_id, 'known', 'tester', now(), current_date + 2 FROM hub.quarantine WHERE row_number = 2",
    )
    shop.load(MONTH, force=True)
    assert states(loader) == {("first", 2): "waived", ("first", 4): "open"}
    shop.drop(MONTH, ["1", "2", "3", "4"], "corrected")
    shop.load(MONTH)
    assert set(states(loader).values()) == {"fixed"}


def test_rejections_of_another_month_keep_their_state(shop: Shop, loader: WarehouseLoader) -> None:
    shop.drop(MONTH, ["1", "x"], "november")
    shop.load(MONTH)
    shop.drop(NEXT, ["1", "2"], "december")
    shop.load(NEXT)
    assert states(loader) == {("november", 3): "open"}


@in_both
def test_over_budget_the_evidence_is_kept_and_the_table_stays_as_it_was(
    shop: Shop, loader: WarehouseLoader
) -> None:
    shop.drop(MONTH, ["1", "2", "x"], "first")
    shop.load(MONTH)
    before = shop.ports.ledger.latest(DETAIL, NOVEMBER)
    shop.drop(MONTH, ["x", "y", "z", "4"], "bad")
    for _ in range(2):
        with pytest.raises(RejectBudgetExceededError):
            shop.load(MONTH)
    assert amounts(shop) == [1, 2]
    assert shop.ports.ledger.latest(DETAIL, NOVEMBER) == before
    kept = {("bad", 2): "open", ("bad", 3): "open", ("bad", 4): "open"}
    assert states(loader) == {("first", 4): "open", **kept}
    attempt = shop.ports.ledger.attempts((DETAIL,))[0]
    assert (attempt.result, attempt.error_kind) == (Result.REFUSED, "RejectBudgetExceededError")
    assert attempt.message is not None
    assert "Fix: " in attempt.message
    shop.drop(MONTH, ["1", "2", "3", "4"], "good")
    shop.load(MONTH)
    assert set(states(loader).values()) == {"fixed"}


@in_both
def test_a_file_that_changes_during_the_load_leaves_nothing_of_itself(
    shop: Shop, loader: WarehouseLoader, points: Points
) -> None:
    shop.drop(MONTH, ["1", "2"], "first")
    shop.load(MONTH)
    before = shop.ports.ledger.latest(RAW, NOVEMBER)
    found = shop.finder.put(MONTH, "second")
    points.once("locked", lambda: shop.finder.contents.update({found.path: "third"}))
    with pytest.raises(InputChangedError, match="changed while it was being loaded"):
        shop.load(MONTH)
    assert shop.ports.ledger.latest(RAW, NOVEMBER) == before
    assert set(shop.ports.store.read(RAW, NOVEMBER)["file_id"]) == {"first"}
    attempt = shop.ports.ledger.attempts((RAW,))[0]
    assert (attempt.result, attempt.error_kind) == (Result.FAILED, "InputChangedError")


@in_both
def test_an_input_that_is_published_again_meanwhile_stops_the_table_built_from_the_old_one(
    shop: Shop, points: Points
) -> None:
    shop.drop(MONTH, ["1", "2"], "first")
    slow = shop.run()
    slow.build(shop.domain.table(RAW.key), MONTH)

    def correct_the_input() -> None:
        shop.drop(MONTH, ["7"], "corrected")
        shop.run().build(shop.domain.table(RAW.key), MONTH)

    points.once("opened", correct_the_input)
    with pytest.raises(InputChangedError, match=r"shop\.bronze\.lines for period=2025-11-01 was published"):
        slow.build(shop.domain.table(DETAIL.key), MONTH)
    assert shop.ports.store.read(DETAIL, NOVEMBER).empty
    assert shop.ports.ledger.latest(DETAIL, NOVEMBER) is None
    shop.load(MONTH)
    assert amounts(shop) == [7]


@in_both
def test_an_input_published_again_with_equal_content_stops_nothing(shop: Shop, points: Points) -> None:
    shop.drop(MONTH, ["1", "2"], "first")
    slow = shop.run()
    slow.build(shop.domain.table(RAW.key), MONTH)
    again = shop.run(force=True)
    points.once("opened", lambda: again.build(shop.domain.table(RAW.key), MONTH))
    assert slow.build(shop.domain.table(DETAIL.key), MONTH).result is Result.PUBLISHED


@in_both
def test_an_optional_input_that_appears_meanwhile_stops_the_table_built_without_it(
    shop: Shop, points: Points
) -> None:
    shop.drop(NEXT, ["5"], "december")
    slow = shop.run()
    for contract in (RAW, DETAIL):
        slow.build(shop.domain.table(contract.key), NEXT)
    shop.drop(MONTH, ["1"], "november")
    points.once("opened", lambda: shop.load(MONTH))
    with pytest.raises(InputChangedError):
        slow.build(shop.domain.table(MART.key), NEXT)
    assert shop.ports.ledger.latest(MART, Scope.month(NEXT)) is None
    assert shop.load(NEXT)[2].result is Result.PUBLISHED
    assert shop.ports.store.read(MART, Scope.month(NEXT))["before"].tolist() == [Decimal(1)]


@pytest.mark.parametrize(
    ("point", "kind"),
    [(point, Store.WAREHOUSE) for point in PUBLISH_POINTS] + [(point, Store.LAKE) for point in LAKE_POINTS],
    indirect=["kind"],
)
def test_a_connection_lost_at_any_point_of_a_publish_is_retried_and_then_right(
    point: str, shop: Shop, points: Points, shop_url: str, loader: WarehouseLoader
) -> None:
    shop.drop(MONTH, ["1", "2", "x"], "first")
    shop.load(MONTH)
    shop.drop(MONTH, ["3", "y"], "corrected")
    for _ in range(3):
        points.once(point, lambda: run_sql(shop_url, KILL))
    shop.load(MONTH)
    assert points.passed.count(point) == 6 + (0 if point == "committed" else 3)
    assert amounts(shop) == [3]
    assert states(loader) == {("first", 4): "fixed", ("corrected", 3): "open"}
    assert len(rows_of(loader, PUBLISHES)) == 6


@in_both
def test_rows_that_another_process_published_meanwhile_are_read(
    shop: Shop, store: WarehouseStore, shop_url: str
) -> None:
    shop.drop(MONTH, ["1", "2"], "first")
    shop.load(MONTH)
    assert amounts(shop) == [1, 2]
    elsewhere = WarehouseLoader(shop_url)
    own = type(store)(elsewhere, CLOCK, shelf=store._lake)
    other = on_warehouse(Shop(), own, WarehouseLedger(elsewhere))
    other.runs = 10
    other.drop(MONTH, ["8"], "corrected")
    other.load(MONTH)
    elsewhere.disconnect()
    assert amounts(shop) == [8]
