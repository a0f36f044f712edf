"""How well quantiles meet what happened: losses, widths and coverage, honest where many values are equal.

Where a value is shared by many rows, coverage of a closed interval is too high even for the true quantiles. By lot
means that so many of the rows that lie on a bound count as beyond it as bring the bound nearest to its share; rows
whose quantiles coincide in different ways are counted apart. It is an expectation, nothing is drawn.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from work_data_hub.domain.pricing.config import quantile_column
from work_data_hub.domain.pricing.ports import Codes, Flags, Floats

# percentages of a discount near zero say nothing
MAPE_FROM: Final = 0.01
# discounts that differ by less do so because prices are rounded: half a hundredth of a percentage point
SAME: Final = 0.00005


def pinball(target: Floats, bands: Floats, quantiles: Sequence[float]) -> Floats:
    """Give rows by quantiles: what each quantile lost."""
    beyond = target[:, None] - bands
    level = np.asarray(quantiles)
    losses: Floats = np.maximum(level * beyond, (level - 1) * beyond)
    return losses


def measures(target: Floats, bands: Floats, quantiles: Sequence[float]) -> dict[str, float | None]:
    """Give all figures of some rows; what can't be said of them is None."""
    if not len(target):
        return {"lines": 0}
    losses = pinball(target, bands, quantiles).mean(axis=0)
    middle = bands[:, list(quantiles).index(0.5)]
    error = target - middle
    named = {quantile_column(q, "pinball"): float(x) for q, x in zip(quantiles, losses, strict=True)}
    return {
        "lines": len(target),
        "pinball": float(losses.mean()),
        **named,
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "mape": _mape(target, error),
        **coverages(target, bands, quantiles),
        "width": float((bands[:, -1] - bands[:, 0]).mean()),
        "collapsed": float((bands[:, -1] == bands[:, 0]).mean()),
    }


def coverages(target: Floats, bands: Floats, quantiles: Sequence[float]) -> dict[str, float]:
    """Give the share of rows between the outer quantiles: by lot, closed, and by mid-points."""
    low, high = bands[:, 0], bands[:, -1]
    by_lot = shares_below(target, bands, quantiles)
    on_low, on_high = (_on(target, bound).mean() for bound in (low, high))
    middle = _below(target, high).mean() + on_high / 2 - _below(target, low).mean() - on_low / 2
    return {
        "coverage": float(by_lot[-1] - by_lot[0]),
        "coverage_closed": float((~_below(target, low) & ~_below(-target, -high)).mean()),
        "coverage_midpoint": float(middle),
    }


def shares_below(target: Floats, bands: Floats, quantiles: Sequence[float]) -> Floats:
    """Give for each quantile the share of rows below it, rows on it shared out by lot."""
    cell = _patterns(bands)
    cells = int(cell.max(initial=0)) + 1
    rows = np.bincount(cell, minlength=cells)
    found = np.empty(len(quantiles))
    for at, level in enumerate(quantiles):
        below = np.bincount(cell, _below(target, bands[:, at]), cells)
        not_above = np.bincount(cell, ~_below(-target, -bands[:, at]), cells)
        found[at] = np.clip(level * rows, below, not_above).sum() / max(len(target), 1)
    return found


def by_group(
    target: Floats, bands: Floats, quantiles: Sequence[float], groups: Sequence[str | None]
) -> dict[str, Mapping[str, float | None]]:
    """Give the figures of each group of rows, in the order of names; a missing name is empty."""
    names, place = np.unique([group or "" for group in groups], return_inverse=True)
    chosen: list[Flags] = [place == at for at in range(len(names))]
    return {
        str(name): measures(target[rows], bands[rows], quantiles)
        for name, rows in zip(names, chosen, strict=True)
    }


def r_squared(target: Floats, predicted: Floats) -> float | None:
    """Give the share of the target's variance that is explained; of a constant there is none."""
    # by its values: the mean of equal floats may differ from them in the last bit
    if not len(target) or target.min() == target.max():
        return None
    return 1 - float(((target - predicted) ** 2).sum() / ((target - target.mean()) ** 2).sum())


def _mape(target: Floats, error: Floats) -> float | None:
    large = target >= MAPE_FROM
    return float((np.abs(error[large]) / target[large]).mean()) if large.any() else None


def _below(target: Floats, bound: Floats) -> Flags:
    found: Flags = target < bound - SAME
    return found


def _on(target: Floats, bound: Floats) -> Flags:
    found: Flags = np.abs(target - bound) <= SAME
    return found


def _patterns(bands: Floats) -> Codes:
    """Number the ways in which neighbouring quantiles coincide."""
    equal = bands[:, 1:] == bands[:, :-1]
    found: Codes = equal @ (1 << np.arange(equal.shape[1], dtype=np.int64))
    return found
