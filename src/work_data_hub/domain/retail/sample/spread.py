"""Where in the two years things happen: real counts of both sheets, brought to size and to stretches."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.calendar import STRETCHES, Zone, places
from work_data_hub.domain.retail.sample.options import RetailOptions

_SHARE_OF_OVERLAP: Final = 22_523 / 525_461


def zone_counts(options: RetailOptions, first: int, second: int) -> Mapping[Zone, int]:
    """Bring a real count of the first and of the second sheet to size; what both have lies in both in part."""
    both = round(first * _SHARE_OF_OVERLAP) if second else 0
    return {
        Zone.FIRST: options.scaled(first - both),
        Zone.BOTH: options.scaled(both, 0),
        Zone.SECOND: options.scaled(second - both),
    }


def draw_places(zone: Zone, many: int, rng: np.random.Generator) -> list[int]:
    """Draw the stretches of some cases, by the lines that the stretches of the zone have."""
    within = places(zone)
    weights = np.array([STRETCHES[place].real_lines for place in within], dtype=float)
    drawn = rng.choice(len(within), size=many, p=weights / weights.sum())
    return [within[int(number)] for number in drawn]


def spread(options: RetailOptions, rng: np.random.Generator, first: int, second: int) -> list[int]:
    """Give the stretch of every case of a real count."""
    counts = zone_counts(options, first, second)
    return [place for zone, many in counts.items() for place in draw_places(zone, many, rng)]
