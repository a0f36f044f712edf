"""How large the price desk's sample is and which one: the same options give the same bytes."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from work_data_hub.domain.kernel.errors import UsageError

FIRST_DAY: Final = date(2024, 12, 1)
LAST_DAY: Final = date(2025, 11, 30)
# on this day list prices rise, and discounts with them
PRICE_RISE: Final = date(2025, 7, 1)
_FEWEST_LINES: Final = 400


@dataclass(frozen=True, slots=True)
class PricingOptions:
    """Seed, and order lines of the first business unit in twelve months; the second one has half as many."""

    seed: int = 20241
    lines: int = 12_000

    def __post_init__(self) -> None:
        """Refuse a sample too small to hold every quirk."""
        if self.lines < _FEWEST_LINES:
            raise UsageError(
                f"Price desk samples of {self.lines} lines can't show every quirk",
                expected=f"at least {_FEWEST_LINES} lines",
                fix="ask for more pricing lines",
            )

    def draws(self, topic: str) -> np.random.Generator:
        """Open the random draws of a topic; another topic more or less leaves them as they are."""
        return np.random.default_rng([self.seed, *topic.encode()])
