"""An invoice of the sample and its lines; each line knows what it is, so that nothing has to be read back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from work_data_hub.domain.retail.sample.calendar import Zone


class LineType(StrEnum):
    """What a line means for the figures."""

    SALE = "sale"
    CANCELLATION = "cancellation"
    ADJUSTMENT = "adjustment"
    FEE = "fee"


class ItemKind(StrEnum):
    """What a stock code stands for."""

    PRODUCT = "product"
    FEE = "fee"
    ADJUSTMENT = "adjustment"
    TEST = "test"


class Mark(StrEnum):
    """A quirk that was put into a line on purpose."""

    EXACT_DUPLICATE = "exact_duplicate"
    REPEATED_CODE = "repeated_code"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; the price is in thousandths of a pound."""

    code: str
    description: str | None
    quantity: int
    price_mills: int
    line_type: LineType = LineType.SALE
    item_kind: ItemKind = ItemKind.PRODUCT
    mark: Mark | None = None

    @property
    def mills(self) -> int:
        """Quantity times price."""
        return self.quantity * self.price_mills


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice; the prefix is C, A or nothing, and the number is given at the end, in order of time."""

    zone: Zone
    moment: datetime
    customer: int | None
    country: str
    lines: tuple[Line, ...]
    prefix: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """The invoice number as it is written."""
        return f"{self.prefix}{self.number}"

    @property
    def sells(self) -> bool:
        """Say whether anything on it counts as a sale."""
        return any(
            line.line_type is LineType.SALE and line.item_kind is not ItemKind.TEST for line in self.lines
        )

    def has(self, code: str) -> bool:
        """Say whether a stock code stands on it already, in any letter case."""
        return any(line.code.upper() == code.upper() for line in self.lines)

    def with_lines(self, more: Iterable[Line]) -> "Invoice":
        """Add lines below the others."""
        return replace(self, lines=(*self.lines, *more))
