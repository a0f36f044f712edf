"""Customers as of a day: how lately, how often and for how much they bought, and what that makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.exact import decimals
from work_data_hub.domain.retail.config import CustomerRules, RetailConfig
from work_data_hub.domain.retail.contracts.customers import CUSTOMER_360
from work_data_hub.domain.retail.contracts.gold import ORDER_FACT
from work_data_hub.domain.retail.contracts.shapes import EUROS, SYSTEMS
from work_data_hub.domain.retail.contracts.silver import CUSTOMER_XWALK
from work_data_hub.domain.retail.customers.brand_matches import XWALK_COLUMNS, Matches, Unified
from work_data_hub.domain.retail.customers.purchases import (
    PURCHASE_COLUMNS,
    Purchases,
    Rate,
    brand_rows,
    rate_of,
    rate_warnings,
)
from work_data_hub.domain.retail.customers.rfm import (
    SEGMENT_NAMES,
    frequency_scores,
    recency_scores,
    segments,
    stages,
    value_scores,
)
from work_data_hub.domain.retail.frames.shaping import (
    Numbers,
    Part,
    column,
    day_number,
    day_numbers,
    day_of,
    ratios,
    same,
    stacked,
)
from work_data_hub.domain.retail.rules.methods import BrandBasis, methods_record

CUSTOMER_360_INPUTS: Final = (
    InputRef(ORDER_FACT, columns=PURCHASE_COLUMNS),
    InputRef(ORDER_FACT, history=True, columns=PURCHASE_COLUMNS),
    InputRef(CUSTOMER_XWALK, columns=XWALK_COLUMNS),
)
_BEFORE: Final = f"{ORDER_FACT.name}@before"


@dataclass(frozen=True, slots=True)
class _Brand:
    """A brand in a month: its as-of day, its rate, and what its known customers did up to that day."""

    system: str
    first_day: int
    as_of: int
    rate: Rate
    purchases: Purchases


def make_customer_360(context: BuildContext) -> Outcome:
    """Judge every known customer as of the brand's last order day of the month; a brand without one has no rows."""
    frames = [context.frames[name] for name in (ORDER_FACT.name, _BEFORE) if name in context.frames]
    brands = list(_brands(frames, context))
    rules: CustomerRules = context.config.mappings.customers
    parts: list[Part] = []
    metrics: dict[str, float] = {}
    for brand in brands:
        matches = Matches(context.frame(CUSTOMER_XWALK.name), brand.as_of)
        others = {
            other: partial(_buyers, frames, other, brand.as_of) for other in SYSTEMS if other != brand.system
        }
        orders = brand.purchases.orders
        unified = matches.unify(brand.system, orders.ids, others)
        part = _judged(brand, orders, rules) | _unified(unified)
        parts.append({**part, "period": np.full(len(orders.ids), day_number(context.period.start))})
        metrics |= _metrics(brand.system, part, unified)
    frame = stacked(CUSTOMER_360, parts)
    return Outcome(
        frame,
        Counts(read=sum(map(len, frames)), published=len(frame)),
        warnings=rate_warnings({brand.system: brand.rate for brand in brands}),
        facts={"metrics": metrics, "methods": _methods(brands, context.config)},
    )


def _brands(frames: Sequence[pd.DataFrame], context: BuildContext) -> list[_Brand]:
    day, is_order = day_numbers(column(frames, "order_date")), np.asarray(column(frames, "is_order"))
    start, end = day_number(context.period.start), day_number(context.period.next().start)
    found = []
    for system in SYSTEMS:
        mine = brand_rows(frames, system)
        in_month = day[mine & is_order & (day >= start) & (day < end)]
        if len(in_month):
            as_of = int(in_month.max())
            known = mine & (day <= as_of)
            first, rate = int(day[known & is_order].min()), rate_of(frames, known)
            found.append(_Brand(system, first, as_of, rate, Purchases.of(frames, known)))
    return found


