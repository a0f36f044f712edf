"""The methods of every mart as a table: the banner that stands above its figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.retail.config import EURO, RetailConfig
from work_data_hub.domain.retail.contracts.customers import (
    CLUSTER_PROFILE,
    COHORT_RETENTION,
    CUSTOMER_360,
    CUSTOMER_CLUSTER,
)
from work_data_hub.domain.retail.contracts.gold import (
    CATEGORY_PERF,
    KPI_RAW_VS_SILVER,
    MART_METHODS,
    ORDER_FACT,
    ORDERS_DAILY,
    SALES_DAILY,
)
from work_data_hub.domain.retail.contracts.silver import FX_RATES
from work_data_hub.domain.retail.frames.outcomes import rows_of
from work_data_hub.domain.retail.rules.methods import NO_CHURN, NO_MARGIN, churn_rule, margin_words
from work_data_hub.domain.retail.rules.money import ACTUAL

MART_METHODS_INPUTS: Final = (
    InputRef(FX_RATES),
    InputRef(ORDERS_DAILY, columns=("order_date", "source_system", "orders", "margin_method")),
)


@dataclass(frozen=True, slots=True)
class _Mart:
    """What a mart shows: margins (by category or flat), churn, and what its reader must know."""

    name: str
    margin: bool = False
    by_category: bool = False
    churn: bool = False
    note: str = ""


_MARTS: Final = (
    _Mart(ORDER_FACT.name, note="Amounts are in local currency, GMV paid also in euro."),
    _Mart(
        SALES_DAILY.name, margin=True, by_category=True, note="Orders must not be added up across products."
    ),
    _Mart(ORDERS_DAILY.name, margin=True, note="Customers must not be added up across days or regions."),
    _Mart(
        CATEGORY_PERF.name,
        margin=True,
        by_category=True,
        note="Orders must not be added up across categories.",
    ),
    _Mart(KPI_RAW_VS_SILVER.name, margin=True, note="Raw figures are in local currency as they stand."),
    _Mart(CUSTOMER_360.name, churn=True, note="Recency and churn refer to the brand's own as-of day."),
    _Mart(CUSTOMER_CLUSTER.name, churn=True, note="Features are of the brand's own as-of day."),
    _Mart(CLUSTER_PROFILE.name, churn=True, note="Features are of the brand's own as-of day."),
    _Mart(COHORT_RETENTION.name, note="Months are counted up to the brand's last month of data."),
)


@dataclass(frozen=True, slots=True)
class _Brand:
    """A brand's days with an order, and how its margins came about."""

    system: str
    first_day: date
    last_day: date
    methods: frozenset[str]


def make_mart_methods(context: BuildContext) -> Outcome:
    """Make a row of every mart and brand that has orders."""
    daily, config = context.frame(ORDERS_DAILY.name), context.config
    brands = [brand for system in config.mappings.brands if (brand := _brand(daily, system))]
    rates = {str(row["currency"]): row for row in _records(context.frame(FX_RATES.name))}
    rows = [_row(mart, brand, brands, rates, config) for mart in _MARTS for brand in brands]
    names = MART_METHODS.column_names
    columns = {n: pa.array([row.get(n) for row in rows], MART_METHODS.column(n).dtype) for n in names}
    frame = rows_of(MART_METHODS, columns)
    return Outcome(frame, Counts(len(daily), len(frame)), facts={"metrics": {"brands": len(brands)}})


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def _brand(daily: pd.DataFrame, system: str) -> _Brand | None:
    own = pc.and_(pc.equal(arrow(daily, "source_system"), system), pc.greater(arrow(daily, "orders"), 0))
    days = arrow(daily, "order_date").filter(own)
    if not len(days):
        return None
    methods = arrow(daily, "margin_method").filter(own).unique()
    return _Brand(system, pc.min(days).as_py(), pc.max(days).as_py(), frozenset(methods.to_pylist()))


def _row(
    mart: _Mart,
    brand: _Brand,
    brands: list[_Brand],
    rates: Mapping[str, Mapping[str, object]],
    config: RetailConfig,
) -> dict[str, object]:
    rate = rates[config.mappings.brands[brand.system].currency]
    margin = margin_words(config, brand.system, brand.methods, by_category=mart.by_category)
    return {
        "mart": mart.name,
        "source_system": brand.system,
        "first_day": brand.first_day,
        "last_day": brand.last_day,
        "as_of_date": brand.last_day,
        "currency": EURO,
        "fx_valuation_date": rate["valuation_date"],
        "fx_rate": rate["units_per_eur"],
        "fx_source": rate["source"],
        "margin_method": margin if mart.margin else NO_MARGIN,
        "churn_rule": churn_rule(config) if mart.churn else NO_CHURN,
        "notes": " ".join(_notes(mart, brand, brands, rate)),
    }


def _notes(mart: _Mart, brand: _Brand, brands: list[_Brand], rate: Mapping[str, object]) -> Iterator[str]:
    if mart.margin and brand.methods != {ACTUAL}:
        yield "Estimated margin."
    if not any(_overlap(brand, other) for other in brands if other != brand) and len(brands) > 1:
        yield "The brands do not overlap in time."
    if rate["rate_date"] != rate["valuation_date"]:
        yield f"The rate is of {rate['rate_date']}, the business day before."
    if mart.note:
        yield mart.note


def _overlap(one: _Brand, other: _Brand) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day
