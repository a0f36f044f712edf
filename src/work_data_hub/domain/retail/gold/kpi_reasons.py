"""Why a KPI before cleaning differs from the one after: what was taken out or converted, with counts and amounts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Self

import numpy as np
import pandas as pd

from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.retail.config import EURO
from work_data_hub.domain.retail.frames.grouping import Flags
from work_data_hub.domain.retail.gold.kpi_figures import OrderFigures, RawFigures, local
from work_data_hub.domain.retail.gold.line_facts import Kinds
from work_data_hub.domain.retail.gold.raw_fates import FATES, KEPT
from work_data_hub.domain.retail.gold.raw_lines import RawLines
from work_data_hub.domain.retail.rules.methods import rate_text
from work_data_hub.domain.retail.rules.money import RATE_DIGITS

_FATE_WORDS: Final = {
    "overlap": "lines that a later sheet repeats",
    "test": "lines of test codes",
    "unreadable": "lines with unreadable cells",
    "repeated": "exact repeats",
    "unexplained": "lines without a known reason",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines with what they add up to: units, and an amount in local currency."""

    words: str
    lines: int
    units: int
    amount: Decimal

    @classmethod
    def of(cls, words: str, where: Flags, quantity: Integers, amount: Integers) -> Self:
        """Add up the lines of a mask."""
        return cls(words, int(where.sum()), int(quantity[where].sum()), local(int(amount[where].sum())))


@dataclass(frozen=True, slots=True)
class Story:
    """All that lies between a brand's raw lines and its sale lines."""

    currency: str
    rate: int
    valuation: date
    lost: tuple[Part, ...]
    other: tuple[Part, ...]
    retold: Decimal

    @classmethod
    def of(cls, raw: RawLines, sales: pd.DataFrame, currency: str, rate: int, valuation: date) -> Self:
        """Find the lines that are no sales lines, and the sales lines that are no sales."""
        lost = (
            Part.of(_FATE_WORDS[name], raw.fate == fate, raw.quantity, raw.amount)
            for fate, name in FATES.items()
        )
        kinds, numbers = (
            Kinds.of(sales),
            (sales["quantity"].to_numpy(np.int64), scaled(sales["amount_local"])),
        )
        other = (
            Part.of("cancelled products", kinds.returned, *numbers),
            Part.of("fee lines", kinds.fee, *numbers),
            Part.of("adjustments", kinds.adjustment, *numbers),
        )
        kept = local(int(raw.amount[raw.fate == KEPT].sum()))
        retold = local(int(numbers[1].sum())) - kept
        return cls(currency, rate, valuation, _some(lost), _some(other), retold)

    @property
    def converted(self) -> str:
        """Say by which rate amounts became euro."""
        if self.currency == EURO:
            return "in euro already"
        rate = rate_text(Decimal(self.rate).scaleb(-RATE_DIGITS))
        return f"converted at {rate} ({self.valuation})"

    def lines(self) -> str:
        """Say which lines were taken out."""
        return _list((f"{part.lines:,} {part.words} taken out" for part in self.lost), "every line is kept")

    def units(self) -> str:
        """Say which units were taken out, and which are counted apart."""
        parts = (
            f"{part.lines:,} {part.words} ({part.units:,} units) taken out"
            for part in (*self.lost, *self.other)
        )
        return _list(parts, "every line is a sale")

    def amounts(self) -> str:
        """Say which amounts were taken out, and how the rest became euro."""
        return "; ".join((*self._taken_out(), self.converted))

    def _taken_out(self) -> Iterator[str]:
        for part in (*self.lost, *self.other):
            yield f"{part.lines:,} {part.words} ({self.money(part.amount)}) taken out"
        if self.retold:
            yield f"totals as delivered instead of quantity times price ({self.money(self.retold)})"

    def money(self, amount: Decimal) -> str:
        """Write a local amount."""
        return f"{self.currency} {amount:,.2f}"


def _some(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.lines)


def _list(parts: Iterator[str], none: str) -> str:
    return "; ".join(parts) or none


def orders_reason(raw: RawFigures, silver: OrderFigures) -> str:
    """Say which invoice numbers are no orders."""
    lost, none = raw.orders - silver.invoices, silver.invoices - silver.orders
    parts = (
        f"{lost:,} invoices without a line left" if lost else "",
        f"{none:,} invoices without a sale line: cancellations, fees or adjustments alone" if none else "",
    )
    return _list((part for part in parts if part), "every invoice has a sale line")


def customers_reason(raw: RawFigures, silver: OrderFigures) -> str:
    """Say which customers have no order."""
    gone = raw.customers - silver.customers
    return f"{gone:,} customers without an order" if gone else "every customer has an order"
