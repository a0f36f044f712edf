"""Who buys: habits that differ, first and last seasons that differ, so that cohorts and clusters have a shape."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.calendar import STRETCHES
from work_data_hub.domain.retail.sample.countries import ABROAD, HOME, HOME_CUSTOMERS
from work_data_hub.domain.retail.sample.draws import happens, whole
from work_data_hub.domain.retail.sample.options import RetailOptions

_FIRST_ID: Final = 12_346
_FEWEST_AT_HOME: Final = 30


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of customer buys: visits in a month, lines of a basket, pack sizes, price asked."""

    name: str
    share: float
    visits: float
    basket: float
    packs: tuple[int, ...]
    price_share: float = 1.0
    stays: bool = True
    autumn_only: bool = False


_SMALL: Final = (1, 1, 2, 2, 3, 4, 6)
_MIDDLE: Final = (2, 3, 4, 6, 6, 8, 12, 12)
_LARGE: Final = (6, 12, 12, 24, 24, 36, 48)
HABITS: Final = (
    Habit("once", 0.26, 1.0, 12.0, _SMALL, stays=False),
    Habit("now_and_then", 0.36, 0.35, 16.0, _MIDDLE),
    Habit("faithful", 0.22, 1.3, 18.0, _MIDDLE),
    Habit("trade", 0.05, 3.2, 26.0, _LARGE, price_share=0.85),
    Habit("before_christmas", 0.11, 0.9, 20.0, _MIDDLE, autumn_only=True),
)
# those who buy in the web shop without an account pay the price of single pieces
STRANGER: Final = Habit("stranger", 0.0, 0.0, 22.0, (1, 1, 1, 2, 2, 3), price_share=1.7)


@dataclass(frozen=True, slots=True)
class Buyer:
    """One customer, from the first stretch that sees them to the last, and the products they care for."""

    number: int
    country: str
    habit: Habit
    first: int
    last: int
    favourite: int

    def visits(self, stretch: int) -> float:
        """Say how often they come in a stretch."""
        away = self.habit.autumn_only and not STRETCHES[stretch].autumn
        return self.habit.visits if self.first <= stretch <= self.last and not away else 0.0


def make_buyers(options: RetailOptions) -> dict[str, tuple[Buyer, ...]]:
    """Invent the customers of every country."""
    rng = options.draws("buyers")
    numbers = count(_FIRST_ID)
    found = {HOME: tuple(_at_home(options, numbers, rng))}
    for country in ABROAD:
        many = options.scaled(country.customers)
        found[country.name] = tuple(_abroad(country.name, next(numbers), rng) for _ in range(many))
    return found


def _at_home(options: RetailOptions, numbers: "count[int]", rng: np.random.Generator) -> Iterator[Buyer]:
    shares = [habit.share for habit in HABITS]
    for _ in range(options.scaled(HOME_CUSTOMERS, _FEWEST_AT_HOME)):
        habit = HABITS[int(rng.choice(len(HABITS), p=shares))]
        yield _buyer(HOME, next(numbers), habit, rng)


def _abroad(country: str, number: int, rng: np.random.Generator) -> Buyer:
    # few customers stand for a whole country, so they stay
    habit = HABITS[whole(rng, 1, 3)]
    return Buyer(number, country, habit, 0, len(STRETCHES) - 1, whole(rng, 0, 4))


def _buyer(country: str, number: int, habit: Habit, rng: np.random.Generator) -> Buyer:
    ends = len(STRETCHES) - 1
    # many are known from the beginning, the others come month by month
    first = 0 if habit.stays and happens(rng, 0.3) else whole(rng, 0, ends)
    last = min(ends, first + 1 + int(rng.exponential(14.0))) if habit.stays else first
    return Buyer(number, country, habit, first, last, whole(rng, 0, 4))
