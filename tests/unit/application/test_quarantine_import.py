"""Corrections that come back: each is taken for its own cell, or the whole workbook is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes import FakeQuarantine
from tests.unit.application.quarantine_lines import line
from tests.unit.application.shop import MONTH, NEXT, RAW, Shop
from work_data_hub.application.quarantine.book import LineState, QuarantineLine
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.application.quarantine.exchange import Entry, ExchangeBook, exchange_rows
from work_data_hub.application.quarantine.imports import CorrectionReader, CorrectionsRefusedError, ImportPlan
from work_data_hub.application.quarantine.places import origin_of, place
from work_data_hub.application.quarantine.words import QuarantineWords
from work_data_hub.domain.kernel.errors import NoCandidateError

NOW = datetime(2025, 12, 2, tzinfo=UTC)
FIRST, SECOND = line(4), line(5, value="y")


@pytest.fixture
def shop() -> Shop:
    """The shop after a month with two rejected rows."""
    shop = Shop()
    shop.drop(MONTH, ["1", "2", "x", "y"], "first")
    shop.run().build(shop.domain.intakes[0], MONTH)
    return shop


def read(shop: Shop, *entries: Entry, lines: tuple[QuarantineLine, ...] = (FIRST, SECOND)) -> ImportPlan:
    ports = replace(shop.ports, quarantine=FakeQuarantine(lines=list(lines)))
    reader = CorrectionReader(ports, shop.domain, "王", NOW)
    return reader.read(ExchangeBook("back.xlsx", "corrections", entries))


def entry(row: int, found: QuarantineLine | None, value: str | None, note: str | None = None) -> Entry:
    return Entry(row, found.rejection_id if found else None, value, note)


def refusal(shop: Shop, *entries: Entry, **more: Any) -> CorrectionsRefusedError:
    with pytest.raises(CorrectionsRefusedError) as caught:
        read(shop, *entries, **more)
    assert caught.value.exit_status == 4
    assert "Fix: " in str(caught.value)
    return caught.value


def test_a_value_becomes_the_correction_of_the_bronze_cell(shop: Shop) -> None:
    plan = read(shop, entry(2, FIRST, "3", " 见原件 "), entry(3, SECOND, "  "))
    wanted = Correction(RAW.key, "first", "lines", 4, "amount", "3", "王", "见原件", NOW, FIRST.rejection_id)
    assert plan.corrections == (wanted,)
    assert (plan.untouched, plan.known) == (1, 0)


@pytest.mark.parametrize("word", ["清空", " （清空） ", "(blank)", "(BLANK)"])
def test_a_word_says_that_the_cell_should_be_blank(shop: Shop, word: str) -> None:
    (made,) = read(shop, entry(2, FIRST, word)).corrections
    assert (made.value, made.reason) == (None, "no note given")


def test_the_same_value_twice_is_one_correction(shop: Shop) -> None:
    assert len(read(shop, entry(2, FIRST, "3"), entry(9, FIRST, "3")).changes) == 1


def test_two_values_for_one_cell_are_refused_with_both_rows(shop: Shop) -> None:
    other = replace(FIRST, rejection_id="f" * 32, rule="missing")
    error = refusal(shop, entry(2, FIRST, "3"), entry(9, other, "4"), lines=(FIRST, other))
    assert [problem["row"] for problem in error.evidence["problems"]] == [2, 9]
    assert "row 9: gives another value for the same cell than row 2" in str(error)


def test_what_was_kept_before_is_known_and_not_written_again(shop: Shop) -> None:
    made = read(shop, entry(2, FIRST, "3")).corrections[0]
    before = replace(FIRST, correction=made)
    plan = read(shop, entry(2, before, "3"), lines=(before,))
    assert (plan.changes, plan.known) == ((), 1)
    assert read(shop, entry(2, before, "4"), lines=(before,)).corrections[0].value == "4"


@pytest.mark.parametrize("state", [LineState.FIXED, LineState.REPLAYED])
def test_a_line_that_is_settled_is_refused(shop: Shop, state: LineState) -> None:
    settled = replace(FIRST, state=state)
    assert f"{state} already" in str(refusal(shop, entry(2, settled, "3"), lines=(settled,)))


def test_a_waived_line_may_be_corrected_after_all(shop: Shop) -> None:
    waived = replace(FIRST, state=LineState.WAIVED)
    assert len(read(shop, entry(2, waived, "3"), lines=(waived,)).changes) == 1


def test_rows_that_answer_no_line_are_refused(shop: Shop) -> None:
    error = refusal(shop, entry(2, None, "3"), entry(3, line(9), "3"), entry(4, None, None))
    assert [problem["row"] for problem in error.evidence["problems"]] == [2, 3]
    assert "row 2: no id" in str(error)
    assert "is not in the quarantine" in str(error)


def test_a_value_that_stands_there_already_is_refused(shop: Shop) -> None:
    assert "changes nothing: 'x'" in str(refusal(shop, entry(2, FIRST, "x")))


def test_a_row_of_a_file_that_was_replaced_is_refused(shop: Shop) -> None:
    shop.drop(MONTH, ["1"], "second")
    assert "no longer the one of 2025-11" in str(refusal(shop, entry(2, FIRST, "3")))
    shop.finder.files[MONTH] = NoCandidateError("gone", fix="put it back")
    assert "no longer the one of 2025-11" in str(refusal(shop, entry(2, FIRST, "3")))


def test_a_line_without_a_cell_of_the_source_is_refused(shop: Shop) -> None:
    nowhere = replace(FIRST, column=None)
    assert "correct the source file" in str(refusal(shop, entry(2, nowhere, "3"), lines=(nowhere,)))


def test_only_the_first_problems_are_listed_but_all_are_counted(shop: Shop) -> None:
    error = refusal(shop, *(entry(row, None, "3") for row in range(2, 102)))
    assert "100 correction(s)" in str(error)
    assert str(error).count("no id") == 20
    assert len(error.evidence["problems"]) == 100


def test_an_empty_workbook_changes_nothing(shop: Shop) -> None:
    assert read(shop, entry(2, FIRST, None)) == ImportPlan((), 1, 0)


def test_every_table_knows_the_sheet_it_comes_from() -> None:
    domain = Shop().domain
    assert {table.contract.name: origin_of(domain, table.contract.key) for table in domain} == {
        "lines": RAW, "detail": RAW, "month": RAW,
    }  # fmt: skip
    assert origin_of(domain, "shop.gold.unknown") is None


def test_lines_are_placed_in_the_workbook_they_came_from(shop: Shop) -> None:
    gone = replace(SECOND, file_id="older", row_number=99)
    here, there = place(shop.ports, shop.domain, (FIRST, gone))
    assert (here.source, here.cell, here.row) == (RAW, "A4", {"amount": "x"})
    assert (there.cell, there.row) == (None, None)
    (later,) = place(shop.ports, shop.domain, (replace(FIRST, scope=f"period={NEXT}-01"),))
    assert (later.source, later.row) == (None, None)


def test_a_row_of_the_exchange_tells_what_an_operator_needs(shop: Shop) -> None:
    words = QuarantineWords({}, ("amount", "unknown"))
    (row,) = exchange_rows(place(shop.ports, shop.domain, (FIRST,)), words)
    assert (row.month, row.file, row.sheet, row.cell, row.column) == (
        "2025-11",
        "2025-11.xlsx",
        "lines",
        "A4",
        "a",
    )
    assert (row.value, row.context, row.problem_english) == ("x", "a：x", "amount is not a number")
    (loose,) = exchange_rows(place(shop.ports, shop.domain, (replace(FIRST, column=None),)), words)
    assert "源文件" in loose.note
