"""Discounts that many lines share, as far as rounded prices let them: a quantile that comes near one is that one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from work_data_hub.domain.pricing.ports import Flags, Floats
from work_data_hub.domain.pricing.training.metrics import SAME, pinball

# a discount is shared when so many lines have it
SHARE: Final = 0.05
# how near a quantile may come, tried in this order; the widest of those that lose least is kept
REACHES: Final = (0.02, 0.01, 0.005, 0.0025, 0.001, 0.0)


@dataclass(frozen=True, slots=True)
class Atoms:
    """Shared discounts, rising, and how near a quantile must come to be one of them."""

    values: tuple[float, ...] = ()
    reach: float = 0.0

    @classmethod
    def learn(cls, ordered: Floats, target: Floats, quantiles: Sequence[float]) -> Self:
        """Find shared discounts, and the reach with which quantiles of unseen rows lose least."""
        shared = shared_discounts(target)
        if not shared:
            return cls()
        losses = [
            pinball(target, cls(shared, reach).drawn(ordered), quantiles).mean().round(12)
            for reach in REACHES
        ]
        return cls(shared, REACHES[int(np.argmin(losses))])

    def drawn(self, ordered: Floats) -> Floats:
        """Draw quantiles that are near a shared discount onto it; they stay in order."""
        if not self.values:
            return ordered
        nearest = self._nearest(ordered)
        return np.where(np.abs(ordered - nearest) <= self.reach, nearest, ordered)

    def on(self, ordered: Floats) -> Flags:
        """Say which quantiles are shared discounts."""
        if not self.values:
            return np.zeros(ordered.shape, bool)
        found: Flags = ordered == self._nearest(ordered)
        return found

    def _nearest(self, ordered: Floats) -> Floats:
        values = np.array(self.values)
        middles = (values[1:] + values[:-1]) / 2
        found: Floats = values[np.searchsorted(middles, ordered)]
        return found


def shared_discounts(target: Floats) -> tuple[float, ...]:
    """Give the discounts that many rows share, rising; those that rounded prices set apart count as one."""
    values, rows = np.unique(target, return_counts=True)
    upto = np.concatenate([[0], np.cumsum(rows)])
    first, last = np.searchsorted(values, values - SAME), np.searchsorted(values, values + SAME, side="right")
    together = upto[last] - upto[first]
    found: list[float] = []
    # the most frequent stands for those around it
    for at in np.lexsort((values, -rows, -together)):
        if together[at] < SHARE * len(target):
            break
        if all(abs(values[at] - other) > 2 * SAME for other in found):
            found.append(float(values[at]))
    return tuple(sorted(found))
