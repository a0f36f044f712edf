"""Stock codes that are no products: postage, charges, vouchers, corrections by hand, tests."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.draws import whole
from work_data_hub.domain.retail.sample.invoices import ItemKind, Line, LineType

FEE, ADJUSTMENT, TEST = ItemKind.FEE, ItemKind.ADJUSTMENT, ItemKind.TEST


@dataclass(frozen=True, slots=True)
class Special:
    """A code, how often the real sheets charge and cancel it (first and second sheet), and its prices in pence."""

    code: str
    text: str
    kind: ItemKind
    charged: tuple[int, int]
    cancelled: tuple[int, int]
    pence: tuple[int, int]
    abroad: bool = False
    with_goods: bool = True

    def charge(self, rng: np.random.Generator) -> Line:
        """Write a line that charges it."""
        return Line(self.code, self.text, 1, self._mills(rng), _TYPES[self.kind], self.kind)

    def cancel(self, rng: np.random.Generator) -> Line:
        """Write a line that takes it back."""
        return Line(self.code, self.text, -1, self._mills(rng), LineType.CANCELLATION, self.kind)

    def _mills(self, rng: np.random.Generator) -> int:
        # no price: a tenth of a penny, which a sheet shows and nobody pays
        return whole(rng, *self.pence) * 10 or 1


# a test line is refused whatever it seems to be
_TYPES: Final = {
    FEE: LineType.FEE,
    ADJUSTMENT: LineType.ADJUSTMENT,
    TEST: LineType.SALE,
}


def _voucher(value: int, charged: tuple[int, int]) -> Special:
    pence = round(value / 1.175 * 100)
    text = f"Webshop Gift Voucher £{value}.00"
    return Special(f"gift_0001_{value}", text, FEE, charged, (0, 0), (pence, pence))


SPECIALS: Final = (
    Special("POST", "POSTAGE", FEE, (762, 1_130), (103, 126), (1_500, 4_000), abroad=True),
    Special("DOT", "DOTCOM POSTAGE", FEE, (734, 709), (2, 1), (4_000, 30_000)),
    Special("C2", "CARRIAGE", FEE, (133, 142), (5, 2), (5_000, 5_000), abroad=True),
    Special("BANK CHARGES", " Bank Charges", FEE, (23, 12), (42, 25), (1_500, 9_900), with_goods=False),
    Special("AMAZONFEE", "AMAZON FEE", FEE, (2, 2), (7, 32), (20_000, 90_000), with_goods=False),
    Special("PADS", "PADS TO MATCH ALL CUSHIONS", FEE, (14, 4), (1, 0), (0, 0)),
    Special("CRUK", "CRUK Commission", FEE, (0, 0), (0, 16), (500, 40_000), with_goods=False),
    _voucher(10, (6, 8)),
    _voucher(20, (17, 9)),
    _voucher(30, (17, 7)),
    _voucher(50, (2, 4)),
    Special("DCGS0003", "BOXED GLASS BOWL", FEE, (9, 4), (0, 0), (125, 249)),
    Special("DCGSSGIRL", "GIRLS PARTY PACK", FEE, (10, 13), (0, 0), (125, 330)),
    Special("M", "Manual", ADJUSTMENT, (556, 327), (293, 244), (50, 20_000)),
    Special("m", "Manual", ADJUSTMENT, (4, 1), (0, 0), (255, 1_000)),
    Special("D", "Discount", ADJUSTMENT, (5, 0), (95, 77), (100, 9_000), with_goods=False),
    Special("S", "SAMPLES", ADJUSTMENT, (1, 2), (40, 61), (200, 8_000), with_goods=False),
    Special("ADJUST", "Adjustment by hand 12/04/2010", ADJUSTMENT, (36, 0), (31, 0), (100, 9_000)),
    Special("ADJUST2", "Adjustment by hand Jun 2010 ", ADJUSTMENT, (3, 0), (0, 0), (100, 9_000)),
    Special("TEST001", "This product is a test.", TEST, (11, 0), (4, 0), (450, 450), with_goods=False),
    Special("TEST002", "This product is a test.", TEST, (2, 0), (0, 0), (100, 100), with_goods=False),
)
