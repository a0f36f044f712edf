"""Cohorts: of the customers whose first order fell in a month, who came back so many months later."""

from typing import Final

import numpy as np

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.exact import Integers, grouped_sums
from work_data_hub.domain.retail.contracts.customers import COHORT_RETENTION
from work_data_hub.domain.retail.contracts.gold import ORDER_FACT
from work_data_hub.domain.retail.contracts.shapes import SYSTEMS
from work_data_hub.domain.retail.customers.purchases import (
    PURCHASE_COLUMNS,
    Purchases,
    Rate,
    brand_rows,
    rate_of,
    rate_warnings,
)
from work_data_hub.domain.retail.frames.shaping import (
    Part,
    column,
    day_numbers,
    day_of,
    ratios,
    same,
    stacked,
)
from work_data_hub.domain.retail.rules.methods import BrandBasis, methods_record

COHORT_INPUTS: Final = (InputRef(ORDER_FACT, columns=PURCHASE_COLUMNS),)


def make_cohort_retention(context: BuildContext) -> Outcome:
    """Follow each brand's cohorts to the month of the brand's last order; a month without any of them is a row too."""
    frames = [context.frame(ORDER_FACT.name)]
    is_order = np.asarray(column(frames, "is_order"))
    day = day_numbers(column(frames, "order_date"))
    parts, rates, metrics = [], {}, {}
    bases: dict[str, BrandBasis] = {}
    for system in SYSTEMS:
        mine = brand_rows(frames, system) & is_order
        if mine.any():
            rates[system] = rate_of(frames, mine)
            first, last = int(day[mine].min()), int(day[mine].max())
            bases[system] = BrandBasis(day_of(first), day_of(last), rates[system].units_per_eur)
            part = _followed(system, Purchases.of(frames, mine), rates[system], last)
            metrics[f"cohorts.{system}"] = len(np.unique(part["cohort_month"]))
            parts.append(part)
    frame = stacked(COHORT_RETENTION, parts)
    return Outcome(
        frame,
        Counts(read=len(frames[0]), published=len(frame)),
        warnings=rate_warnings(rates),
        facts={
            "metrics": metrics,
            "methods": methods_record(context.config, bases),
        },
    )


def _followed(system: str, orders: Purchases, rate: Rate, last_day: int) -> Part:
    born, month = _months(orders.first_day), _months(orders.day)
    cohorts, code, sizes = np.unique(born, return_inverse=True, return_counts=True)
    lengths = _months(np.array([last_day])) - cohorts + 1
    offsets = np.cumsum(lengths) - lengths
    rows = int(lengths.sum())
    cell = (offsets[code] - born)[orders.customer] + month
    active = _different(orders.customer, cell, rows)
    members = np.repeat(sizes, lengths)
    return {
        "source_system": same(system, rows, TEXT),
        "cohort_month": _first_days(np.repeat(cohorts, lengths)),
        "months_since": np.arange(rows) - np.repeat(offsets, lengths),
        "cohort_customers": members,
        "active_customers": active,
        "retention": ratios(active, members),
        "gmv_eur": rate.cents(grouped_sums(cell, rows, orders.gmv)),
    }


def _different(customer: Integers, cell: Integers, cells: int) -> Integers:
    """Count the different customers of each cell."""
    pairs = np.unique(customer * cells + cell)
    return np.bincount(pairs % cells, minlength=cells) if cells else pairs


def _months(day: Integers) -> Integers:
    """Give the months of days, as numbers of months since 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_days(month: Integers) -> Integers:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
