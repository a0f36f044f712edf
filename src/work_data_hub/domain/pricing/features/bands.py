"""Labels by floors: quantity bands, and customer tiers by what was bought; a band begins at its floor."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

import numpy as np
import pyarrow as pa

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.config import QuantityBands, TrailingSpend


def quantity_bands(quantities: Integers, digits: int, bands: QuantityBands) -> pa.Array:
    """Give the band of each quantity, which is scaled by digits."""
    return _labelled(quantities, digits, bands.floors, band_labels(bands))


def band_labels(bands: QuantityBands) -> tuple[str, ...]:
    """Name the bands, that below the first floor too: <1, 1-9, 10-99, 100+."""
    floors = bands.floors
    between = [_between(low, high) for low, high in pairwise(floors)]
    return (f"<{floors[0]}", *between, f"{floors[-1]}+")


def _between(low: Decimal, high: Decimal) -> str:
    whole = low == int(low) and high == int(high)
    return f"{low}-{int(high) - 1}" if whole else f"{low}-<{high}"


def spend_tiers(spend: Integers, digits: int, rule: TrailingSpend) -> pa.Array:
    """Give the tier of what each customer bought before, scaled by digits: the highest floor that it reaches."""
    floors: Mapping[str, Decimal] = dict(sorted(rule.floors.items(), key=lambda item: item[1]))
    return _labelled(spend, digits, tuple(floors.values()), (rule.otherwise, *floors))


def _labelled(amounts: Integers, digits: int, floors: Sequence[Decimal], labels: Sequence[str]) -> pa.Array:
    # a floor between two amounts is reached by the higher one
    edges = [int(floor.scaleb(digits).to_integral_value(ROUND_CEILING)) for floor in floors]
    return pa.array(labels, pa.string()).take(pa.array(np.searchsorted(edges, amounts, side="right")))
