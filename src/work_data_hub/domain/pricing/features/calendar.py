"""Weeks and months of days, which are counted from the first Monday of 1900."""

from typing import Final

import numpy as np
import pyarrow as pa

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.features.numbers import FIRST_DAY

_WEEK: Final = 7
_THURSDAY: Final = 3


def iso_weeks(days: Integers) -> pa.Array:
    """Give the ISO week of each day, as 2025-W01; it belongs to the year of its Thursday."""
    mondays, rows = np.unique(days - days % _WEEK, return_inverse=True)
    thursdays = _dates(mondays + _THURSDAY)
    years = thursdays.astype("datetime64[Y]")
    numbers = (thursdays - years).astype(np.int64) // _WEEK + 1
    labels = [f"{year}-W{number:02d}" for year, number in zip(years.astype(str), numbers, strict=True)]
    return pa.array(labels, pa.string()).take(pa.array(rows))


def months(days: Integers) -> pa.Array:
    """Give the first day of each day's month."""
    return pa.array(_dates(days).astype("datetime64[M]").astype("datetime64[D]"), pa.date32())


def _dates(days: Integers) -> "np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]":
    return np.datetime64(FIRST_DAY) + days.astype("timedelta64[D]")
