"""What each product sold and returned on a day; orders of products must not be added up to orders of a day."""

from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.gold import PRODUCT_DIM, SALES_DAILY
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.frames.grouping import NOTHING, Cells, Codes
from work_data_hub.domain.retail.frames.outcomes import Values, aggregated, date_keys, no_rows, rows_of
from work_data_hub.domain.retail.frames.shaping import day_number
from work_data_hub.domain.retail.gold.histories import PRODUCT_COLUMNS, Products
from work_data_hub.domain.retail.gold.line_facts import (
    LINE_COLUMNS,
    LineFacts,
    column_total,
    is_return,
    is_sale,
)
from work_data_hub.domain.retail.rules.methods import methods_record
from work_data_hub.domain.retail.rules.money import category_shares, euros

SALES_DAILY_INPUTS: Final = (
    InputRef(SALES_LINE, columns=(*LINE_COLUMNS, "sku")),
    InputRef(PRODUCT_DIM, columns=PRODUCT_COLUMNS),
)


def make_sales_daily(context: BuildContext) -> Outcome:
    """Make a row of every day, brand and product with a sale or a return; units tie with those of the lines."""
    lines = context.frame(SALES_LINE.name)
    if lines.empty:
        return no_rows(SALES_DAILY, {"methods": methods_record(context.config, {})})
    facts, products = LineFacts.of(lines), Products.of(context.frame(PRODUCT_DIM.name))
    traded = facts.kinds.sale | facts.kinds.returned
    product = products.of_lines(facts.systems, Codes.of(arrow(lines, "sku")))[traded]
    columns = _columns(facts.where(traded), product, products, context.config)
    period = np.full(len(columns["order_date"]), day_number(context.period.start))
    told = {
        "metrics": {"unknown_product_lines": int((product == NOTHING).sum())},
        "methods": facts.methods(context.config, margins=True, by_category=True),
    }
    rows = rows_of(SALES_DAILY, {"period": period, **columns})
    return aggregated(SALES_DAILY, rows, read=len(lines), sums=traded_units(lines), facts=told)


def traded_units(lines: pd.DataFrame) -> dict[str, Decimal]:
    """Give the units sold and returned, added up by Arrow."""
    return {
        "units": column_total(lines, "quantity", is_sale(lines)),
        "return_units": -column_total(lines, "quantity", is_return(lines)),
    }


def _columns(
    facts: LineFacts, product: Integers, products: Products, config: RetailConfig
) -> dict[str, Values]:
    cells = Cells.of(facts.days, facts.systems, product + 1, len(products.keys))
    place = cells.other - 1
    shares = category_shares(config, facts.systems.texts, products.categories)
    return {
        "order_date": cells.day,
        "date_key": date_keys(cells.day),
        "source_system": facts.systems.of_rows(cells.system),
        "product_sk": products.keys[place],
        **_amounts(facts, cells, shares[cells.system, products.category[place]]),
    }


def _amounts(facts: LineFacts, cells: Cells, shares: Integers) -> dict[str, Values]:
    groups, kinds, rates = cells.groups, facts.kinds, facts.rates[cells.system]
    margin = facts.margin(groups)
    return {
        "orders": groups.distinct(facts.orders.rows, facts.orders.size, kinds.sale),
        "units": groups.sums(facts.quantity, kinds.sale),
        "gmv_list_eur": euros(groups.sums(facts.listed, kinds.sale), rates),
        "revenue_eur": euros(groups.sums(facts.paid, kinds.sale), rates),
        "return_units": -groups.sums(facts.quantity, kinds.returned),
        "returns_eur": euros(-groups.sums(facts.paid, kinds.returned), rates),
        "margin_eur": margin.cents(shares, rates),
        "margin_method": margin.methods,
    }
