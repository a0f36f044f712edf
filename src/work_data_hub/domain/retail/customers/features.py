"""How customers buy, as numbers that can be compared: logarithms, brought to mean 0 and deviation 1."""

from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.retail.ports import Floats

FEATURES: Final = (
    *("monetary_eur", "frequency", "recency_days", "basket_diversity", "inter_purchase_days", "return_share"),
)
# a customer of one order day has no days between orders; the gap is a feature of its own
ONE_DAY: Final = "one_order_day"
NAMES: Final = (*FEATURES, ONE_DAY)


def features_of(rows: pd.DataFrame) -> Floats:
    """Give one line per customer and one column per name.

    Each number x ≥ 0 becomes log(1 + x). Where there is none (days between orders after one order day, basket
    diversity without an order in the window) the median of the others stands, and 0 where there are no others;
    whether days between orders are missing is a column too. A column that never varies is 0.
    """
    given = np.column_stack([_numbers(rows, name) for name in FEATURES])
    one_day = np.isnan(given[:, FEATURES.index("inter_purchase_days")])
    logs = np.log1p(np.maximum(given, 0.0))
    filled = np.where(np.isnan(logs), _medians(logs), logs)
    return standardised(np.column_stack([filled, one_day.astype(np.float64)]))


def standardised(values: Floats) -> Floats:
    """Bring each column to mean 0 and deviation 1."""
    if not len(values):
        return values
    spread = values.std(axis=0)
    # the mean of equal floats may be off by a last digit
    still = np.ptp(values, axis=0) == 0
    scaled: Floats = (values - values.mean(axis=0)) / np.where(still, 1.0, spread)
    return np.where(still, 0.0, scaled)


def _numbers(rows: pd.DataFrame, name: str) -> Floats:
    # decimals of cents fit a float exactly enough for a likeness of customers; no money is published from here
    return np.asarray(arrow(rows, name).cast("float64").to_numpy(zero_copy_only=False), np.float64)


def _medians(values: Floats) -> Floats:
    known = [column[~np.isnan(column)] for column in values.T]
    return np.array([np.median(column) if len(column) else 0.0 for column in known])
