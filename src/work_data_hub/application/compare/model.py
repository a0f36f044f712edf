"""What a comparison of a table with another system's rows asks for, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.cleansing.column import Failure
from work_data_hub.domain.kernel.errors import Location

_ALL = Decimal(100)
_STEP = Decimal("0.01")


class Kind(StrEnum):
    """How the values of a column are compared."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class OtherRows:
    """The other side as it was read: cells by our column names, and what had no place."""

    name: str
    cells: Mapping[str, pa.Array]
    rows: int
    headers: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    left_out: int = 0
    lineage: pd.DataFrame | None = None


class OtherSide(Protocol):
    """Reads the rows of another system."""

    def read(self, words: Mapping[str, tuple[str, ...]]) -> OtherRows:
        """Give the rows; `words` are the names each of our columns may have there."""


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """What the caller decides; without a key, rows are paired by what they have in common."""

    key: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()
    tolerance: Decimal = Decimal(0)
    tolerances: Mapping[str, Decimal] | None = None
    samples: int = 10


@dataclass(frozen=True, slots=True)
class ComparedColumn:
    """One column both sides have; values that match `temporary` stand for an id nobody knows yet."""

    name: str
    label: str
    header: str
    kind: Kind
    dtype: pa.DataType
    tolerance: Decimal = Decimal(0)
    temporary: str | None = None
    summed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rows of one side in comparable types; cells that could not be read are null and listed."""

    columns: Mapping[str, pa.Array]
    rows: int
    unreadable: Mapping[str, tuple[Failure, ...]]
    lineage: pd.DataFrame | None = None

    def place(self, row: int) -> Location:
        """Say where a row stands, as far as its side knows."""
        if self.lineage is None:
            return Location(row=row + 1)
        at = self.lineage.iloc[row]
        known = {name: at[name] for name in self.lineage.columns}
        return Location(file=known.get("file_id"), sheet=known.get("sheet"), row=int(known["row_number"]))

    def value(self, column: str, row: int) -> object:
        """Give one cell; of one that could not be read, the text that stands there."""
        for failure in self.unreadable.get(column, ()):
            if failure.position == row:
                return failure.value
        return self.columns[column][row].as_py()


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Which row belongs to which, as positions: the first `exact` pairs agree in every value; `repeated` counts copies."""

    here: np.ndarray
    there: np.ndarray
    exact: int
    only_here: np.ndarray
    only_there: np.ndarray
    repeated: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them; rows here = exact + agreeing + differing + only here, likewise there."""

    rows_here: int
    rows_there: int
    exact: int
    agreeing: int
    differing: int
    only_here: int
    only_there: int
    repeated_here: int = 0
    repeated_there: int = 0

    @property
    def paired(self) -> int:
        """Pairs that are not equal to the last character."""
        return self.agreeing + self.differing

    @property
    def matched(self) -> int:
        """All pairs."""
        return self.exact + self.paired

    @property
    def parity(self) -> Decimal:
        """Share of both sides' rows that agree, in percent, rounded down: 100 is every row."""
        return percent(2 * (self.exact + self.agreeing), self.rows_here + self.rows_there)


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs: its values, and where both rows stand."""

    column: str
    here: object
    there: object
    place_here: Location
    place_there: Location
    difference: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ColumnResult:
    """How one column of the paired rows compares; totals are those of all rows of a side."""

    column: str
    label: str
    header: str
    equal: int
    within_tolerance: int
    temporary: int
    unreadable: int
    different: int
    equal_cleansed: int = 0
    total_here: Decimal | None = None
    total_there: Decimal | None = None
    largest: tuple[Difference, ...] = ()
    tolerance: Decimal = Decimal(0)

    @property
    def rows(self) -> int:
        """Paired rows."""
        return self.equal + self.within_tolerance + self.temporary + self.unreadable + self.different

    @property
    def rate(self) -> Decimal:
        """Share of the paired rows that agree, in percent, rounded down; temporary ids are not judged."""
        return percent(self.equal + self.within_tolerance, self.rows - self.temporary)

    @property
    def total_difference(self) -> Decimal | None:
        """Total here minus total there."""
        if self.total_here is None or self.total_there is None:
            return None
        return self.total_here - self.total_there


@dataclass(frozen=True, slots=True)
class LoneRow:
    """A row that only one side has."""

    place: Location
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class UnreadableCell:
    """A cell of the other side that does not say what its column needs."""

    column: str
    place: Location
    value: str
    reason: str
    expected: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rows say: counts, columns and samples."""

    counts: Counts
    columns: tuple[ColumnResult, ...]
    differences: tuple[Difference, ...] = ()
    only_here: tuple[LoneRow, ...] = ()
    only_there: tuple[LoneRow, ...] = ()
    unreadable: tuple[UnreadableCell, ...] = ()
    unreadable_cells: int = 0

    @property
    def parity(self) -> bool:
        """Say whether every row of both sides has its equal, and every cell could be read."""
        counts = self.counts
        return not (counts.differing or counts.only_here or counts.only_there or self.unreadable_cells)


@dataclass(frozen=True, slots=True)
class CompareReport:
    """All that a comparison has to say."""

    table: str
    period: str | None
    other: str
    key: tuple[str, ...]
    findings: Findings
    columns_only_here: tuple[str, ...]
    columns_only_there: tuple[str, ...]
    ignored: tuple[str, ...]
    other_months: Mapping[str, int]
    totals_rows_left_out: int = 0
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """Give 0 for parity, 3 for differences."""
        return 0 if self.findings.parity else 3

    @property
    def verdict(self) -> str:
        """Say in one line how far the two sides are from each other."""
        found, counts = self.findings, self.findings.counts
        share = f"{len(found.columns)} columns"
        left = len(self.columns_only_here) + len(self.ignored)
        share += f" ({left} not compared)" if left else ""
        if found.parity:
            unknown = sum(column.temporary for column in found.columns)
            told = f"; {unknown:,} temporary ids not judged" if unknown else ""
            return f"100 % parity: all {counts.rows_here:,} rows agree in {share}{told}"
        parts = (
            (counts.differing, "differ"),
            (counts.only_here, "only here"),
            (counts.only_there, "only there"),
            (found.unreadable_cells, "cells unreadable"),
        )
        told = ", ".join(f"{number:,} {what}" for number, what in parts if number)
        return f"{counts.parity} % of the rows agree in {share}: {told}"


def percent(part: int, whole: int) -> Decimal:
    """Give a share in percent, rounded down, so that 100 is never said of less.

    >>> percent(9_999_999, 10_000_000)
    Decimal('99.99')
    """
    if part == whole:
        return _ALL
    return (Decimal(part) * _ALL / Decimal(whole)).quantize(_STEP, rounding="ROUND_DOWN")
