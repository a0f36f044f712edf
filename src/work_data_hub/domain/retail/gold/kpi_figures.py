"""The figures behind the KPIs of a month: what the raw lines would give, and what the orders give."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Self

import numpy as np

from work_data_hub.domain.pipelines.exact import Integers, cents_at
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.frames.grouping import Groups
from work_data_hub.domain.retail.gold.order_rows import OrderRows
from work_data_hub.domain.retail.gold.raw_lines import RawLines
from work_data_hub.domain.retail.rules.money import LOCAL_DIGITS, RATE_DIGITS, flat_shares

_FINE: Final = Decimal("0.000001")
ZERO: Final = Decimal(0)


def local(amount: int) -> Decimal:
    """Give ten-thousandths of a currency as an amount."""
    return Decimal(amount).scaleb(-LOCAL_DIGITS)


def quotient(over: Decimal, under: int | Decimal) -> Decimal | None:
    """Divide to six digits, half up; None where there is nothing to divide by."""
    return (over / under).quantize(_FINE, ROUND_HALF_UP) if under else None


@dataclass(frozen=True, slots=True)
class RawFigures:
    """KPIs as somebody would read them off the raw lines, in local currency."""

    lines: int
    orders: int
    customers: int
    units: int
    positive_units: int
    gmv: Decimal
    returns: Decimal
    listed: Decimal | None
    delivered: Decimal | None

    @classmethod
    def of(cls, raw: RawLines) -> Self:
        """Count and add up all raw lines as they stand."""
        negative = raw.quantity < 0
        return cls(
            len(raw),
            raw.orders.size,
            raw.customers.size,
            int(raw.quantity.sum()),
            int(raw.quantity[~negative].sum()),
            local(int(raw.amount.sum())),
            -local(int(raw.amount[negative].sum())),
            None if raw.listed is None else local(int(raw.listed.sum())),
            None if raw.delivered is None else local(int(raw.delivered.sum())),
        )

    @property
    def aov(self) -> Decimal | None:
        """All amounts by all invoice numbers."""
        return quotient(self.gmv, self.orders)

    @property
    def return_units(self) -> int:
        """All negative quantities, positive."""
        return self.positive_units - self.units

    @property
    def return_rate(self) -> Decimal | None:
        """All negative quantities by all positive ones."""
        return quotient(Decimal(self.return_units), self.positive_units)


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """Sums over a brand's orders of a month, in ten-thousandths of its currency."""

    invoices: int
    orders: int
    customers: int
    units: int
    return_units: int
    listed: int
    paid: int
    returns: int
    fees: int
    margin_cents: int
    rate: int

    def euros(self, amount: int, count: int = 1) -> Decimal | None:
        """Divide an amount by the rate and a count, to the cent, rounded once; None without a count."""
        if not count:
            return None
        cents = cents_at(np.array([amount], np.int64), LOCAL_DIGITS, self.rate * count, RATE_DIGITS)
        return Decimal(int(cents[0])).scaleb(-2)

    @property
    def margin(self) -> Decimal:
        """The margin in euro."""
        return Decimal(self.margin_cents).scaleb(-2)

    @property
    def return_rate(self) -> Decimal | None:
        """Returned units by units sold."""
        return quotient(Decimal(self.return_units), self.units)


NO_ORDERS: Final = OrderFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10**RATE_DIGITS)


def order_figures(rows: OrderRows, config: RetailConfig) -> dict[str, OrderFigures]:
    """Add up the orders of each brand."""
    brands = Groups.of(rows.systems.rows, rows.systems.size)
    buyers = rows.is_order & (rows.customers.rows >= 0)
    margins = rows.margin(brands).cents(flat_shares(config, rows.systems.texts), rows.rates)
    columns: tuple[Integers, ...] = (
        brands.counts(),
        brands.counts(rows.is_order),
        brands.distinct(rows.customers.rows, rows.customers.size, buyers),
        *(brands.sums(numbers) for numbers in (rows.units, rows.return_units, rows.listed)),
        *(brands.sums(numbers) for numbers in (rows.paid, rows.returns, rows.fees)),
        margins,
        rows.rates,
    )
    names = rows.systems.texts.to_pylist()
    return {name: OrderFigures(*(int(column[at]) for column in columns)) for at, name in enumerate(names)}
