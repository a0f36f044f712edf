"""Lines with codes that are no products, on an invoice with goods where they belong, or alone."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.calendar import STRETCHES, moment_in
from work_data_hub.domain.retail.sample.countries import HOME
from work_data_hub.domain.retail.sample.draws import happens, one_of
from work_data_hub.domain.retail.sample.invoices import Invoice, Line
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.specials import SPECIALS, Special
from work_data_hub.domain.retail.sample.spread import spread

_ALONE: Final = 0.2
_WITH_CUSTOMER: Final = 0.5
_TRIES: Final = 4


def charged(options: RetailOptions, rng: np.random.Generator) -> Iterator[tuple[int, Special]]:
    """Tell in which stretches each code is charged."""
    for special in SPECIALS:
        yield from ((place, special) for place in spread(options, rng, *special.charged))


def taken_back(options: RetailOptions, rng: np.random.Generator) -> Iterator[tuple[int, Special]]:
    """Tell in which stretches each code is cancelled."""
    for special in SPECIALS:
        yield from ((place, special) for place in spread(options, rng, *special.cancelled))


def charge(place: int, special: Special, sold: list[Invoice], rng: np.random.Generator) -> None:
    """Put a charge below the goods of one of the stretch's invoices, or on an invoice of its own."""
    fitting = [number for number, invoice in enumerate(sold) if not special.abroad or invoice.country != HOME]
    line = special.charge(rng)
    if special.with_goods and fitting and not happens(rng, _ALONE) and add_line(sold, fitting, line, rng):
        return
    sold.append(_alone(place, line, sold, rng))


def cancel(place: int, special: Special, sold: list[Invoice], rng: np.random.Generator) -> Invoice:
    """Take a charge back, on an invoice of its own."""
    return _alone(place, special.cancel(rng), sold, rng, "C")


def add_line(sold: list[Invoice], fitting: list[int], line: Line, rng: np.random.Generator) -> bool:
    """Add a line to one of some invoices, unless its code stands there already."""
    for _ in range(_TRIES):
        number = one_of(rng, fitting)
        if not sold[number].has(line.code):
            sold[number] = sold[number].with_lines([line])
            return True
    return False


def _alone(
    place: int, line: Line, sold: list[Invoice], rng: np.random.Generator, prefix: str = ""
) -> Invoice:
    stretch = STRETCHES[place]
    like = one_of(rng, sold)
    customer, country = (like.customer, like.country) if happens(rng, _WITH_CUSTOMER) else (None, HOME)
    return Invoice(stretch.zone, moment_in(stretch.days, rng), customer, country, (line,), prefix)
