"""Reading moments, and the months of columns of moments or days; a moment without a zone is taken as UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import apply_rule
from work_data_hub.cleansing.dates import MONTH, read_day
from work_data_hub.cleansing.rule import Rule, Unreadable, of_folded

MOMENT: Final = pa.timestamp("us", tz="UTC")

_EXPECTED: Final = "a moment such as 2010-12-01 08:26 or 2010-12-01T08:26:00, or a day such as 2010-12-01"
_EXPECTED_US: Final = f"a moment such as 12/1/2010 8:26 with the month first, or {_EXPECTED}"

# the days that every year has; the 29th of February takes the careful way
_ISO_DAY: Final = (
    r"(?:19|[2-9]\d)\d\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))"
)
_ISO: Final = rf"^{_ISO_DAY}(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{{1,6}})?)?Z?)?$"
_TIME: Final = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d{1,9}))?)?"
_MOMENT: Final = re.compile(
    rf"(?P<day>[^T ]+)[T ]{_TIME} ?(?P<zone>Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?", re.ASCII
)
_US_DAY: Final = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?P<rest> .*)?", re.ASCII)
_US_PLAIN: Final = (
    r"^(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}) (?P<h>\d{1,2})(?P<rest>:[0-5]\d(?::[0-5]\d)?)$"
)
_SERIAL: Final = re.compile(r"(?P<day>\d{5})(?P<part>\.\d+)", re.ASCII)
_DAY_SECONDS: Final = 86_400
_MICROSECOND_DIGITS: Final = 6


def read_moment(text: str) -> datetime:
    """Give the moment that a folded text names; a day is its midnight, and minutes have no seconds.

    >>> read_moment("2010/12/1 8:26").isoformat()
    '2010-12-01T08:26:00+00:00'
    """
    if serial := _SERIAL.fullmatch(text):
        seconds = round(float(serial["part"]) * _DAY_SECONDS)
        return _midnight(read_day(serial["day"])) + timedelta(seconds=seconds)
    match = _MOMENT.fullmatch(text)
    if match is None:
        return _midnight(_day(text))
    return _at(_day(match["day"]), match)


def read_moment_us(text: str) -> datetime:
    """Give the moment of a folded text whose day, where slashes end in a year, has the month first.

    >>> read_moment_us("12/1/2010 8:26").isoformat()
    '2010-12-01T08:26:00+00:00'
    """
    match = _US_DAY.fullmatch(text)
    if match is None:
        return read_moment(text)
    return read_moment(f"{match['year']}-{match['month']}-{match['day']}{match['rest'] or ''}")


def _day(text: str) -> date:
    try:
        return read_day(text)
    except Unreadable as fault:
        raise Unreadable(fault.reason, _EXPECTED) from None


def _at(day: date, match: re.Match[str]) -> datetime:
    part = (match["part"] or "")[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")
    try:
        clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0), int(part))
    except ValueError as cause:
        raise Unreadable("is no time of the day", _EXPECTED) from cause
    return datetime.combine(day, clock, UTC) - _offset(match["zone"])


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    digits = zone[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return ahead if zone[0] == "+" else -ahead


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _plain(cells: pa.Array) -> pa.Array:
    """Read the moments and days in ISO form at once; others are null."""
    iso = pc.if_else(pc.match_substring_regex(cells, _ISO), cells, pa.scalar(None, pa.string()))
    return pc.utf8_rtrim(iso, characters="Z").cast(pa.timestamp("us")).cast(MOMENT)


def _plain_us(cells: pa.Array) -> pa.Array:
    """Read the moments with the month first, and those in ISO form, at once; others are null."""
    found = pc.extract_regex(cells, _US_PLAIN)
    year, month, day, hour, rest = (pc.struct_field(found, name) for name in ("y", "m", "d", "h", "rest"))
    month, day, hour = (pc.utf8_lpad(digits, width=2, padding="0") for digits in (month, day, hour))
    days = pc.binary_join_element_wise(year, month, day, "-")
    written = pc.binary_join_element_wise(days, "T", hour, rest, "")
    return pc.coalesce(_plain(written), _plain(cells))


TIMESTAMP: Final = Rule("timestamp", "date", of_folded(read_moment), _EXPECTED, MOMENT, _plain)
TIMESTAMP_US: Final = Rule("timestamp_us", "date", of_folded(read_moment_us), _EXPECTED_US, MOMENT, _plain_us)


def months_of(texts: pd.Series, other: Rule = MONTH) -> pd.Series:
    """Give the first day of each text's month: ISO forms at once, others by a rule for dates, unreadable as null."""
    months, _ = apply_rule(texts, _month_rule(other))
    return months


def _month_rule(other: Rule) -> Rule:
    def first_day(cell: str) -> date | None:
        found = other.apply(cell)
        return date(found.year, found.month, 1) if isinstance(found, date) else None

    return Rule(f"month_of_{other.name}", "date", first_day, other.description, pa.date32(), _plain_months)


def _plain_months(cells: pa.Array) -> pa.Array:
    return pc.floor_temporal(_plain(cells), unit="month").cast(pa.date32())
