"""What a column rule is: a named pure reading of one cell, and its verdict on cells it can't read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from work_data_hub.cleansing.text import fold, is_null_token

Kind = Literal["text", "date", "decimal"]
CellValue = str | date | Decimal | None


class Unreadable(ValueError):  # noqa: N818 - a verdict on a cell, not a fault of the program
    """A cell does not say what its column needs."""

    def __init__(self, reason: str, expected: str) -> None:
        """Keep why it can't be read and what would have been."""
        super().__init__(f"{reason}; expected {expected}")
        self.reason, self.expected = reason, expected


@dataclass(frozen=True, slots=True)
class Rule:
    """A named reading of one text column; `plain` reads the ordinary cells at once and leaves others null."""

    name: str
    kind: Kind
    apply: Callable[[str], CellValue]
    description: str
    dtype: pa.DataType
    plain: Callable[[pa.Array], pa.Array] | None = None


def of_folded(read: Callable[[str], CellValue]) -> Callable[[str], CellValue]:
    """Make a reading of folded text into one of raw cells, where null tokens mean nothing."""

    def apply(cell: str) -> CellValue:
        folded = fold(cell)
        return None if is_null_token(folded) else read(folded)

    return apply
