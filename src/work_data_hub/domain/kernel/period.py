"""The business month, the one unit of time that files, scopes and partitions share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from work_data_hub.domain.kernel.errors import UsageError

_FORM = re.compile(r"(\d{4})-(\d{2})(?:-01)?")
_MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month.

    >>> Period.parse("2025-10-01").next()
    Period(year=2025, month=11)
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read 2025-10 or 2025-10-01; anything else is a UsageError."""
        match = _FORM.fullmatch(text.strip())
        if match is None or not 1 <= int(match[2]) <= _MONTHS or int(match[1]) == 0:
            raise UsageError(
                f"{text!r} is not a period",
                expected="2025-10 or 2025-10-01",
                fix="write the month as YYYY-MM",
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Period":
        """Give the month a day lies in."""
        return cls(day.year, day.month)

    @property
    def start(self) -> date:
        """First day of the month."""
        return date(self.year, self.month, 1)

    @property
    def key(self) -> str:
        """The partition key, as 2025-10-01."""
        return self.start.isoformat()

    def shift(self, months: int) -> "Period":
        """Move by a number of months."""
        index = self.year * _MONTHS + self.month - 1 + months
        return Period(index // _MONTHS, index % _MONTHS + 1)

    def next(self) -> "Period":
        """Give the month after."""
        return self.shift(1)

    def previous(self) -> "Period":
        """Give the month before."""
        return self.shift(-1)

    def until(self, last: "Period") -> Iterator["Period"]:
        """Walk from this month to `last`, both included."""
        current = self
        while current <= last:
            yield current
            current = current.next()

    def __str__(self) -> str:
        """Write the month as 2025-10."""
        return f"{self.year:04d}-{self.month:02d}"
