"""Which scenario data are in: computed from figures by thresholds that are written down here."""

from dataclasses import dataclass
from typing import Final

# share of orders with a quote from which they count as mapped, and below which as not mapped at all
MAPPED: Final = 0.80
UNMAPPED: Final = 0.05
# share of decided quotes that were lost, from which losses count as known: a file of wins has next to none
LOST: Final = 0.05
# fewer decided quotes say nothing
LEAST_QUOTES: Final = 100
# a quote that no order names so many days before the last order is taken as lost
LAPSED_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Figures:
    """What decides: the share of orders mapped to quotes, its range over families, and the quotes' outcomes."""

    mapped: float
    lowest_mapped: float
    highest_mapped: float
    won: int
    lost: int

    @property
    def decided(self) -> int:
        """Quotes whose outcome is known."""
        return self.won + self.lost

    @property
    def losses_known(self) -> bool:
        """Say whether lost quotes are among the data, and not wins alone."""
        return self.decided >= LEAST_QUOTES and self.lost >= LOST * self.decided


def scenario_of(figures: Figures) -> str:
    """Give the scenario; without known losses no chance of winning can be learnt, however well orders are mapped."""
    if not figures.losses_known:
        return "C" if figures.mapped >= UNMAPPED else "A"
    if figures.lowest_mapped < UNMAPPED and figures.highest_mapped >= MAPPED:
        return "E"
    if figures.mapped >= MAPPED:
        return "B"
    return "D" if figures.mapped < UNMAPPED else "C"
