"""Corrections and waivers in real builds on real tables: a month over its budget that people bring in."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.adapters.store.conftest import CLOCK, rows_of
from tests.unit.application.shop import DETAIL, MONTH, RAW, Shop

from work_data_hub.application.ledgers import QUARANTINE
from work_data_hub.application.quarantine.book import QuarantineChanges, QuarantineQuery, Waiver
from work_data_hub.application.quarantine.corrections import Correction, CorrectionLostError
from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.errors import RejectBudgetExceededError
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.quarantine import WarehouseQuarantine
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

NOVEMBER = Scope.month(MONTH)
TODAY = CLOCK.now().date()


@pytest.fixture
def book(loader: WarehouseLoader) -> WarehouseQuarantine:
    return WarehouseQuarantine(loader)


@pytest.fixture
def months(shop: Shop, book: WarehouseQuarantine) -> Shop:
    """The shop with its quarantine in the warehouse besides."""
    shop.ports = replace(shop.ports, quarantine=book)
    return shop


def amounts(shop: Shop) -> list[Decimal]:
    return [Decimal(value) for value in shop.ports.store.read(DETAIL, NOVEMBER)["amount"]]


def states(loader: WarehouseLoader) -> dict[int, str]:
    return {row["row_number"]: row["state"] for row in rows_of(loader, QUARANTINE)}


def correct(book: WarehouseQuarantine, values: dict[int, str]) -> None:
    lines = {line.row_number: line for line in book.find(QuarantineQuery(TODAY))}
    made = [
        Correction(
            RAW.key, "first", "lines", row, "amount", value, "王", "r", CLOCK.now(), lines[row].rejection_id
        )
        for row, value in values.items()
    ]
    book.keep(QuarantineChanges(tuple(made)))


def test_a_month_over_its_budget_comes_in_once_enough_cells_are_corrected(
    months: Shop, book: WarehouseQuarantine, loader: WarehouseLoader
) -> None:
    months.drop(MONTH, ["1", "x", "y", "z"], "first")
    with pytest.raises(RejectBudgetExceededError):
        months.load(MONTH)
    assert states(loader) == {3: "open", 4: "open", 5: "open"}
    correct(book, {3: "2", 4: "still wrong"})
    reports = months.load(MONTH)
    assert [report.result for report in reports] == [Result.UNCHANGED, Result.PUBLISHED, Result.PUBLISHED]
    assert amounts(months) == [1, 2]
    assert states(loader) == {3: "replayed", 4: "open", 5: "open"}
    assert {line.row_number: line.value for line in book.find(QuarantineQuery(TODAY))}[4] == "still wrong"
    assert list(months.ports.store.read(RAW, NOVEMBER)["amount"]) == ["1", "x", "y", "z"]


def test_the_same_corrections_give_the_same_table_and_a_second_run_does_nothing(
    months: Shop, book: WarehouseQuarantine
) -> None:
    months.drop(MONTH, ["1", "x"], "first")
    months.load(MONTH)
    correct(book, {3: "2"})
    first = months.load(MONTH)
    assert [report.result for report in months.load(MONTH)] == [Result.UNCHANGED] * 3
    forced = months.load(MONTH, force=True)
    assert [r.record.identity_hash for r in forced] == [r.record.identity_hash for r in first]
    assert amounts(months) == [1, 2]


def test_a_new_content_leaves_the_corrections_of_the_old_one_behind(
    months: Shop, book: WarehouseQuarantine, loader: WarehouseLoader
) -> None:
    months.drop(MONTH, ["1", "x"], "first")
    months.load(MONTH)
    correct(book, {3: "2"})
    months.drop(MONTH, ["1", "7"], "second")
    months.load(MONTH)
    assert amounts(months) == [1, 7]
    assert states(loader) == {3: "fixed"}


def test_a_correction_of_a_row_that_the_content_does_not_have_stops_the_build(
    months: Shop, book: WarehouseQuarantine
) -> None:
    months.drop(MONTH, ["1", "x"], "first")
    months.load(MONTH)
    lost = Correction(RAW.key, "first", "lines", 99, "amount", "2", "王", "r", CLOCK.now())
    book.keep(QuarantineChanges((lost,)))
    with pytest.raises(CorrectionLostError, match="row 99"):
        months.load(MONTH)


def test_waived_rows_do_not_count_against_the_budget_as_long_as_the_waiver_holds(
    months: Shop, book: WarehouseQuarantine, loader: WarehouseLoader
) -> None:
    months.drop(MONTH, ["1", "x", "y", "z"], "first")
    with pytest.raises(RejectBudgetExceededError):
        months.load(MONTH)
    lines = book.find(QuarantineQuery(TODAY))
    waivers = [
        Waiver(line.rejection_id, "known", "王", CLOCK.now(), TODAY + timedelta(days=9)) for line in lines
    ]
    book.keep(QuarantineChanges(waivers=tuple(waivers[:2])))
    months.load(MONTH)
    assert amounts(months) == [1]
    assert sorted(states(loader).values()) == ["open", "waived", "waived"]
    expired = [replace(waiver, expires_on=TODAY - timedelta(days=1)) for waiver in waivers[:2]]
    book.keep(QuarantineChanges(waivers=tuple(expired)))
    with pytest.raises(RejectBudgetExceededError):
        months.load(MONTH, force=True)
    assert set(states(loader).values()) == {"open"}


def test_a_month_whose_refused_file_was_withdrawn_is_settled_by_the_next_run(
    months: Shop, loader: WarehouseLoader
) -> None:
    months.drop(MONTH, ["1", "2"], "good")
    months.load(MONTH)
    months.drop(MONTH, ["x", "y", "1"], "bad")
    with pytest.raises(RejectBudgetExceededError):
        months.load(MONTH)
    assert set(states(loader).values()) == {"open"}
    months.drop(MONTH, ["1", "2"], "good")
    months.load(MONTH)
    assert set(states(loader).values()) == {"fixed"}
    assert [report.result for report in months.load(MONTH)] == [Result.UNCHANGED] * 3
