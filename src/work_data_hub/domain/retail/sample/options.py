"""How large the retail sample is and which one: the same options give the same bytes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from work_data_hub.domain.kernel.errors import UsageError

REAL_LINES: Final = 1_067_370
_FEWEST_LINES: Final = 2_000


@dataclass(frozen=True, slots=True)
class RetailOptions:
    """Seed, and lines of the two-year workbook; the fashion store always has a tenth of its real size."""

    seed: int = 20101
    lines: int = 106_737

    def __post_init__(self) -> None:
        """Refuse a workbook too small to hold every quirk."""
        if self.lines < _FEWEST_LINES:
            raise UsageError(
                f"A retail workbook of {self.lines} lines can't show every quirk",
                expected=f"at least {_FEWEST_LINES} lines",
                fix="ask for more retail lines",
            )

    def scaled(self, real: float, least: int = 1) -> int:
        """Bring a count of the real files to the sample's size; what is rare there is still present."""
        return max(least, round(real * self.lines / REAL_LINES)) if real else 0

    def draws(self, topic: str) -> np.random.Generator:
        """Open the random draws of a topic; another topic more or less leaves them as they are."""
        return np.random.default_rng([self.seed, *topic.encode()])
