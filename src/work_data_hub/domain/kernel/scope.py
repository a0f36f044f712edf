"""What a re-run replaces: named values of a table's scope columns."""

from dataclasses import dataclass
from datetime import date

from work_data_hub.domain.kernel.period import Period

ScopeValue = str | int | date


@dataclass(frozen=True, slots=True)
class Scope:
    """Column values that delimit a part of a table."""

    values: tuple[tuple[str, ScopeValue], ...] = ()

    @classmethod
    def month(cls, period: Period, column: str = "period") -> "Scope":
        """Give the scope of one business month."""
        return cls(((column, period.start),))

    @property
    def key(self) -> str:
        """The scope as ledgers write it, as period=2025-11-01."""
        return ",".join(f"{column}={value}" for column, value in self.values) or "all"

    def __str__(self) -> str:
        """Write the key."""
        return self.key
