"""Recency, frequency and value as scores from 1 to 3, the segment of each of their 27 triples, and the stage of life."""

from decimal import ROUND_CEILING, Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.config import CustomerRules

# R and F → the names for M of 1, 2 and 3
_ROWS: Final = {
    (3, 3): ("Loyal", "Champions", "Champions"),
    (3, 2): ("Promising", "Promising", "Big spenders"),
    (3, 1): ("New or returning", "New or returning", "Big spenders"),
    (2, 3): ("Loyal", "Loyal", "Loyal"),
    (2, 2): ("Needs attention", "Needs attention", "Big spenders"),
    (2, 1): ("One order, cooling", "One order, cooling", "Needs attention"),
    (1, 3): ("At risk", "At risk", "At risk"),
    (1, 2): ("Hibernating", "At risk", "At risk"),
    (1, 1): ("Hibernating", "Hibernating", "Lost big spenders"),
}
# by the triple of R, F and M score
SEGMENTS: Final = {(r, f, m): name for (r, f), names in _ROWS.items() for m, name in enumerate(names, 1)}
SEGMENT_NAMES: Final = tuple(dict.fromkeys(SEGMENTS.values()))
STAGES: Final = ("new", "active", "at_risk", "churned")
_BASE: Final = 3
_NAMES: Final = pa.array([SEGMENTS[key] for key in sorted(SEGMENTS)], pa.string())


def recency_scores(days: Integers, rules: CustomerRules) -> Integers:
    """Score days since the last order: fewer is better."""
    best, middle = rules.scores.recency_days
    return 1 + (days <= middle).astype(np.int64) + (days <= best)


def frequency_scores(orders: Integers, rules: CustomerRules) -> Integers:
    """Score the number of orders in the window."""
    best, middle = rules.scores.frequency_orders
    return 1 + (orders >= middle).astype(np.int64) + (orders >= best)


def value_scores(order_value_cents: Integers, rules: CustomerRules) -> Integers:
    """Score the average order value as it is published, to the cent; without an order it is 0."""
    best, middle = (_cents(limit) for limit in rules.scores.order_value_eur)
    return 1 + (order_value_cents >= middle).astype(np.int64) + (order_value_cents >= best)


def _cents(limit: Decimal) -> int:
    return int((limit * 100).to_integral_value(ROUND_CEILING))


def segments(recency: Integers, frequency: Integers, value: Integers) -> pa.Array:
    """Name the segment of each triple of scores."""
    at = ((recency - 1) * _BASE + frequency - 1) * _BASE + value - 1
    return _NAMES.take(pa.array(at))


def stages(since_last: Integers, since_first: Integers, rules: CustomerRules) -> pa.Array:
    """Tell churned, else new, else at risk, else active customers by the days since their last and first order."""
    state = np.select(
        [
            since_last > rules.churned_after_days,
            since_first <= rules.new_within_days,
            since_last > rules.at_risk_after_days,
        ],
        [STAGES.index("churned"), STAGES.index("new"), STAGES.index("at_risk")],
        STAGES.index("active"),
    )
    return pa.array(STAGES, pa.string()).take(pa.array(state))