def _buyers(frames: Sequence[pd.DataFrame], system: str, as_of: int) -> pa.Array:
    """Give a brand's known customers with an order by a day."""
    day, is_order = day_numbers(column(frames, "order_date")), np.asarray(column(frames, "is_order"))
    buyers = column(frames, "customer_id").filter(
        pa.array(brand_rows(frames, system) & is_order & (day <= as_of))
    )
    return buyers.drop_null().unique()


def _judged(brand: _Brand, orders: Purchases, rules: CustomerRules) -> dict[str, pa.Array | Numbers]:
    rows = len(orders.ids)
    dates = {
        "first_order_date": orders.first_day,
        "last_order_date": orders.last_day,
        "as_of_date": np.full(rows, brand.as_of),
    }
    return (
        {"source_system": same(brand.system, rows, TEXT), "customer_id": orders.ids}
        | dates
        | _ever(brand, orders)
        | _in_window(brand, orders, rules)
    )


def _ever(brand: _Brand, orders: Purchases) -> dict[str, pa.Array | Numbers]:
    bought = orders.sum(orders.gmv)
    everything = brand.purchases
    place = np.asarray(pc.index_in(orders.ids, everything.ids))
    returned = everything.sum(everything.returns)[place]
    gaps = orders.distinct_days() - 1
    return {
        "orders": orders.count(),
        "units": orders.sum(orders.units),
        "gmv_eur": brand.rate.cents(bought),
        "inter_purchase_days": ratios(orders.last_day - orders.first_day, gaps),
        "return_share": pc.fill_null(ratios(returned, bought), 0.0),
    }


def _in_window(brand: _Brand, orders: Purchases, rules: CustomerRules) -> dict[str, pa.Array | Numbers]:
    lately = orders.day > brand.as_of - rules.window_days
    frequency, spent = orders.count(lately), orders.sum(orders.gmv, lately)
    value = brand.rate.cents(spent, np.maximum(frequency, 1))
    since_last, since_first = brand.as_of - orders.last_day, brand.as_of - orders.first_day
    scores = (
        recency_scores(since_last, rules),
        frequency_scores(frequency, rules),
        value_scores(value, rules),
    )
    return {
        "recency_days": since_last,
        "frequency": frequency,
        "monetary_eur": brand.rate.cents(spent),
        "average_order_value_eur": decimals(value, EUROS, frequency == 0),
        **dict(zip(("r_score", "f_score", "m_score"), scores, strict=True)),
        "segment": segments(*scores),
        "lifecycle_stage": stages(since_last, since_first, rules),
        "is_churned": since_last > rules.churned_after_days,
        "basket_diversity": ratios(orders.sum(orders.products, lately), frequency),
    }


def _unified(unified: Unified) -> dict[str, pa.Array | Numbers]:
    return {
        "unified_customer_id": unified.ids,
        "brand_count": unified.brands,
        "has_both_brands": unified.brands == len(SYSTEMS),
    }


def _metrics(system: str, part: Part, unified: Unified) -> dict[str, float]:
    rows, churned = len(part["customer_id"]), int(np.sum(part["is_churned"]))
    named = {entry["values"]: entry["counts"] for entry in pc.value_counts(part["segment"]).to_pylist()}
    return {
        f"customers.{system}": rows,
        f"churned_share.{system}": churned / rows if rows else 0.0,
        f"both_brands.{system}": int((unified.brands == len(SYSTEMS)).sum()),
        f"without_crosswalk.{system}": unified.unknown,
        **{f"segment.{system}.{name}": named.get(name, 0) for name in SEGMENT_NAMES},
    }


def _methods(brands: Sequence[_Brand], config: RetailConfig) -> dict[str, object]:
    rules = config.mappings.customers
    bases = {
        brand.system: BrandBasis(
            day_of(brand.first_day), day_of(brand.as_of), brand.rate.units_per_eur, day_of(brand.as_of)
        )
        for brand in brands
    }
    limits = rules.model_dump(mode="json", include={"scores", "at_risk_after_days", "new_within_days"})
    return {
        **methods_record(config, bases, churn=True),
        "window_days": rules.window_days,
        "thresholds": limits,
    }
