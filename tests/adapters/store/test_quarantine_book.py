"""The quarantine book on real tables: states, corrections, waivers and their days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.adapters.store.conftest import CLOCK, create_tables, rows_of
from tests.adapters.store.ledger_lines import DECEMBER, LINES, NOVEMBER, lines, outcome, rejection, request
from tests.unit.application.shop import RAW, Shop

from work_data_hub.application.ledgers import CORRECTIONS, QUARANTINE, WAIVERS
from work_data_hub.application.quarantine.book import (
    LineState,
    QuarantineChanges,
    QuarantineLine,
    QuarantineQuery,
    Waiver,
    rejection_id,
)
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.domain.kernel.outcome import Rejection
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.quarantine import WarehouseQuarantine
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

TODAY = CLOCK.now().date()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
ONE = lines([{"name": "一"}])


@pytest.fixture
def shop_url(migrated_url: str) -> str:
    create_tables(migrated_url, LINES, RAW)
    return migrated_url


@pytest.fixture
def book(loader: WarehouseLoader) -> WarehouseQuarantine:
    return WarehouseQuarantine(loader)


def publish(store: WarehouseStore, run: str, *rejections: Rejection, scope: Scope = NOVEMBER) -> None:
    rows = lines([{"name": "一"}], scope)
    store.publish(request(outcome(rows, rejections=rejections), run, scope))


def states(book: WarehouseQuarantine, today: date = TODAY) -> dict[int | None, str]:
    return {line.row_number: str(line.state) for line in book.find(QuarantineQuery(today))}


def id_of(row: int) -> str:
    return rejection_id(LINES.key, rejection(row))


def correction(row: int, value: str | None = "5", made_at: datetime | None = None) -> Correction:
    return Correction(
        "shop.bronze.lines", "f" * 16, "规模明细", row, "金额", value, "王", "见原件",
        made_at or CLOCK.now(), id_of(row),
    )  # fmt: skip


def waiver(row: int, expires_on: date = TOMORROW) -> Waiver:
    return Waiver(id_of(row), "known", "王", CLOCK.now(), expires_on)


def test_a_line_comes_back_with_everything_that_was_said_about_it(
    store: WarehouseStore, book: WarehouseQuarantine
) -> None:
    publish(store, "run-1", rejection(7))
    made, said = correction(7), waiver(7)
    book.keep(QuarantineChanges((made,), (said,)))
    (line,) = book.find(QuarantineQuery(TODAY))
    assert (line.table, line.scope, line.rule, line.value) == (
        LINES.key, NOVEMBER.key, "unreadable_number", "待定",
    )  # fmt: skip
    assert (line.correction, line.waiver, line.state) == (made, said, LineState.WAIVED)
    assert (line.first_run_id, line.pending) == ("run-1", True)


def test_lines_that_a_publish_no_longer_shows_are_fixed_or_replayed(
    store: WarehouseStore, book: WarehouseQuarantine
) -> None:
    publish(store, "run-1", rejection(1), rejection(2), rejection(3))
    book.keep(QuarantineChanges((correction(1), correction(3))))
    publish(store, "run-2", rejection(3, value="still wrong"))
    assert states(book) == {1: "replayed", 2: "fixed", 3: "open"}
    (still,) = [line for line in book.find(QuarantineQuery(TODAY)) if line.row_number == 3]
    assert (still.value, still.pending) == ("still wrong", False)
    publish(store, "run-3", rejection(1))
    assert states(book) == {1: "open", 2: "fixed", 3: "replayed"}


def test_lines_of_a_content_that_is_gone_are_fixed_though_they_were_corrected(
    store: WarehouseStore, book: WarehouseQuarantine
) -> None:
    publish(store, "run-1", rejection(1))
    book.keep(QuarantineChanges((correction(1),)))
    publish(store, "run-2", replace(rejection(2), file_id="another"))
    assert states(book) == {1: "fixed", 2: "open"}


def test_a_waiver_holds_up_to_its_last_day_and_no_longer(
    store: WarehouseStore, book: WarehouseQuarantine, loader: WarehouseLoader
) -> None:
    publish(store, "run-1", rejection(1), rejection(2))
    book.keep(QuarantineChanges(waivers=(waiver(1, TODAY), waiver(2, YESTERDAY))))
    assert states(book) == {1: "waived", 2: "open"}
    assert states(book, TOMORROW) == {1: "open", 2: "open"}
    assert book.waived(LINES, NOVEMBER, TODAY) == {id_of(1)}
    assert book.waived(LINES, NOVEMBER, TOMORROW) == book.waived(LINES, DECEMBER, TODAY) == frozenset()
    publish(store, "run-2", rejection(1), rejection(2))
    assert {row["row_number"]: row["state"] for row in rows_of(loader, QUARANTINE)} == {
        1: "waived",
        2: "open",
    }
    book.keep(QuarantineChanges(waivers=(waiver(1, YESTERDAY),)))
    publish(store, "run-3", rejection(1), rejection(2))
    assert {row["state"] for row in rows_of(loader, QUARANTINE)} == {"open"}
    assert len(rows_of(loader, WAIVERS)) == 2


def test_a_waived_row_that_is_gone_is_fixed(store: WarehouseStore, book: WarehouseQuarantine) -> None:
    publish(store, "run-1", rejection(1))
    book.keep(QuarantineChanges(waivers=(waiver(1),)))
    publish(store, "run-2")
    assert states(book) == {1: "fixed"}


def test_a_second_decision_about_a_cell_takes_the_place_of_the_first(
    book: WarehouseQuarantine, loader: WarehouseLoader
) -> None:
    book.keep(QuarantineChanges((correction(1, "5"),)))
    book.keep(QuarantineChanges((replace(correction(1, None), author="李"),)))
    (row,) = rows_of(loader, CORRECTIONS)
    assert (row["value"], row["author"]) == (None, "李")
    book.keep(QuarantineChanges(withdrawn=(id_of(1),)))
    assert rows_of(loader, CORRECTIONS) == []


def test_a_refused_attempt_disturbs_its_scope_until_something_is_published(
    store: WarehouseStore, book: WarehouseQuarantine
) -> None:
    publish(store, "run-1", rejection(1))
    assert not book.disturbed(LINES, NOVEMBER, "run-1")
    store.keep_evidence(request(outcome(ONE, rejections=(rejection(9),)), "run-2"))
    assert book.disturbed(LINES, NOVEMBER, "run-1")
    assert not book.disturbed(LINES, DECEMBER, "run-1")
    publish(store, "run-3", rejection(1))
    assert not book.disturbed(LINES, NOVEMBER, "run-3")


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (QuarantineQuery(TODAY), {1, 2, 3}),
        (QuarantineQuery(TODAY, scopes=(DECEMBER.key,)), {3}),
        (QuarantineQuery(TODAY, rules=("missing",)), {2}),
        (QuarantineQuery(TODAY, states=(LineState.WAIVED,)), {1}),
        (QuarantineQuery(TODAY, states=(LineState.OPEN,), domain="shop"), {2, 3}),
        (QuarantineQuery(TODAY, domain="sho"), set()),
        (QuarantineQuery(TODAY, domain="sh%"), set()),
        (QuarantineQuery(TODAY, tables=(LINES.key,)), {1, 2, 3}),
        (QuarantineQuery(TODAY, tables=("shop.gold.other",)), set()),
        (QuarantineQuery(TODAY, ids=(id_of(1), "unknown")), {1}),
        (QuarantineQuery(TODAY, prefix=id_of(1)[:10]), {1}),
    ],
)
def test_lines_are_found_by_what_a_query_names(
    store: WarehouseStore, book: WarehouseQuarantine, query: QuarantineQuery, rows: set[int]
) -> None:
    publish(store, "run-1", rejection(1), rejection(2, "missing"))
    publish(store, "run-2", rejection(3), scope=DECEMBER)
    book.keep(QuarantineChanges(waivers=(waiver(1),)))
    assert {line.row_number for line in book.find(query)} == rows


def test_corrections_belong_to_the_content_that_a_scope_holds(shop: Shop, book: WarehouseQuarantine) -> None:
    month = Period(2025, 11)
    shop.drop(month, ["1", "x"], "first")
    shop.run().build(shop.domain.intakes[0], month)
    mine = replace(correction(3), table=RAW.key, file_id="first", sheet="lines", column="amount")
    other = replace(mine, file_id="second")
    book.keep(QuarantineChanges((mine, other)))
    assert book.corrections(RAW, NOVEMBER) == (mine,)
    assert book.corrections(RAW, DECEMBER) == ()
    shop.drop(month, ["1", "y"], "second")
    shop.run().build(shop.domain.intakes[0], month)
    assert book.corrections(RAW, NOVEMBER) == (other,)


def test_a_table_without_file_ids_has_no_corrections(book: WarehouseQuarantine) -> None:
    assert book.corrections(LINES, NOVEMBER) == ()


def test_thousands_of_ids_may_be_named(store: WarehouseStore, book: WarehouseQuarantine) -> None:
    publish(store, "run-1", *(rejection(row) for row in range(1, 12)))
    ids = (*(f"{n:032x}" for n in range(12_000)), *(id_of(row) for row in range(1, 12)))
    found: tuple[QuarantineLine, ...] = book.find(QuarantineQuery(TODAY, ids=ids))
    assert [line.row_number for line in found] == list(range(1, 12))


def test_stamps_come_back_as_they_were_given(book: WarehouseQuarantine, loader: WarehouseLoader) -> None:
    at = datetime(2025, 12, 1, 3, 4, 5, 678_901, tzinfo=UTC)
    book.keep(QuarantineChanges((correction(1, made_at=at),)))
    assert rows_of(loader, CORRECTIONS)[0]["made_at"] == at
