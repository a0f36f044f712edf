"""Orders from lines: every invoice or sale with its amounts by kind of line and its customer as of its day."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, decimals
from work_data_hub.domain.retail.contracts.gold import CUSTOMER_DIM, ORDER_FACT, UNKNOWN
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.frames.grouping import Codes, Groups
from work_data_hub.domain.retail.frames.outcomes import Values, aggregated, no_rows, rows_of
from work_data_hub.domain.retail.frames.shaping import day_number, integers
from work_data_hub.domain.retail.gold.histories import CUSTOMER_COLUMNS, CustomerHistory
from work_data_hub.domain.retail.gold.line_facts import (
    LINE_COLUMNS,
    LineFacts,
    column_total,
    is_fee,
    is_return,
    is_sale,
)
from work_data_hub.domain.retail.rules.methods import methods_record
from work_data_hub.domain.retail.rules.money import euros

ORDER_FACT_INPUTS: Final = (
    InputRef(
        SALES_LINE,
        columns=(
            *LINE_COLUMNS,
            "line_number",
            "sku",
            "customer_id",
            "region",
            "country_code",
            "channel",
            "currency",
        ),
    ),
    InputRef(CUSTOMER_DIM, columns=CUSTOMER_COLUMNS),
)


def make_order_fact(context: BuildContext) -> Outcome:
    """Make a row of every invoice or sale of the month; sums of amounts tie with those of the lines."""
    lines = context.frame(SALES_LINE.name)
    if lines.empty:
        return no_rows(ORDER_FACT, {"methods": methods_record(context.config, {})})
    orders = _Orders(lines, LineFacts.of(lines))
    columns = orders.columns(CustomerHistory.of(context.frame(CUSTOMER_DIM.name)))
    period = np.full(len(orders.groups), day_number(context.period.start))
    rows = rows_of(ORDER_FACT, {"period": period, **columns})
    facts = {
        "metrics": orders.metrics(rows),
        "methods": orders.facts.methods(context.config),
    }
    return aggregated(ORDER_FACT, rows, read=len(lines), sums=_sums(lines), facts=facts)


@dataclass(frozen=True)
class _Orders:
    lines: pd.DataFrame
    facts: LineFacts

    @cached_property
    def groups(self) -> Groups:
        return Groups.of(*self.facts.order)

    @cached_property
    def first(self) -> Integers:
        """The line that says an order's day, customer and country."""
        return self.groups.first(integers(arrow(self.lines, "line_number")))

    def of_first(self, column: str) -> pa.Array:
        return arrow(self.lines, column).take(pa.array(self.first))

    def columns(self, customers: CustomerHistory) -> dict[str, Values]:
        system, customer, days = (
            self.of_first("source_system"),
            self.of_first("customer_id"),
            self.facts.days[self.first],
        )
        buyers = pc.binary_join_element_wise(system, customer, "|")
        taken = ("order_id", "region", "country_code", "channel", "currency", "fx_rate")
        return {
            "source_system": system,
            "customer_id": customer,
            "customer_sk": customers.at(buyers, days),
            "order_date": days,
            **{name: self.of_first(name) for name in taken},
            **self._counts(),
            **self._amounts(),
        }

    def _counts(self) -> dict[str, Values]:
        facts, groups, sku = self.facts, self.groups, Codes.of(arrow(self.lines, "sku"))
        sale, returned = facts.kinds.sale, facts.kinds.returned
        return {
            "is_order": groups.counts(sale) > 0,
            "lines": groups.counts(),
            "products": groups.distinct(sku.rows, sku.size, sale),
            "units": groups.sums(facts.quantity, sale),
            "return_units": -groups.sums(facts.quantity, returned),
        }

    def _amounts(self) -> dict[str, Values]:
        facts, groups, kinds = self.facts, self.groups, self.facts.kinds
        paid = groups.sums(facts.paid, kinds.sale)
        cost = groups.sums(facts.cost, kinds.sale)
        rates = facts.rates[facts.systems.rows[self.first]]
        return {
            "gmv_list_local": groups.sums(facts.listed, kinds.sale),
            "gmv_paid_local": paid,
            "returns_local": -groups.sums(facts.paid, kinds.returned),
            "fees_local": groups.sums(facts.paid, kinds.fee),
            "adjustments_local": groups.sums(facts.paid, kinds.adjustment),
            "cost_local": decimals(cost, ORDER_FACT.column("cost_local").dtype, ~facts.margin(groups).actual),
            "gmv_paid_eur": euros(paid, rates),
        }

    def metrics(self, rows: pd.DataFrame) -> Mapping[str, int]:
        orders, missing = arrow(rows, "is_order"), pc.is_null(arrow(rows, "customer_id"))
        unknown = pc.and_(pc.equal(arrow(rows, "customer_sk"), UNKNOWN), pc.invert(missing))
        found: int = pc.sum(orders).as_py()
        return {
            "orders": found,
            "without_a_sale": len(rows) - found,
            "customer_missing": pc.sum(missing).as_py(),
            "customer_unknown": pc.sum(unknown).as_py(),
            "several_customers": self._several("customer_id"),
            "several_countries": self._several("country_code"),
            "several_days": int(self.groups.mixed(self.facts.days, self.first).sum()),
        }

    def _several(self, column: str) -> int:
        codes = Codes.of(arrow(self.lines, column)).rows
        return int(self.groups.mixed(codes, self.first).sum())


def _sums(lines: pd.DataFrame) -> dict[str, Decimal]:
    sale, returned, fee = is_sale(lines), is_return(lines), is_fee(lines)
    other = pc.invert(pc.or_(sale, pc.or_(returned, fee)))
    return {
        "gmv_list_local": column_total(lines, "list_amount_local", sale),
        "gmv_paid_local": column_total(lines, "amount_local", sale),
        "returns_local": -column_total(lines, "amount_local", returned),
        "fees_local": column_total(lines, "amount_local", fee),
        "adjustments_local": column_total(lines, "amount_local", other),
    }
