"""What a table build hands over: accepted rows, rejections, counts, control totals and comparisons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import pandas as pd

from work_data_hub.domain.kernel.models import Trained


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason why one row was not published; a row may have several."""

    row_number: int | None
    column: str | None
    rule: str
    value: str | None
    reason: str
    file_id: str | None = None
    sheet: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by fate; for row-preserving tables read = published + rejected + deduplicated + skipped."""

    read: int
    published: int
    rejected: int = 0
    deduplicated: int = 0
    skipped: int = 0
    discarded_values: int = 0

    @property
    def balanced(self) -> bool:
        """Say whether every read row has exactly one fate."""
        return self.read == self.published + self.rejected + self.deduplicated + self.skipped


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The sum of one column by fate, in the column's unit; unreadable cells are counted, not guessed."""

    column: str
    read: Decimal
    published: Decimal
    rejected: Decimal = Decimal(0)
    deduplicated: Decimal = Decimal(0)
    unreadable_cells: int = 0

    @property
    def ties(self) -> bool:
        """Say whether read = published + rejected + deduplicated."""
        return self.read == self.published + self.rejected + self.deduplicated


class Verdict(StrEnum):
    """How a comparison of two figures ended."""

    TIES = "ties"
    DIFFERS = "differs"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One reconciliation line: a figure of the table against one from elsewhere; a warning, not a stop."""

    name: str
    subject: str
    expected: Decimal | None
    actual: Decimal | None
    tolerance: Decimal = Decimal(0)
    note: str = ""

    @property
    def difference(self) -> Decimal | None:
        """Actual minus expected, or None where one side is missing."""
        if self.expected is None or self.actual is None:
            return None
        return self.actual - self.expected

    @property
    def verdict(self) -> Verdict:
        """Judge the difference against the tolerance."""
        if self.difference is None:
            return Verdict.NOT_COMPARABLE
        return Verdict.TIES if abs(self.difference) <= self.tolerance else Verdict.DIFFERS


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of building one table for one scope, before it is published.

    A build that trains a model hands it over with its verdict; both are written with the rows or not at all.
    """

    accepted: pd.DataFrame
    counts: Counts
    rejections: tuple[Rejection, ...] = ()
    totals: tuple[ControlTotal, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    trained: Trained | None = None
