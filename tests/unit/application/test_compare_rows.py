"""Rows against rows: what every comparison must obey, whatever the rows."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.application.compare_rows import (
    COLUMNS,
    NAMES,
    ROWS,
    TEMPORARY_ID,
    Row,
    by_hand,
    compared,
    fate,
    side,
)
from work_data_hub.application.compare.findings import Held, findings
from work_data_hub.application.compare.match import pair_rows
from work_data_hub.application.compare.model import Findings, percent
from work_data_hub.cleansing.column import Failure

SIDES = st.lists(ROWS, max_size=25)


def shape(found: Findings) -> Any:
    """Everything but where the rows stand."""
    return found.counts, [
        (c.equal, c.within_tolerance, c.temporary, c.different, c.equal_cleansed, c.total_here, c.total_there)
        for c in found.columns
    ]


@given(SIDES, SIDES, st.sampled_from([(), ("plan",), ("plan", "customer")]))
def test_every_row_has_exactly_one_fate(here: list[Row], there: list[Row], key: tuple[str, ...]) -> None:
    one, other = side(here), side(there)
    pairing = pair_rows(COLUMNS, one, other, key)
    assert sorted([*pairing.here, *pairing.only_here]) == list(range(len(here)))
    assert sorted([*pairing.there, *pairing.only_there]) == list(range(len(there)))
    found = findings(Held(COLUMNS, one, other, pairing), 5)
    counts = found.counts
    assert counts.rows_here == counts.exact + counts.paired + counts.only_here
    assert counts.rows_there == counts.exact + counts.paired + counts.only_there
    assert {column.rows for column in found.columns} == {counts.matched}


@given(SIDES, SIDES, st.sampled_from([(), ("plan",)]))
def test_equal_rows_are_paired_as_often_as_both_sides_have_them(
    here: list[Row], there: list[Row], key: tuple[str, ...]
) -> None:
    pairing = pair_rows(COLUMNS, side(here), side(there), key)
    assert pairing.exact == (Counter(here) & Counter(there)).total()
    for at, by in zip(pairing.here[: pairing.exact], pairing.there[: pairing.exact], strict=True):
        assert here[at] == there[by]


@given(SIDES, SIDES, st.sampled_from([(), ("customer",)]))
def test_pairs_have_one_key_and_cells_are_judged_as_by_hand(
    here: list[Row], there: list[Row], key: tuple[str, ...]
) -> None:
    one, other = side(here), side(there)
    pairing = pair_rows(COLUMNS, one, other, key)
    pairs = [(here[a], there[b]) for a, b in zip(pairing.here, pairing.there, strict=True)]
    assert all(a[1] == b[1] for a, b in pairs) or not key
    for place, (column, result) in enumerate(
        zip(COLUMNS, findings(Held(COLUMNS, one, other, pairing), 5).columns, strict=True)
    ):
        fates = Counter(fate(column, a[place], b[place]) for a, b in pairs)
        assert (result.equal, result.within_tolerance) == (fates["equal"], fates["within_tolerance"])
        assert (result.temporary, result.different) == (fates["temporary"], fates["different"])


@given(SIDES, SIDES, st.randoms(), st.sampled_from([(), ("plan",)]))
def test_the_order_of_rows_says_nothing(
    here: list[Row], there: list[Row], random: Any, key: tuple[str, ...]
) -> None:
    before = shape(compared(here, there, key))
    random.shuffle(here)
    random.shuffle(there)
    assert shape(compared(here, there, key)) == before


@given(SIDES)
def test_a_table_is_like_itself(rows: list[Row]) -> None:
    found = compared(rows, list(reversed(rows)))
    assert found.parity
    assert found.counts.exact == len(rows)
    assert found.counts.parity == 100
    assert {column.total_difference for column in found.columns} <= {None, Decimal(0)}


@given(st.dictionaries(st.integers(0, 30), ROWS), st.dictionaries(st.integers(0, 30), ROWS))
def test_with_a_key_of_its_own_each_row_is_judged_as_by_hand(
    here: dict[int, Row], there: dict[int, Row]
) -> None:
    one, other = ([(f"P{name}", *row[1:]) for name, row in rows.items()] for rows in (here, there))
    rows, cells = by_hand(one, other)
    found = compared(one, other, ("plan",))
    assert {name: getattr(found.counts, name) for name in rows} == rows
    assert {
        column.column: {what: getattr(column, what) for what in cells[column.column]}
        for column in found.columns
    } == cells


@st.composite
def damages(draw: st.DrawFn) -> tuple[list[Row], list[Row], set[tuple[str, str]]]:
    """Rows that are told apart by each of their cells, and the same with some cells changed, two a row at most."""
    number = draw(st.integers(1, 30))
    rows = [
        (f"P{n}", f"客{n}", Decimal(1000 + n), Decimal(5000 + 3 * n), f"6000{n:05d}") for n in range(number)
    ]
    changed: list[list[Any]] = [list(row) for row in rows]
    cells: set[tuple[str, str]] = set()
    hit = draw(st.lists(st.tuples(st.integers(0, number - 1), st.integers(0, 4)), max_size=20))
    for row, place in hit:
        if sum(at == f"P{row}" for at, _ in cells) < 2:
            cells.add((f"P{row}", NAMES[place]))
            fresh = (f"X{row}", f"新{row}", Decimal(-1 - row), Decimal(-100 - row), f"9999{row:05d}")
            changed[row][place] = fresh[place]
    order = draw(st.permutations(range(number)))
    return rows, [tuple(changed[place]) for place in order], cells


@given(damages())
@settings(max_examples=30)
def test_changed_cells_are_found_as_exactly_those(case: tuple[list[Row], list[Row], set[Any]]) -> None:
    here, there, cells = case
    found = compared(here, there)
    told = {(here[(d.place_here.row or 0) - 1][0], d.column) for d in found.differences}
    assert told == cells
    assert (found.counts.differing, found.counts.only_here, found.counts.only_there) == (
        len({row for row, _ in cells}),
        0,
        0,
    )
    assert {c.column: c.different for c in found.columns} == {
        name: sum(column == name for _, column in cells) for name in NAMES
    }
    assert found.parity is not bool(cells)


def row(plan: str | None, customer: str | None, opening: str, closing: str, company: str | None) -> Row:
    return plan, customer, Decimal(opening), Decimal(closing), company


def test_crowds_that_share_every_word_are_paired_by_their_amounts() -> None:
    here = [row("P1", None, str(n), str(2 * n), None) for n in range(400)]
    there = [row("P1", None, str(n + 1_000_000), str(2 * n), None) for n in range(50, 400)]
    found = compared(here, there)
    assert (found.counts.differing, found.counts.only_here) == (350, 50)
    assert [column.different for column in found.columns] == [0, 0, 350, 0, 0]


def test_a_crowd_of_copies_is_paired_by_all_columns_but_the_one_that_differs() -> None:
    kinds = ((1, 10, 900), (2, 20, 800))
    here = [row("P1", None, str(a), str(b), None) for a, b, _ in kinds for _ in range(200)]
    there = [row("P1", None, str(c), str(b), None) for _, b, c in kinds for _ in range(200)]
    found = compared(here, there)
    assert found.counts.differing == 400
    assert [column.different for column in found.columns] == [0, 0, 400, 0, 0]


def test_a_crowd_of_copies_is_paired_with_its_neighbours_within_the_tolerance() -> None:
    here = [row("P1", None, f"{kind}.00", "10.00", None) for kind in (1, 2) for _ in range(200)]
    there = [row("P1", None, "2.005", "10.005", None)] * 200
    counts = compared(here, there).counts
    assert (counts.agreeing, counts.differing, counts.only_here) == (200, 0, 200)


def test_copies_are_counted_and_one_too_many_is_only_there() -> None:
    same = row("P1", "甲", "1", "2", "600000001")
    found = compared([same] * 3, [same] * 4)
    assert (found.counts.exact, found.counts.only_there) == (3, 1)
    assert (found.counts.repeated_here, found.counts.repeated_there) == (2, 3)


def test_rows_that_have_little_in_common_are_no_pair() -> None:
    found = compared([row("P1", "甲", "1", "2", "600000001")], [row("P1", "乙", "3", "4", "600000002")])
    assert (found.counts.paired, found.counts.only_here, found.counts.only_there) == (0, 1, 1)
    assert found.counts.parity == 0


def test_a_difference_within_the_tolerance_agrees_and_is_counted() -> None:
    here = [row("P1", "甲", "10.00", "2", None), row("P2", "乙", "10.00", "2", None)]
    there = [row("P1", "甲", "10.01", "2", None), row("P2", "乙", "10.0101", "2", None)]
    found = compared(here, there)
    opening = found.columns[2]
    assert (opening.within_tolerance, opening.different) == (1, 1)
    assert (found.counts.exact, found.counts.agreeing, found.counts.differing) == (0, 1, 1)
    assert opening.total_difference == Decimal("-0.0201")
    assert [each.difference for each in opening.largest] == [Decimal("-0.0101")]


def test_a_temporary_id_is_neither_right_nor_wrong() -> None:
    here = [row("P1", "甲", "1", "2", TEMPORARY_ID), row("P2", "乙", "3", "4", "600000001")]
    there = [row("P1", "甲", "1", "2", "600000009"), row("P2", "乙", "3", "4", "600000002")]
    company = compared(here, there).columns[-1]
    assert (company.temporary, company.different) == (1, 1)
    assert company.rate == 0
    assert compared(here[:1], there[:1]).parity


def test_words_that_differ_in_white_space_or_width_are_told_apart_from_others() -> None:
    here = [row("P1", "甲 乙", "1", "2", None), row("P2", "丙", "3", "4", None)]
    there = [row("P1", "甲乙", "1", "2", None), row("P2", "丁", "3", "4", None)]
    customer = compared(here, there).columns[1]
    assert (customer.different, customer.equal_cleansed) == (2, 1)


def test_a_cell_that_cant_be_read_is_no_agreement() -> None:
    here = side([row("P1", "甲", "1", "2", None)])
    broken = {"opening": (Failure(0, "待定", "is not a number", "an amount"),)}
    there = side([("P1", "甲", None, Decimal(2), None)], broken)
    found = findings(Held(COLUMNS, here, there, pair_rows(COLUMNS, here, there)), 5)
    assert (found.columns[2].unreadable, found.columns[2].different, found.parity) == (1, 0, False)
    assert [(d.here, d.there) for d in found.differences] == [(Decimal(1), "待定")]
    assert [(cell.value, cell.place.row) for cell in found.unreadable] == [("待定", 1)]


def test_a_cell_that_cant_be_read_is_not_an_empty_one() -> None:
    here = side([("P1", "甲", None, Decimal(2), None)])
    there = side([("P1", "甲", None, Decimal(2), None)], {"opening": (Failure(0, "待定", "r", "e"),)})
    found = findings(Held(COLUMNS, here, there, pair_rows(COLUMNS, here, there)), 5)
    assert (found.counts.exact, found.counts.differing) == (0, 1)


def test_every_column_that_differs_has_its_turn_among_the_samples() -> None:
    here = [row(f"P{n}", f"客{n}", str(n), str(n + 100), None) for n in range(40)]
    there = [
        (a, "新" if n == 39 else b, c + 5000 if n < 39 else c, d, e) for n, (a, b, c, d, e) in enumerate(here)
    ]
    told = compared(here, there, samples=2).differences
    assert {d.column for d in told} == {"customer", "opening"}


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(0, 0, "100"), (1, 3, "33.33"), (99_999, 100_000, "99.99"), (0, 5, "0.00")]
)
def test_a_share_is_never_rounded_up(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == Decimal(said)


def test_the_work_does_not_grow_with_rows_times_rows() -> None:
    rows = 20_000
    here = [row("P1", None, "0", "0", None)] * rows
    there = [row("P1", "甲", "0", "1", None)] * rows
    pairing = pair_rows(COLUMNS, side(here), side(there))
    assert len(pairing.here) == rows
    assert np.array_equal(np.sort(pairing.there), np.arange(rows))
