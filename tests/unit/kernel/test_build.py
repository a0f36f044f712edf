"""Which part of a table a build reads and publishes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.kernel.tables import SALES
from work_data_hub.domain.kernel.build import BuildContext, InputRef, scope_of
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

MONTH = Period(2025, 11)
MONTHLY = replace(SALES, partition="month", sliced_by=None)
SLICED = replace(SALES, partition=None, sliced_by="period")
WHOLE = replace(SALES, partition=None, sliced_by=None)
TABLES = {"monthly": MONTHLY, "sliced": SLICED, "whole": WHOLE}
PERIODS = st.builds(Period, st.integers(2000, 2030), st.integers(1, 12))


@pytest.mark.parametrize(
    ("ref", "key"),
    [
        (InputRef(MONTHLY), "period=2025-11-01"),
        (InputRef(SLICED), "period=2025-11-01"),
        (InputRef(WHOLE), "all"),
        (InputRef(MONTHLY, -1), "period=2025-10-01"),
        (InputRef(SLICED, -2), "period=2025-09-01"),
        (InputRef(WHOLE, -1), "all"),
        (InputRef(MONTHLY, history=True), "period<2025-11-01"),
        (InputRef(SLICED, history=True), "period<2025-11-01"),
        (InputRef(WHOLE, history=True), "all"),
        (InputRef(MONTHLY, whole=True), "all"),
        (InputRef(SLICED, whole=True), "all"),
    ],
)
def test_a_build_of_a_month_reads_the_month_or_what_it_says(ref: InputRef, key: str) -> None:
    assert ref.scope(MONTH).key == key


@pytest.mark.parametrize("contract", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("more", [{}, {"month_offset": -1}, {"history": True}, {"whole": True}])
def test_a_build_of_no_month_reads_all_of_every_table(
    contract: TableContract, more: dict[str, int | bool]
) -> None:
    assert InputRef(contract, **more).scope(None) == Scope()  # type: ignore[arg-type]  # names and values fit


def test_months_are_kept_apart_by_the_column_that_the_contract_names() -> None:
    column = replace(SALES.columns[0], name="ordered_in")
    by_order = replace(SLICED, columns=(*SALES.columns, column), sliced_by="ordered_in")
    assert InputRef(by_order).scope(MONTH).values == (("ordered_in", date(2025, 11, 1)),)
    assert InputRef(by_order, history=True).scope(MONTH).before == ("ordered_in", date(2025, 11, 1))


@given(period=PERIODS, offset=st.integers(-24, 0))
def test_an_earlier_month_is_the_month_itself_seen_from_there(period: Period, offset: int) -> None:
    for contract in (MONTHLY, SLICED):
        assert InputRef(contract, offset).scope(period) == InputRef(contract).scope(period.shift(offset))


def test_frames_are_named_by_table_and_by_which_part_is_read() -> None:
    name = SALES.name
    refs = (
        InputRef(SLICED),
        InputRef(SLICED, -1),
        InputRef(SLICED, history=True),
        InputRef(SLICED, whole=True),
    )
    assert [ref.name for ref in refs] == [name, f"{name}@-1", f"{name}@before", name]


def test_a_month_is_published_by_itself_and_everything_else_as_a_whole() -> None:
    assert scope_of(MONTHLY, MONTH) == Scope.month(MONTH)
    assert scope_of(SLICED, MONTH) == scope_of(WHOLE, MONTH) == scope_of(MONTHLY, None) == Scope()


def test_a_build_of_no_month_that_asks_for_one_is_told_so() -> None:
    assert BuildContext(MONTH, {}, None).period == MONTH
    with pytest.raises(PermanentError, match="built as a whole"):
        _ = BuildContext(None, {}, None).period
