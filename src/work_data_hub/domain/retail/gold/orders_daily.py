"""The orders of a day by brand and region: orders, GMV, returns and the average order value, from the order level."""

from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.contracts.gold import ORDER_FACT, ORDERS_DAILY
from work_data_hub.domain.retail.frames.grouping import Cells, Groups
from work_data_hub.domain.retail.frames.outcomes import Values, aggregated, date_keys, no_rows, rows_of
from work_data_hub.domain.retail.frames.shaping import day_number, ratios
from work_data_hub.domain.retail.gold.line_facts import column_total
from work_data_hub.domain.retail.gold.order_rows import ORDER_COLUMNS, OrderRows
from work_data_hub.domain.retail.rules.methods import methods_record
from work_data_hub.domain.retail.rules.money import average_euros, euros, flat_shares

ORDERS_DAILY_INPUTS: Final = (InputRef(ORDER_FACT, columns=ORDER_COLUMNS),)


def make_orders_daily(context: BuildContext) -> Outcome:
    """Make a row of every day, brand and region; orders and units tie with those of the order level."""
    orders = context.frame(ORDER_FACT.name)
    if orders.empty:
        return no_rows(ORDERS_DAILY, {"methods": methods_record(context.config, {})})
    rows = OrderRows.of(orders)
    cells = Cells.of(rows.days, rows.systems, rows.regions.rows, rows.regions.size)
    columns = {
        "period": np.full(len(cells.day), day_number(context.period.start)),
        "order_date": cells.day,
        "date_key": date_keys(cells.day),
        "source_system": rows.systems.of_rows(cells.system),
        "region": rows.regions.of_rows(cells.other),
        **_counts(rows, cells.groups),
        **_amounts(rows, cells, flat_shares(context.config, rows.systems.texts)),
    }
    facts = {
        "metrics": {"orders": int(rows.is_order.sum()), "order_days": len(np.unique(rows.days))},
        "methods": rows.methods(context.config),
    }
    built = rows_of(ORDERS_DAILY, columns)
    return aggregated(ORDERS_DAILY, built, read=len(orders), sums=_sums(orders), facts=facts)


def _counts(rows: OrderRows, groups: Groups) -> dict[str, Values]:
    units, returned = groups.sums(rows.units), groups.sums(rows.return_units)
    buyers = rows.is_order & (rows.customers.rows >= 0)
    return {
        "orders": groups.counts(rows.is_order),
        "customers": groups.distinct(rows.customers.rows, rows.customers.size, buyers),
        "units": units,
        "return_units": returned,
        "return_rate": ratios(returned, units),
    }


def _amounts(rows: OrderRows, cells: Cells, shares: Integers) -> dict[str, Values]:
    groups, rates = cells.groups, rows.rates[cells.system]
    paid, returns, margin = groups.sums(rows.paid), groups.sums(rows.returns), rows.margin(groups)
    return {
        "gmv_list_eur": euros(groups.sums(rows.listed), rates),
        "gmv_paid_eur": euros(paid, rates),
        "returns_eur": euros(returns, rates),
        "net_revenue_eur": euros(paid - returns, rates),
        "fees_eur": euros(groups.sums(rows.fees), rates),
        "aov_eur": average_euros(paid, groups.counts(rows.is_order), rates),
        "margin_eur": margin.cents(shares[cells.system], rates),
        "margin_method": margin.methods,
    }


def _sums(orders: pd.DataFrame) -> dict[str, Decimal]:
    all_rows = pa.repeat(pa.scalar(True), len(orders))
    return {
        "orders": Decimal(pc.sum(arrow(orders, "is_order")).as_py()),
        **{name: column_total(orders, name, all_rows) for name in ("units", "return_units")},
    }
