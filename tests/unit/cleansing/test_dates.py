"""Months and days in every written form."""

from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.dates import check_bounds
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.cleansing.rule import Unreadable

NOVEMBER = date(2024, 11, 1)
MONTHS = st.dates(date(1958, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    "written",
    [
        *("202411", "202411.0", "202411.00", "20241115", "20241115.0"),
        *("2024-11", "2024-11-01", "2024-11-30", "2024/11", "2024/11/5", "2024.11", "2024.11.05"),
        *("2024年11月", "2024年11月15日", "2024 年 11 月", "24年11月", "2024年11月份", "2024年11"),
        *("２０２４年１１月", "２０２４１１", "\u3000202411 "),
        *("2024-11-01 00:00:00", "2024-11-01T00:00:00", "2024-11-01 00:00:00.000", "2024-11-01 00:00"),
        *("45597", "45597.0", "45611", "45611.75"),
    ],
)
def test_every_form_of_a_month_gives_its_first_day(written: str) -> None:
    assert get_rule("month").apply(written) == NOVEMBER


@pytest.mark.parametrize(
    "written",
    [
        *("2024-13", "202413", "2024-02-30", "20240230", "2024年0月", "0", "abc", "合计", "2024", "24-11"),
        *("2024.1", "20241", "10000", "99999", "202411.5", "100000", "2024-11/01", "11月", "-202411"),
        *("1899-12-31", "099912"),
    ],
)
def test_what_is_no_month_is_unreadable(written: str) -> None:
    with pytest.raises(Unreadable) as fault:
        get_rule("month").apply(written)
    assert "2024-11" in fault.value.expected


@pytest.mark.parametrize(("written", "year"), [("49年1月", 2049), ("50年1月", 1950), ("00年1月", 2000)])
def test_two_digit_years_turn_at_fifty(written: str, year: int) -> None:
    assert get_rule("month").apply(written) == date(year, 1, 1)


@pytest.mark.parametrize("rule", ["month", "date"])
def test_null_tokens_are_no_date(rule: str) -> None:
    assert [get_rule(rule).apply(cell) for cell in ("", " ", "—", "N/A", "暂无")] == [None] * 5


@pytest.mark.parametrize(
    "written", ["2024-11-05", "20241105", "2024/11/5", "2024.11.5", "24年11月5日", "45601"]
)
def test_the_day_rule_keeps_the_day(written: str) -> None:
    assert get_rule("date").apply(written) == date(2024, 11, 5)


@pytest.mark.parametrize("written", ["2024-11", "202411", "2024年11月"])
def test_the_day_rule_refuses_a_bare_month(written: str) -> None:
    with pytest.raises(Unreadable, match="a month, not a day"):
        get_rule("date").apply(written)


@given(MONTHS, st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d 00:00:00"]))
def test_a_written_day_is_read_back(day: date, form: str) -> None:
    assert get_rule("date").apply(day.strftime(form)) == day
    assert get_rule("month").apply(day.strftime(form)) == day.replace(day=1)


@given(MONTHS)
def test_a_serial_is_the_day_the_spreadsheet_shows(day: date) -> None:
    serial = (day - date(1900, 3, 1)) // timedelta(days=1) + 61
    assert get_rule("date").apply(str(serial)) == day


def test_bounds_name_future_and_very_old_dates_and_pass_blanks() -> None:
    days = [date(2025, 11, 1), date(2025, 12, 1), None, date(2009, 1, 1)]
    dates = pd.Series(pd.arrays.ArrowExtensionArray(pa.array(days, pa.date32())), index=[7, 7, 8, 9])
    found = check_bounds(dates, not_after=date(2025, 11, 30), warn_before=date(2015, 1, 1))
    assert (found.too_late, found.too_old) == ((1,), (3,))


def test_without_bounds_nothing_is_out_of_them() -> None:
    dates = pd.Series(pd.arrays.ArrowExtensionArray(pa.array([date(9999, 1, 1)])))
    assert check_bounds(dates).too_late == check_bounds(dates).too_old == ()
