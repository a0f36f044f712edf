"""Categories by month and brand: what their products sold, to how many orders, and their share."""

from typing import Final

import numpy as np
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, grouped_sums
from work_data_hub.domain.retail.config import UNMAPPED, RetailConfig
from work_data_hub.domain.retail.contracts.gold import CATEGORY_PERF, PRODUCT_DIM
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.frames.grouping import Codes, Groups, combined
from work_data_hub.domain.retail.frames.outcomes import Values, aggregated, no_rows, rows_of
from work_data_hub.domain.retail.frames.shaping import day_number
from work_data_hub.domain.retail.gold.histories import PRODUCT_COLUMNS, Products
from work_data_hub.domain.retail.gold.line_facts import LINE_COLUMNS, LineFacts, column_total, is_sale
from work_data_hub.domain.retail.rules.methods import methods_record
from work_data_hub.domain.retail.rules.money import category_shares, euros

CATEGORY_PERF_INPUTS: Final = (
    InputRef(SALES_LINE, columns=(*LINE_COLUMNS, "sku")),
    InputRef(PRODUCT_DIM, columns=PRODUCT_COLUMNS),
)


def make_category_perf(context: BuildContext) -> Outcome:
    """Make a row of every brand and category with a sale in the month; units tie with those of the lines."""
    lines = context.frame(SALES_LINE.name)
    if lines.empty:
        return no_rows(CATEGORY_PERF, {"methods": methods_record(context.config, {})})
    every, products = LineFacts.of(lines), Products.of(context.frame(PRODUCT_DIM.name))
    product = products.of_lines(every.systems, Codes.of(arrow(lines, "sku")))
    facts = every.where(every.kinds.sale)
    categories = Codes(products.categories, products.category[product[every.kinds.sale]])
    columns = _columns(facts, categories, context.config)
    period = np.full(len(columns["units"]), day_number(context.period.start))
    rows = rows_of(CATEGORY_PERF, {"period": period, **columns})
    told = {
        "metrics": _unmapped(facts, categories),
        "methods": every.methods(context.config, margins=True, by_category=True),
    }
    sums = {"units": column_total(lines, "quantity", is_sale(lines))}
    return aggregated(CATEGORY_PERF, rows, read=len(lines), sums=sums, facts=told)


def _columns(facts: LineFacts, categories: Codes, config: RetailConfig) -> dict[str, Values]:
    systems = facts.systems
    groups = Groups.of(*combined((systems.rows, systems.size), (categories.rows, categories.size)))
    system, category = np.divmod(groups.keys, categories.size)
    paid, rates, margin = groups.sums(facts.paid), facts.rates[system], facts.margin(groups)
    shares = category_shares(config, systems.texts, categories.texts)[system, category]
    return {
        "source_system": systems.of_rows(system),
        "category": categories.of_rows(category),
        "gmv_eur": euros(paid, rates),
        "units": groups.sums(facts.quantity),
        "orders": groups.distinct(facts.orders.rows, facts.orders.size, facts.kinds.sale),
        "gmv_share": _shares(paid, grouped_sums(system, systems.size, paid)[system]),
        "margin_eur": margin.cents(shares, rates),
        "margin_method": margin.methods,
    }


def _shares(paid: Integers, whole: Integers) -> Values:
    """Give parts of a whole; a brand that gave everything away has shares of zero."""
    return np.asarray(paid / np.where(whole == 0, 1, whole), np.float64)


def _unmapped(facts: LineFacts, categories: Codes) -> dict[str, int]:
    """Count each brand's sale lines whose product has no category."""
    unmapped = np.asarray(pc.equal(categories.texts, UNMAPPED))[categories.rows]
    counts = np.bincount(facts.systems.rows[unmapped], minlength=facts.systems.size)
    names = facts.systems.texts.to_pylist()
    return {f"unmapped_lines.{name}": int(count) for name, count in zip(names, counts, strict=True)}
