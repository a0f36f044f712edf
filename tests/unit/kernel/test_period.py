import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period

months = st.builds(Period, st.integers(1900, 2200), st.integers(1, 12))


@pytest.mark.parametrize("text", ["2025-10", "2025-10-01", " 2025-10 "])
def test_a_month_is_read_in_both_forms(text: str) -> None:
    assert Period.parse(text) == Period(2025, 10)


@pytest.mark.parametrize("text", ["2025-13", "2025-00", "2025-10-02", "202510", "", "October", "0000-01"])
def test_anything_else_is_a_usage_error_with_a_way_out(text: str) -> None:
    with pytest.raises(UsageError, match="Fix: write the month as YYYY-MM"):
        Period.parse(text)


@given(months, st.integers(-500, 500))
def test_shifting_there_and_back_ends_where_it_began(period: Period, by: int) -> None:
    assert period.shift(by).shift(-by) == period


@given(months)
def test_next_month_begins_the_day_after_this_one_ends(period: Period) -> None:
    days = (period.next().start - period.start).days
    assert days in {28, 29, 30, 31}
    assert Period.parse(period.key) == period == Period.parse(str(period)) == Period.of(period.start)


def test_a_range_holds_both_ends() -> None:
    assert [str(p) for p in Period(2024, 11).until(Period(2025, 1))] == ["2024-11", "2024-12", "2025-01"]
    assert list(Period(2025, 2).until(Period(2025, 1))) == []
