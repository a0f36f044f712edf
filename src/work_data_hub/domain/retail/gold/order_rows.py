"""The rows of order_fact as arrays, with the margin of whole orders."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.frames.grouping import Codes, Flags, Groups
from work_data_hub.domain.retail.frames.shaping import day_numbers, integers
from work_data_hub.domain.retail.rules.methods import brand_bases, brand_margins, methods_record
from work_data_hub.domain.retail.rules.money import Margin, brand_rates

ORDER_COLUMNS: Final = (
    *("source_system", "region", "customer_id", "order_date", "is_order", "units", "return_units", "fx_rate"),
    *("gmv_list_local", "gmv_paid_local", "returns_local", "fees_local", "cost_local"),
)


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Invoices and sales as arrays; amounts are in ten-thousandths of the brand's currency."""

    systems: Codes
    regions: Codes
    customers: Codes
    days: Integers
    is_order: Flags
    units: Integers
    return_units: Integers
    listed: Integers
    paid: Integers
    returns: Integers
    fees: Integers
    cost: Integers
    costed: Flags
    rates: Integers

    @classmethod
    def of(cls, orders: pd.DataFrame) -> Self:
        """Take the columns of ORDER_COLUMNS from a frame with at least one row."""
        systems, cost = Codes.of(arrow(orders, "source_system")), arrow(orders, "cost_local")
        return cls(
            systems,
            Codes.of(arrow(orders, "region")),
            Codes.of(arrow(orders, "customer_id")),
            day_numbers(arrow(orders, "order_date")),
            np.asarray(arrow(orders, "is_order")),
            integers(arrow(orders, "units")),
            integers(arrow(orders, "return_units")),
            scaled(orders["gmv_list_local"]),
            scaled(orders["gmv_paid_local"]),
            scaled(orders["returns_local"]),
            scaled(orders["fees_local"]),
            scaled(cost),
            np.asarray(pc.is_valid(cost)),
            brand_rates(systems, scaled(orders["fx_rate"])),
        )

    def margin(self, groups: Groups) -> Margin:
        """Part each group's orders into those whose cost is known and those whose is not."""
        known, unknown = self._costs
        actual = (groups.counts(known) > 0) & (groups.counts(unknown) == 0)
        return Margin(groups.sums(self.paid - self.cost, known), groups.sums(self.paid, unknown), actual)

    def margins(self, config: RetailConfig) -> dict[str, str]:
        """Say how each brand's margins come about."""
        return brand_margins(config, self.systems, *self._costs)

    def methods(self, config: RetailConfig) -> dict[str, object]:
        """Give the methods record of a mart made from these orders."""
        bases = brand_bases(self.systems, self.days, self.rates, self.margins(config))
        return methods_record(config, bases)

    @property
    def _costs(self) -> tuple[Flags, Flags]:
        return self.is_order & self.costed, self.is_order & ~self.costed
