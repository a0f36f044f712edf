"""A part of a table: named values of its scope columns, or everything before a day."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from work_data_hub.domain.kernel.period import Period

ScopeValue = str | int | date
# the key of a scope that is a whole table, and what stands in the place of its month
WHOLE: Final = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """Column values that delimit a part of a table; only one without `before` can be written."""

    values: tuple[tuple[str, ScopeValue], ...] = ()
    before: tuple[str, date] | None = None

    @classmethod
    def month(cls, period: Period, column: str = "period") -> "Scope":
        """Give the scope of one business month."""
        return cls(((column, period.start),))

    @classmethod
    def months_before(cls, period: Period, column: str = "period") -> "Scope":
        """Give the scope of all business months before one."""
        return cls(before=(column, period.start))

    def of_member(self, column: str | None, member: str | None) -> "Scope":
        """Give the part of the scope that is one member's; without a member column, the scope itself."""
        if column is None or member is None:
            return self
        return Scope(((column, member), *self.values), self.before)

    @property
    def key(self) -> str:
        """The scope as ledgers write it, as period=2025-11-01."""
        parts = [f"{column}={value}" for column, value in self.values]
        if self.before is not None:
            parts.append(f"{self.before[0]}<{self.before[1]}")
        return ",".join(parts) or WHOLE

    def __str__(self) -> str:
        """Write the key."""
        return self.key
