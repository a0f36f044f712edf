"""How far the rows of a release go in time."""

from datetime import date, datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.application.release.manifest import LoadWindow, Watermark, whole_seconds
from work_data_hub.application.release.records import PublishedInput
from work_data_hub.application.release.schema import released
from work_data_hub.domain.kernel.contract import TableContract

# the hub's word for the day that an answer is about
AS_OF: Final = "as_of_date"


def date_column(contract: TableContract) -> str | None:
    """Name the column that says of which day a row speaks; a table may have none.

    A day of the key tells more than the month, which tells more than a moment or a day beside the key.
    """
    month, columns = contract.month_column, released(contract)
    keyed = [column for column in columns if column.name in contract.primary_key]
    days = [c.name for c in columns if pa.types.is_date(c.dtype) and not c.nullable]
    found = [name for name in days if name in contract.primary_key and name != month]
    found += [name for name in (AS_OF, month) if name in days]
    found += [c.name for c in keyed if pa.types.is_timestamp(c.dtype)]
    return next(iter([*found, *days]), None)


class LatestDay:
    """Keeps the latest day of a column."""

    def __init__(self, column: str | None) -> None:
        """Watch a column, or none."""
        self._column, self.day = column, None if column is None else date.min

    def see(self, rows: pa.Table) -> None:
        """Look at a batch."""
        if self._column is None or self.day is None:
            return
        latest = pc.max(rows[self._column]).as_py()
        if latest is not None:
            self.day = max(self.day, day_of(latest))


def day_of(value: date | datetime) -> date:
    """Give the day of a date or a moment."""
    return value.date() if isinstance(value, datetime) else value


def watermark(column: str | None, day: date | None, inputs: tuple[PublishedInput, ...]) -> Watermark:
    """Give the watermark of rows that these publishes wrote."""
    times = [whole_seconds(entry.published_at) for entry in inputs]
    known = None if day == date.min else day
    return Watermark(
        column=column if known is not None else None,
        date_max=known,
        load_window=LoadWindow(start=min(times), end=max(times)),
    )
