"""Which runs a domain without monthly files needs next, and by which names they are asked for."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.application.market import DECEMBER, NOVEMBER, OCTOBER, Market

from work_data_hub.application.status import State, TableState
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.due import due_runs, unbroken

DOMAIN = Market().domain
JANUARY = Period(2026, 1)


def state(
    name: str, month: Period | None = None, word: State = State.MISSING, expected: str | None = "e"
) -> TableState:
    return TableState(f"market.{name}", month, word, expected=expected)


def asked(*states: TableState) -> list[tuple[str | None, str | None, dict[str, str]]]:
    return [(r.job_name, r.partition_key, dict(r.tags)) for r in due_runs(DOMAIN, states)]


def key(*states: TableState) -> str:
    (request,) = due_runs(DOMAIN, states)
    return request.run_key or ""


def test_the_first_stage_with_something_to_build_is_asked_for() -> None:
    years = state("gold.years")
    assert asked(years) == [("market_marts", None, {})]
    assert asked(years, state("gold.takings", NOVEMBER)) == [("market", "2025-11-01", {})]
    everything = (years, state("gold.takings", NOVEMBER), state("silver.goods"))
    assert asked(*everything) == [("market_drops", None, {})]
    assert asked() == []


def test_months_are_asked_for_in_unbroken_ranges() -> None:
    found = asked(*(state("gold.takings", month) for month in (JANUARY, OCTOBER, NOVEMBER, Period(2026, 3))))
    ends = {
        "dagster/asset_partition_range_start": "2025-10-01",
        "dagster/asset_partition_range_end": "2025-11-01",
    }
    assert found == [("market", None, ends), ("market", "2026-01-01", {}), ("market", "2026-03-01", {})]


@pytest.mark.parametrize("word", [State.FRESH, State.REFUSED])
def test_what_a_run_can_not_mend_is_not_asked_for(word: State) -> None:
    assert asked(state("silver.goods", word=word)) == []


@pytest.mark.parametrize("word", [State.STALE, State.MISSING, State.FAILED])
def test_what_a_run_may_mend_is_asked_for_unless_its_inputs_are_not_there(word: State) -> None:
    assert asked(state("silver.goods", word=word)) == [("market_drops", None, {})]
    assert asked(state("silver.goods", word=word, expected=None)) == []


def test_a_run_is_named_by_what_it_would_be_made_from_and_by_what_is_there() -> None:
    failed = state("silver.goods", word=State.FAILED)
    assert key(failed) == key(state("silver.goods"))
    assert key(failed) != key(state("silver.goods", expected="other"))
    assert key(failed) != key(failed, state("bronze.sales"))
    first, second = state("bronze.sales"), state("silver.goods")
    assert key(first, second) == key(second, first)


def test_what_waits_for_a_refused_input_and_is_made_of_what_there_is_is_not_asked_for() -> None:
    market = Market()
    market.drop("sales", ("2025-11-03", "tea", "4"))
    (record, *_) = [report.record for report in market.load()]
    waiting = replace(state("silver.goods", word=State.STALE, expected=record.input_hash), record=record)
    assert asked(waiting, state("gold.years")) == [("market_marts", None, {})]
    changed = replace(waiting, expected="other")
    assert asked(changed) == [("market_drops", None, {})]
    assert key(changed) != key(replace(changed, record=replace(record, run_id="another")))


@pytest.mark.parametrize(
    ("months", "rows"),
    [
        ([], []),
        ([NOVEMBER], [(NOVEMBER, NOVEMBER)]),
        ([NOVEMBER, DECEMBER, JANUARY], [(NOVEMBER, JANUARY)]),
        ([OCTOBER, DECEMBER, JANUARY], [(OCTOBER, OCTOBER), (DECEMBER, JANUARY)]),
    ],
)
def test_unbroken_rows_are_given_by_their_ends(
    months: list[Period], rows: list[tuple[Period, Period]]
) -> None:
    assert list(unbroken(months)) == rows


@given(st.sets(st.integers(0, 40)))
def test_unbroken_rows_hold_every_month_once_and_are_as_long_as_can_be(numbers: set[int]) -> None:
    months = sorted(OCTOBER.shift(number) for number in numbers)
    rows = list(unbroken(months))
    assert [month for first, last in rows for month in first.until(last)] == months
    assert all(last.next() < first for (_, last), (first, _) in pairwise(rows))
