"""Reading days and months in every form that workbooks hold; bounds are the caller's, never a fixed year."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.rule import Rule, Unreadable, of_folded

_MONTH_EXPECTED: Final = "a month such as 2024-11, 202411, 2024年11月, or a day of it"
_DAY_EXPECTED: Final = "a day such as 2024-11-05, 20241105, 2024/11/5 or 2024年11月5日"

_COMPACT: Final = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)?(?:\.0+)?", re.ASCII)
_SEPARATED: Final = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})"
    r"(?:(?P=mark)(?P<day>\d{1,2})(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?)?",
    re.ASCII,
)
_CHINESE: Final = re.compile(
    r"(?P<year>\d{4}|\d\d) ?年 ?(?P<month>\d{1,2}) ?(?:月(?:份| ?(?P<day>\d{1,2}) ?[日号]?)?)?", re.ASCII
)
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)

# five digits are a serial of the 1900 system and six a YYYYMM: serials reach six digits only in 2173;
# below 1958 they would be taken for a mistyped YYYYM such as 20241
_SERIAL_EPOCH: Final = date(1899, 12, 30)
_FIRST_SERIAL_DAY: Final = date(1958, 1, 1)
_LAST_SERIAL_DAY: Final = date(2100, 12, 31)
_FIRST_YEAR: Final = 1900
_PIVOT: Final = 50


def read_month(text: str) -> date:
    """Give the first day of the month that a folded text names.

    >>> read_month("24年11月")
    datetime.date(2024, 11, 1)
    """
    found, _ = _calendar_day(text, _MONTH_EXPECTED)
    return found.replace(day=1)


def read_day(text: str) -> date:
    """Give the day that a folded text names; a bare month is not one."""
    found, has_day = _calendar_day(text, _DAY_EXPECTED)
    if not has_day:
        raise Unreadable("names a month, not a day", _DAY_EXPECTED)
    return found


def _calendar_day(text: str, expected: str) -> tuple[date, bool]:
    if serial := _SERIAL.fullmatch(text):
        return _from_serial(int(serial[1]), expected), True
    match = _COMPACT.fullmatch(text) or _SEPARATED.fullmatch(text) or _CHINESE.fullmatch(text)
    if match is None:
        raise Unreadable("is not a date", expected)
    parts = match.groupdict()
    if parts.get("mark") == "." and parts["day"] is None and len(parts["month"]) == 1:
        raise Unreadable("may be month 1 or month 10 with its zero lost", expected)
    return _checked(_full_year(parts["year"]), parts["month"], parts["day"], expected), parts[
        "day"
    ] is not None


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > len("24"):
        return year
    return year + (2000 if year < _PIVOT else 1900)


def _checked(year: int, month: str, day: str | None, expected: str) -> date:
    try:
        found = date(year, int(month), int(day or 1))
    except ValueError as cause:
        raise Unreadable("is no day of the calendar", expected) from cause
    if year < _FIRST_YEAR:
        raise Unreadable(f"lies before {_FIRST_YEAR}", expected)
    return found


def _from_serial(serial: int, expected: str) -> date:
    found = _SERIAL_EPOCH + timedelta(days=serial)
    if not _FIRST_SERIAL_DAY <= found <= _LAST_SERIAL_DAY:
        raise Unreadable(
            f"is no spreadsheet serial from {_FIRST_SERIAL_DAY.year} to {_LAST_SERIAL_DAY.year}", expected
        )
    return found


def date_rule(name: str, read: Callable[[str], date], description: str) -> Rule:
    """Make a rule of a reading that gives a date."""
    return Rule(name, "date", of_folded(read), description, pa.date32())


MONTH: Final = date_rule("month", read_month, "first day of the month, from any written form or serial")
DAY: Final = date_rule("date", read_day, "calendar day, from any written form or serial")


@dataclass(frozen=True, slots=True)
class OutOfBounds:
    """Positions of dates after the as-of date (to be refused) and of very old ones (to be warned of)."""

    too_late: tuple[int, ...]
    too_old: tuple[int, ...]


def check_bounds(
    dates: pd.Series, *, not_after: date | None = None, warn_before: date | None = None
) -> OutOfBounds:
    """Compare a date column with the bounds that hold as of the run; blanks are neither."""
    values = pa.array(dates.array, type=pa.date32(), from_pandas=True)
    late = _positions(pc.greater, values, not_after)
    return OutOfBounds(too_late=late, too_old=_positions(pc.less, values, warn_before))


def _positions(
    compare: Callable[[pa.Array, pa.Scalar], pa.Array], values: pa.Array, bound: date | None
) -> tuple[int, ...]:
    if bound is None:
        return ()
    hits = pc.fill_null(compare(values, pa.scalar(bound, pa.date32())), False)
    return tuple(np.flatnonzero(np.asarray(hits)).tolist())
