"""When the gift wholesaler sells: two years in stretches of about a month, open days, minutes of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np

_SATURDAY: Final = 5
# Monday to Sunday
_WEEKDAYS: Final = (1.0, 1.05, 1.0, 1.08, 0.85, 0.0, 0.75)
_OPENS, _BUSIEST, _CLOSES = 465, 760, 1_201
_LAST_DAY: Final = date(2011, 12, 9)
_LAST_MINUTE: Final = 770


class Zone(StrEnum):
    """In which sheet a stretch stands."""

    FIRST = "first"
    BOTH = "both"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one month that stand in the same sheets, and the lines that the real files have there."""

    zone: Zone
    first: date
    last: date
    real_lines: int

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which something is sold."""
        span = (self.last - self.first).days + 1
        every = (self.first + timedelta(days=number) for number in range(span))
        return tuple(day for day in every if day.weekday() != _SATURDAY and not _holiday(day))

    @property
    def autumn(self) -> bool:
        """Say whether people buy for Christmas."""
        return self.first.month in {9, 10, 11, 12}


def _holiday(day: date) -> bool:
    return (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 3)


def _month(zone: Zone, year: int, month: int, lines: int) -> Stretch:
    following = date(year + month // 12, month % 12 + 1, 1)
    return Stretch(zone, date(year, month, 1), following - timedelta(days=1), lines)


_YEAR_ONE: Final = (31_555, 29_388, 41_511, 34_057, 35_323, 39_983, 33_383, 33_306, 42_091, 59_098, 78_015)
_YEAR_TWO: Final = (35_147, 27_707, 36_748, 29_916, 37_030, 36_874, 39_518, 35_284, 50_226, 60_742, 84_711)
STRETCHES: Final = (
    _month(Zone.FIRST, 2009, 12, 45_228),
    *(_month(Zone.FIRST, 2010, month, lines) for month, lines in enumerate(_YEAR_ONE, start=1)),
    Stretch(Zone.BOTH, date(2010, 12, 1), date(2010, 12, 9), 22_523),
    Stretch(Zone.SECOND, date(2010, 12, 10), date(2010, 12, 31), 19_958),
    *(_month(Zone.SECOND, 2011, month, lines) for month, lines in enumerate(_YEAR_TWO, start=1)),
    Stretch(Zone.SECOND, date(2011, 12, 1), _LAST_DAY, 25_525),
)


def places(zone: Zone) -> tuple[int, ...]:
    """Give the numbers of the stretches of a zone."""
    return tuple(number for number, stretch in enumerate(STRETCHES) if stretch.zone is zone)


def moment_in(days: Sequence[date], rng: np.random.Generator) -> datetime:
    """Draw a minute of one of some open days, by the rhythm of the week and of the day."""
    weights = np.array([_WEEKDAYS[day.weekday()] for day in days])
    day = days[int(rng.choice(len(days), p=weights / weights.sum()))]
    minute = int(rng.triangular(_OPENS, _BUSIEST, _CLOSES))
    if day == _LAST_DAY:
        minute = min(minute, _LAST_MINUTE)
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
