"""What the gift wholesaler sells: codes in two letter cases, descriptions with keywords, without, and untidy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.draws import happens, one_of, whole
from work_data_hub.domain.retail.sample.options import RetailOptions

_REAL_CODES: Final = 4_900
_FEWEST: Final = 60
_FIRST_NUMBER, _LAST_NUMBER = 20_000, 90_999
_LETTERS: Final = "ABCDEFGHL"
_COLOURS: Final = ("RED", "BLUE", "PINK", "IVORY", "GREEN", "BLACK", "SILVER", "CREAM", "LILAC")
_STYLES: Final = (
    *("VINTAGE", "RUSTIC", "SPOTTY", "STRIPED", "MEADOW", "NAUTICAL", "ALPINE", "RETRO", "GLAZED", "WOVEN"),
    *("EMBOSSED", "MINI", "TALL", "FOLDING", "PAINTED", "ENAMEL"),
)
# the last two families answer no keyword that a rule would look for
_FAMILIES: Final = (
    ("kitchen", ("MUG", "TEA CUP AND SAUCER", "CAKE STAND", "JUG", "BAKING TIN", "LUNCH BOX", "APRON")),
    ("candles", ("CANDLE", "T-LIGHT HOLDER", "LANTERN", "CANDLE POT")),
    ("bags", ("BAG", "SHOPPER BAG", "PURSE", "WASHBAG")),
    ("christmas", ("CHRISTMAS BAUBLE", "CHRISTMAS STOCKING", "CHRISTMAS TREE STAR", "ADVENT CALENDAR")),
    ("lighting", ("LIGHT STRING", "NIGHT LIGHT", "LAMP SHADE")),
    ("cards", ("CARD", "GIFT WRAP", "NOTEBOOK", "BIRTHDAY CARD")),
    ("hearts", ("HANGING HEART", "HEART GARLAND", "HEART WREATH")),
    ("jewellery", ("NECKLACE", "BRACELET", "EARRINGS", "JEWELLERY BOX", "BROOCH")),
    ("home", ("CUSHION COVER", "WALL CLOCK", "PHOTO FRAME", "DOORMAT", "MIRROR")),
    ("garden", ("GARDEN KNEELER", "PLANT POT", "BIRD FEEDER", "WATERING CAN")),
    ("toys", ("SKIPPING ROPE", "WOODEN TRAIN", "DOLL", "PUZZLE GAME")),
    ("oddments", ("WONDER SLATE", "POPPET", "TRINKUM", "KEEPSAKE", "WHATNOT")),
    ("sundries", ("SET OF SIX ASSORTED", "GIANT SPROING", "MAGIC HOOK", "DOZEN TIDIES")),
)
_UNSEASONABLE: Final = 0.15
_EVERY_LETTERED: Final = 8


@dataclass(frozen=True, slots=True)
class Product:
    """One product; `two_cases` codes are also written in small letters; the price is in mills."""

    code: str
    descriptions: tuple[str, ...]
    price_mills: int
    family: str
    popularity: float
    two_cases: bool

    def weight(self, *, autumn: bool) -> float:
        """Say how often it is bought; few want a bauble in May."""
        return self.popularity * (_UNSEASONABLE if self.family == "christmas" and not autumn else 1.0)


def make_goods(options: RetailOptions) -> tuple[Product, ...]:
    """Invent the products."""
    rng = options.draws("goods")
    count = options.scaled(_REAL_CODES, _FEWEST)
    codes = _codes(count, rng)
    lettered = [code for code in codes if not code.isdigit()]
    # counted and not drawn, so that no size is without them
    two_cases = {*lettered[::_EVERY_LETTERED]}
    return tuple(_product(code, code in two_cases, rng) for code in codes)


def _codes(count: int, rng: np.random.Generator) -> list[str]:
    numbers = rng.permutation(np.arange(_FIRST_NUMBER, _LAST_NUMBER))[:count]
    return sorted(code for code, _ in zip(_written(numbers, rng), range(count), strict=False))


def _written(numbers: Iterable[int], rng: np.random.Generator) -> Iterator[str]:
    for place, number in enumerate(numbers):
        lettered = place == 0 or happens(rng, 0.15)
        letters = _LETTERS[: whole(rng, 2, 4)] if lettered else ("",)
        yield from (f"{number}{letter}" for letter in letters)


def _product(code: str, two_cases: bool, rng: np.random.Generator) -> Product:
    family, nouns = one_of(rng, _FAMILIES)
    noun, style, colour = one_of(rng, nouns), one_of(rng, _STYLES), one_of(rng, _COLOURS)
    names = [f"{style} {colour} {noun}"]
    if happens(rng, 0.2):
        names.append(f"{noun} {style} {colour} DESIGN")
    return Product(
        code=code,
        descriptions=tuple(_typed(name, rng) for name in names),
        price_mills=_price(rng),
        family=family,
        popularity=float(rng.pareto(1.6) + 0.2),
        two_cases=two_cases,
    )


def _typed(name: str, rng: np.random.Generator) -> str:
    """Write a description as somebody typed it, with blanks around it now and then."""
    return f"{' ' * happens(rng, 0.02)}{name}{' ' * happens(rng, 0.19)}"


def _price(rng: np.random.Generator) -> int:
    # prices end in 5 or 9 pence, as in a catalogue
    tenpence = int(rng.lognormal(0.75, 0.8) * 10)
    return max(190, tenpence * 100 + (50 if happens(rng, 0.7) else 90))
