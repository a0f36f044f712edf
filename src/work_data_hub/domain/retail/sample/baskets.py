"""What is put into a basket: products by season and taste, packs by habit, and lines typed twice."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from work_data_hub.domain.retail.sample.buyers import Habit
from work_data_hub.domain.retail.sample.draws import happens, one_of, whole
from work_data_hub.domain.retail.sample.goods import Product
from work_data_hub.domain.retail.sample.invoices import Line, Mark

Weights = npt.NDArray[np.float64]
_TASTES: Final = 5
_LIKING: Final = 4.0
_TYPED_TWICE: Final = 0.0125
_REPEATED: Final = 0.011
_SMALL_LETTERS: Final = 0.25
_OTHER_WORDS: Final = 0.15
_LEAST_MILLS: Final = 190


class Baskets:
    """Fills baskets from the products, one random stream for all of them."""

    def __init__(self, goods: Sequence[Product], rng: np.random.Generator) -> None:
        self._goods, self._rng = goods, rng
        families = sorted({product.family for product in goods})
        self._weights = {
            (autumn, taste): _weights(goods, families, autumn, taste)
            for autumn in (False, True)
            for taste in range(_TASTES)
        }
        self.largest = len(goods) // 2

    def size(self, habit: Habit) -> int:
        """Draw how many lines a basket has."""
        return min(self.largest, 1 + int(self._rng.exponential(habit.basket)))

    def fill(self, lines: int, habit: Habit, taste: int, *, autumn: bool, spoil: bool = False) -> list[Line]:
        """Give as many lines as asked for; a spoilt basket has every kind of repeat for certain."""
        twice, again = self._repeats(lines, spoil=spoil)
        fresh = [self.line(product, habit) for product in self._chosen(lines - twice - again, taste, autumn)]
        copies = [replace(one_of(self._rng, fresh), mark=Mark.EXACT_DUPLICATE) for _ in range(twice)]
        return [*fresh, *(self._other_quantity(line) for line in fresh[:again]), *copies]

    def line(self, product: Product, habit: Habit) -> Line:
        """Write a line that sells a product."""
        rng = self._rng
        small = product.two_cases and happens(rng, _SMALL_LETTERS)
        words = product.descriptions[-1] if happens(rng, _OTHER_WORDS) else product.descriptions[0]
        price = max(_LEAST_MILLS, round(product.price_mills * habit.price_share / 10) * 10)
        return Line(product.code.lower() if small else product.code, words, one_of(rng, habit.packs), price)

    def product(self) -> Product:
        """Draw any product."""
        return one_of(self._rng, self._goods)

    def _repeats(self, lines: int, *, spoil: bool) -> tuple[int, int]:
        twice, again = (int(self._rng.binomial(lines, share)) for share in (_TYPED_TWICE, _REPEATED))
        at_most = max(0, (lines - 1) // 3)
        least = 1 if spoil else 0
        return min(at_most, max(least, twice)), min(at_most, max(least, again))

    def _chosen(self, count: int, taste: int, autumn: bool) -> list[Product]:
        weights = self._weights[autumn, taste]
        drawn = self._rng.choice(len(self._goods), size=count, replace=False, p=weights)
        return [self._goods[int(place)] for place in drawn]

    def _other_quantity(self, line: Line) -> Line:
        return replace(line, quantity=line.quantity + whole(self._rng, 1, 5), mark=Mark.REPEATED_CODE)


def _weights(goods: Sequence[Product], families: list[str], autumn: bool, taste: int) -> Weights:
    liked = {family for place, family in enumerate(families) if place % _TASTES == taste}
    wanted = [p.weight(autumn=autumn) * (_LIKING if p.family in liked else 1.0) for p in goods]
    weights: Weights = np.array(wanted, dtype=np.float64)
    weights /= weights.sum()
    return weights
