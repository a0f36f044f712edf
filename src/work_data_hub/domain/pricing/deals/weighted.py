"""Value-weighted means in whole numbers: exact sums, and one rounding at the end."""

import numpy as np
import numpy.typing as npt

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.policy.rows import Flags

# Python's own integers, which know no overflow
Whole = npt.NDArray[np.object_]


def sums(of_row: Integers, groups: int, amounts: Integers | Whole) -> Whole:
    """Add up by group, however large the sums become."""
    total = np.zeros(groups, object)
    np.add.at(total, of_row, amounts.astype(object))
    return total


def weighted_means(of_row: Integers, weights: Integers, weight_sums: Whole, values: Integers) -> Integers:
    """Give each group's mean of values by weight, rounded half away from zero; zero where nothing weighs."""
    products = sums(of_row, len(weight_sums), weights.astype(object) * values)
    known = weight_sums > 0
    means = np.zeros(len(weight_sums), np.int64)
    top, bottom = products[known], weight_sums[known]
    size = (2 * np.abs(top) + bottom) // (2 * bottom)
    means[known] = np.where(top < 0, -size, size).astype(np.int64)
    return means


def shares(of_row: Integers, groups: int, flags: Flags) -> npt.NDArray[np.float64]:
    """Give the share of each group's rows that are flagged."""
    rows = np.bincount(of_row, minlength=groups)
    flagged: npt.NDArray[np.float64] = np.bincount(of_row, weights=flags, minlength=groups) / np.maximum(
        rows, 1
    )
    return flagged
