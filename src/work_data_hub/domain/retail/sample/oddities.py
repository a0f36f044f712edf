"""Invoices without a sale in them: stock written off or found, bad debts, huge mistakes taken back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.baskets import Baskets
from work_data_hub.domain.retail.sample.calendar import STRETCHES, Zone, moment_in
from work_data_hub.domain.retail.sample.countries import HOME
from work_data_hub.domain.retail.sample.draws import one_of, whole
from work_data_hub.domain.retail.sample.invoices import Invoice, ItemKind, Line, LineType, Mark
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.spread import spread

_at = datetime.fromisoformat
_NOTES: Final = ("check", "damages", "?", "damaged", "missing", "thrown away", "smashed", "wet", "counted")
_FOUND: Final = ("found", "came back", "counted", "Amazon", "wrong label")
# real counts in the first and second sheet: without and with a description
_LOST_BLANK, _LOST_NOTED = (1_827, 862), (294, 474)
_FOUND_BLANK, _FOUND_NOTED = (1_101, 592), (434, 547)
FREE_GIFTS: Final = (31, 40)

_BAD_DEBTS: Final = (
    (Zone.FIRST, _at("2010-04-29T13:36"), -5_359_430),
    (Zone.FIRST, _at("2010-07-19T11:24"), -4_403_170),
    (Zone.FIRST, _at("2010-10-20T12:04"), -3_892_580),
    (Zone.SECOND, _at("2011-08-12T14:50"), 1_106_200),
    (Zone.SECOND, _at("2011-08-12T14:51"), -1_106_200),
    (Zone.SECOND, _at("2011-08-12T14:52"), -1_106_200),
)
_MISTAKES: Final = (
    (_at("2011-01-18T10:01"), _at("2011-01-18T10:17"), 7_421),
    (_at("2011-12-09T09:15"), _at("2011-12-09T09:27"), 8_099),
)
_MISTAKE_MILLS: Final = 1_040
_POSITIVE_CANCELLATION: Final = _at("2010-02-01T08:24")


def stock_corrections(
    options: RetailOptions, rng: np.random.Generator, baskets: Baskets
) -> Iterator[tuple[int, Invoice]]:
    """Write stock off and find some again, at no price; the first of each kind concerns a fee code."""
    for real, code, lost in ((_LOST_BLANK, "DCGS0066P", True), (_FOUND_BLANK, "gift_0001_60", False)):
        for number, place in enumerate(spread(options, rng, *real)):
            special = code if number == 0 else None
            yield place, _correction(place, None, special, rng, baskets, lost=lost)
    for real, notes, lost in ((_LOST_NOTED, _NOTES, True), (_FOUND_NOTED, _FOUND, False)):
        for place in spread(options, rng, *real):
            yield place, _correction(place, one_of(rng, notes), None, rng, baskets, lost=lost)


def _correction(
    place: int,
    note: str | None,
    special: str | None,
    rng: np.random.Generator,
    baskets: Baskets,
    *,
    lost: bool,
) -> Invoice:
    stretch = STRETCHES[place]
    line_type = LineType.ADJUSTMENT if lost else LineType.SALE
    line = Line(
        code=special or baskets.product().code,
        description=note,
        quantity=whole(rng, 1, 90) * (-1 if lost else 1),
        price_mills=0,
        # a fee code stays a fee, whatever its quantity
        line_type=LineType.FEE if special else line_type,
        item_kind=ItemKind.FEE if special else ItemKind.PRODUCT,
        mark=Mark.WRITE_OFF if lost else None,
    )
    return Invoice(stretch.zone, moment_in(stretch.days, rng), None, HOME, (line,))


def bad_debts() -> Iterator[Invoice]:
    """Adjust bad debts: the only negative prices, and a positive one that is taken back twice."""
    for zone, moment, mills in _BAD_DEBTS:
        line = Line("B", "Adjust bad debt", 1, mills, LineType.ADJUSTMENT, ItemKind.ADJUSTMENT)
        yield Invoice(zone, moment, None, HOME, (line,), "A")


def huge_mistakes(baskets: Baskets, customers: tuple[int, int]) -> Iterator[Invoice]:
    """Sell far too much and take it back some minutes later."""
    for (sold, undone, quantity), customer in zip(_MISTAKES, customers, strict=True):
        product = baskets.product()
        words = product.descriptions[0]
        line = Line(product.code, words, quantity, _MISTAKE_MILLS)
        back = Line(product.code, words, -quantity, _MISTAKE_MILLS, LineType.CANCELLATION)
        yield Invoice(Zone.SECOND, sold, customer, HOME, (line,))
        yield Invoice(Zone.SECOND, undone, customer, HOME, (back,), "C")


def positive_cancellation() -> Invoice:
    """Cancel by hand with a quantity that is not negative."""
    line = Line("M", "Manual", 1, 373_570, LineType.CANCELLATION, ItemKind.ADJUSTMENT)
    return Invoice(Zone.FIRST, _POSITIVE_CANCELLATION, None, HOME, (line,), "C")


def place_of(moment: datetime) -> int:
    """Find the stretch of a moment."""
    day = moment.date()
    return next(number for number, each in enumerate(STRETCHES) if each.first <= day <= each.last)
