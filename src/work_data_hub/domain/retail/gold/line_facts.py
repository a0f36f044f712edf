"""The sales lines of a month as arrays: what each line counts as, and its amounts as whole numbers."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow, total
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.frames.grouping import Codes, Flags, Groups
from work_data_hub.domain.retail.frames.shaping import day_numbers, integers
from work_data_hub.domain.retail.rules.methods import brand_bases, brand_margins, methods_record
from work_data_hub.domain.retail.rules.money import Margin, brand_rates

KIND_COLUMNS: Final = ("source_system", "line_type", "item_kind")
AMOUNT_COLUMNS: Final = ("quantity", "amount_local", "list_amount_local", "cost_local", "fx_rate")
LINE_COLUMNS: Final = (*KIND_COLUMNS, "order_id", "order_date", *AMOUNT_COLUMNS)
_WHOLE: Final = pa.decimal128(38, 0)


@dataclass(frozen=True, slots=True)
class Kinds:
    """What lines count as; each line is of one kind."""

    sale: Flags
    returned: Flags
    fee: Flags

    @classmethod
    def of(cls, lines: pd.DataFrame) -> Self:
        """Read them from line type and item kind: refunded fees are fees, other refunds adjustments."""
        line, item = Codes.of(arrow(lines, "line_type")), Codes.of(arrow(lines, "item_kind"))
        cancelled, product = _is(line, "cancellation"), _is(item, "product")
        fee = _is(item, "fee") & (_is(line, "fee") | cancelled)
        return cls(_is(line, "sale"), cancelled & product, fee)

    @property
    def adjustment(self) -> Flags:
        """Lines that are none of the others: write-offs, corrections, their refunds."""
        return ~(self.sale | self.returned | self.fee)


def _is(codes: Codes, text: str) -> Flags:
    flags = np.asarray(pc.equal(codes.texts, text))
    return flags[codes.rows] if codes.size else np.zeros(0, bool)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Lines as arrays; amounts are in ten-thousandths of the brand's currency, cost is zero where unknown."""

    systems: Codes
    orders: Codes
    days: Integers
    kinds: Kinds
    quantity: Integers
    paid: Integers
    listed: Integers
    cost: Integers
    costed: Flags
    rates: Integers

    @classmethod
    def of(cls, lines: pd.DataFrame) -> Self:
        """Take the columns of LINE_COLUMNS from a frame with at least one row."""
        systems, cost = Codes.of(arrow(lines, "source_system")), arrow(lines, "cost_local")
        return cls(
            systems,
            Codes.of(arrow(lines, "order_id")),
            day_numbers(arrow(lines, "order_date")),
            Kinds.of(lines),
            integers(arrow(lines, "quantity")),
            scaled(lines["amount_local"]),
            scaled(lines["list_amount_local"]),
            scaled(cost),
            np.asarray(pc.is_valid(cost)),
            brand_rates(systems, scaled(lines["fx_rate"])),
        )

    @property
    def order(self) -> tuple[Integers, int]:
        """Each line's order as a key, with the size of all keys."""
        return self.systems.rows * self.orders.size + self.orders.rows, self.systems.size * self.orders.size

    def where(self, keep: Flags) -> "LineFacts":
        """Give some of the lines."""
        return replace(
            self,
            systems=replace(self.systems, rows=self.systems.rows[keep]),
            orders=replace(self.orders, rows=self.orders.rows[keep]),
            days=self.days[keep],
            kinds=Kinds(self.kinds.sale[keep], self.kinds.returned[keep], self.kinds.fee[keep]),
            quantity=self.quantity[keep],
            paid=self.paid[keep],
            listed=self.listed[keep],
            cost=self.cost[keep],
            costed=self.costed[keep],
        )

    def methods(
        self, config: RetailConfig, *, margins: bool = False, by_category: bool = False
    ) -> dict[str, object]:
        """Give the methods record of a mart made from these lines."""
        said = brand_margins(config, self.systems, *self._costs, by_category=by_category) if margins else None
        return methods_record(config, brand_bases(self.systems, self.days, self.rates, said))

    @property
    def _costs(self) -> tuple[Flags, Flags]:
        return self.kinds.sale & self.costed, self.kinds.sale & ~self.costed

    def margin(self, groups: Groups) -> Margin:
        """Part each group's sales into those with a known cost and those without."""
        known, unknown = self._costs
        actual = (groups.counts(known) > 0) & (groups.counts(unknown) == 0)
        return Margin(groups.sums(self.paid - self.cost, known), groups.sums(self.paid, unknown), actual)


def column_total(lines: pd.DataFrame, column: str, where: pa.Array) -> Decimal:
    """Add up a column of some lines by Arrow's own sums: the witness of what is added up otherwise."""
    values = arrow(lines, column).filter(where)
    return total(values if pa.types.is_decimal(values.type) else pc.cast(values, _WHOLE))


def is_sale(lines: pd.DataFrame) -> pa.Array:
    """Mark sale lines, by Arrow alone."""
    return pc.equal(arrow(lines, "line_type"), "sale")


def is_return(lines: pd.DataFrame) -> pa.Array:
    """Mark cancellations of products, by Arrow alone."""
    cancelled = pc.equal(arrow(lines, "line_type"), "cancellation")
    return pc.and_(cancelled, pc.equal(arrow(lines, "item_kind"), "product"))


def is_fee(lines: pd.DataFrame) -> pa.Array:
    """Mark fees and their refunds, by Arrow alone."""
    kinds = pc.or_(
        pc.equal(arrow(lines, "line_type"), "fee"), pc.equal(arrow(lines, "line_type"), "cancellation")
    )
    return pc.and_(kinds, pc.equal(arrow(lines, "item_kind"), "fee"))
