"""Moments in every written form, and the months of whole columns."""

from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.column import apply_rule
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.cleansing.rule import Unreadable
from work_data_hub.cleansing.timestamps import TIMESTAMP_US, months_of

MOMENT = datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1958, 2100))
MOMENTS = st.datetimes(FIRST, LAST)
FORMS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%SZ")


def texts(*cells: str | None) -> pd.Series:
    return pd.Series(cells, dtype=pd.ArrowDtype(pa.string()), name="cell")


def read(rule: str, written: str) -> list[object]:
    """Read one cell by the way of columns."""
    values, _ = apply_rule(texts(written), get_rule(rule))
    return values.tolist()


@pytest.mark.parametrize(
    "written",
    [
        *("2010-12-01 08:26", "2010-12-01T08:26:00", "2010-12-01 08:26:00.000", "2010-12-01T08:26:00Z"),
        *("2010/12/1 8:26", "2010.12.1 8:26", "20101201 08:26", "2010年12月1日 8:26", "2010-12-01\u30008:26"),
        *("2010-12-01T09:26:00+01:00", "2010-12-01 03:26 -0500", "40513.3513888889"),
    ],
)
def test_every_form_gives_the_moment(written: str) -> None:
    assert get_rule("timestamp").apply(written) == MOMENT
    assert read("timestamp", written) == [MOMENT]


@pytest.mark.parametrize("written", ["2010-12-01", "40513", "20101201", "2010-12-01T00:00"])
def test_a_day_is_its_midnight(written: str) -> None:
    assert get_rule("timestamp").apply(written) == MOMENT.replace(hour=0, minute=0)


@pytest.mark.parametrize(
    "written",
    [
        *("2010-12", "2010-02-29 08:26", "2010-12-01 24:00", "2010-12-01 8:60", "2010-12-01 8", "8:26", "x"),
        *("12/1/2010 8:26", "1/12/2010", "2010-12-01T08:26:00+99:00", "1899-12-31 00:00", "2010-12-01Z"),
    ],
)
def test_what_is_no_moment_is_unreadable(written: str) -> None:
    with pytest.raises(Unreadable) as fault:
        get_rule("timestamp").apply(written)
    assert "2010-12-01" in fault.value.expected
    assert len(apply_rule(texts(written), get_rule("timestamp")).failures) == 1


@pytest.mark.parametrize(
    "written", ["12/1/2010 8:26", "12/01/2010 08:26:00", "12/1/2010  8:26", "2010-12-01 08:26"]
)
def test_the_month_goes_first_only_by_the_rule_of_that_name(written: str) -> None:
    assert get_rule("timestamp_us").apply(written) == MOMENT
    assert read("timestamp_us", written) == [MOMENT]


@pytest.mark.parametrize("written", ["13/1/2010 8:26", "2/30/2010 8:26", "12/1/10 8:26", "12/1/2010 25:00"])
def test_what_is_no_american_moment_is_unreadable(written: str) -> None:
    assert len(apply_rule(texts(written), get_rule("timestamp_us")).failures) == 1


@given(MOMENTS, st.sampled_from(FORMS))
def test_a_written_moment_is_read_back_by_column_and_by_cell(moment: datetime, form: str) -> None:
    exact = timedelta(microseconds=moment.microsecond, seconds=0 if "%S" in form else moment.second)
    known = (moment - exact).replace(tzinfo=UTC)
    assert get_rule("timestamp").apply(moment.strftime(form)) == known
    assert read("timestamp", moment.strftime(form)) == [known]


@given(MOMENTS, st.booleans())
def test_an_american_moment_is_read_back_by_column_and_by_cell(moment: datetime, padded: bool) -> None:
    known = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    plain = f"{moment.month}/{moment.day}/{moment.year} {moment.hour}:{moment.minute:02d}"
    written = moment.strftime("%m/%d/%Y %H:%M") if padded else plain
    assert get_rule("timestamp_us").apply(written) == known
    assert read("timestamp_us", written) == [known]


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_a_zone_moves_the_moment_to_utc(moment: datetime, minutes: int) -> None:
    known = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert get_rule("timestamp").apply(known.isoformat()) == known


@given(st.lists(st.none() | st.text() | st.from_regex(r"\A20\d\d-[01]\d-[0-3]\d([ T][0-2]\d:\d\d)?\Z")))
def test_a_month_of_a_column_is_that_of_the_rule_for_months_or_nothing(cells: list[str | None]) -> None:
    found = months_of(texts(*cells))
    assert found.dtype == pd.ArrowDtype(pa.date32())
    for cell, month in zip(cells, found, strict=True):
        assert (None if pd.isna(month) else month) == month_of(cell)


def month_of(cell: str | None) -> object:
    try:
        return None if cell is None else get_rule("month").apply(cell)
    except Unreadable:
        return None


def test_months_of_odd_forms_come_from_the_rule_that_is_named() -> None:
    column = texts("12/1/2010 8:26", "2011-02-28T08:26:00Z", None, "x", "2011年3月")
    december, february, march = date(2010, 12, 1), date(2011, 2, 1), date(2011, 3, 1)
    assert [None if pd.isna(month) else month for month in months_of(column, TIMESTAMP_US)] == [
        *(december, february, None, None, None)
    ]
    assert [None if pd.isna(month) else month for month in months_of(column)] == [
        *(None, february, None, None, march)
    ]


def test_index_and_name_of_the_column_stay() -> None:
    column = texts("2010-12-05", "x").set_axis([7, 3])
    found = months_of(column)
    assert (found.index.tolist(), found.name) == ([7, 3], "cell")
