"""The record that every mart carries: its days, its currency and rate, how margins and churn are judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.config import EURO, RetailConfig
from work_data_hub.domain.retail.frames.grouping import Codes, Flags
from work_data_hub.domain.retail.frames.shaping import day_of
from work_data_hub.domain.retail.rules.money import ACTUAL, ESTIMATED, RATE_DIGITS

NO_MARGIN: Final = "not shown"
NO_CHURN: Final = "not shown"
_COST: Final = "GMV paid minus cost"


@dataclass(frozen=True, slots=True)
class BrandBasis:
    """What stands behind a brand's figures: first and last day of orders, rate, as-of day, margin in words."""

    first_day: date
    last_day: date
    fx_rate: Decimal
    as_of: date | None = None
    margin: str = NO_MARGIN


def methods_record(
    config: RetailConfig, brands: Mapping[str, BrandBasis], *, churn: bool = False
) -> dict[str, object]:
    """Give the methods of a mart as plain values; `churn` says that it judges customers."""
    valuation = config.mappings.valuation
    return {
        "first_day": min((b.first_day.isoformat() for b in brands.values()), default=None),
        "last_day": max((b.last_day.isoformat() for b in brands.values()), default=None),
        "as_of": {name: b.as_of.isoformat() for name, b in brands.items() if b.as_of},
        "currency": EURO,
        "fx_valuation_date": valuation.valuation_date.isoformat(),
        "fx_rate": {name: rate_text(b.fx_rate) for name, b in brands.items()},
        "fx_source": valuation.source,
        "margin_method": {name: b.margin for name, b in brands.items()},
        "churn_rule": churn_rule(config) if churn else NO_CHURN,
    }


def rate_text(rate: Decimal) -> str:
    """Write a rate without zeros that say nothing."""
    return f"{rate.normalize():f}"


def churn_rule(config: RetailConfig) -> str:
    """Say when a customer counts as churned."""
    days = config.mappings.customers.churned_after_days
    return f"no order for more than {days} days at the brand's own as-of day"


def brand_bases(
    systems: Codes, days: Integers, rates: Integers, margins: Mapping[str, str] | None = None
) -> dict[str, BrandBasis]:
    """Say what stands behind each brand's figures, from the days of rows; `rates` holds one per brand."""
    said = margins or {}
    return {
        system: BrandBasis(
            day_of(days[rows].min()),
            day_of(days[rows].max()),
            Decimal(int(rates[at])).scaleb(-RATE_DIGITS),
            margin=said.get(system, NO_MARGIN),
        )
        for at, system in enumerate(systems.texts.to_pylist())
        if (rows := systems.rows == at).any()
    }


def brand_margins(
    config: RetailConfig, systems: Codes, on_cost: Flags, without: Flags, *, by_category: bool = False
) -> dict[str, str]:
    """Say how each brand's margins come about: which rows have a cost, and which sales have none."""
    known, unknown = (
        np.bincount(systems.rows[flags], minlength=systems.size) for flags in (on_cost, without)
    )
    return {
        system: margin_words(config, system, _methods(known[at], unknown[at]), by_category=by_category)
        for at, system in enumerate(systems.texts.to_pylist())
    }


def _methods(known: int, unknown: int) -> set[str]:
    return ({ACTUAL} if known else set()) | ({ESTIMATED} if unknown else set())


def margin_words(
    config: RetailConfig, system: str, methods: Iterable[str], *, by_category: bool = False
) -> str:
    """Say how a brand's margins come about, from the methods that its rows name."""
    found = set(methods)
    share = _share_words(config, system, by_category=by_category)
    if found == {ACTUAL}:
        return f"{ACTUAL}: {_COST}"
    if ACTUAL in found:
        return f"{ACTUAL}: {_COST}; {ESTIMATED} where a sale's cost is unknown: {share}"
    return f"{ESTIMATED}: {share}"


def _share_words(config: RetailConfig, system: str, *, by_category: bool) -> str:
    rules = config.mappings
    flat = f"{_percent(rules.brands[system].estimated_margin)} of GMV paid"
    own = rules.categories.estimated_margins
    if not by_category or not own:
        return flat
    return f"{flat}; by category " + ", ".join(f"{name} {_percent(share)}" for name, share in own.items())


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
