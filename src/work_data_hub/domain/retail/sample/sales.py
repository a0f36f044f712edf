"""Invoices that sell products: at home until a stretch has its lines, abroad by each country's share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from work_data_hub.domain.retail.sample.baskets import Baskets
from work_data_hub.domain.retail.sample.buyers import STRANGER, Buyer, Habit
from work_data_hub.domain.retail.sample.calendar import STRETCHES, Zone, moment_in
from work_data_hub.domain.retail.sample.countries import ABROAD, HOME, Country
from work_data_hub.domain.retail.sample.draws import happens
from work_data_hub.domain.retail.sample.invoices import Invoice
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.spread import draw_places, zone_counts

_STRANGERS = {Zone.FIRST: 0.19, Zone.BOTH: 0.21, Zone.SECOND: 0.235}


@dataclass(frozen=True, slots=True)
class Parcel:
    """An invoice that will go abroad: where to, and how many lines it has."""

    place: int
    country: Country
    lines: int


def parcels(options: RetailOptions, rng: np.random.Generator, baskets: Baskets) -> Iterator[Parcel]:
    """Cut every country's lines into invoices of some stretches."""
    for country in ABROAD:
        for zone, lines in zone_counts(options, country.first, country.second).items():
            left = lines
            while left:
                size = min(left, baskets.size(STRANGER))
                yield Parcel(draw_places(zone, 1, rng)[0], country, size)
                left -= size


class Sales:
    """Sells in one stretch after the other."""

    def __init__(
        self, baskets: Baskets, buyers: Mapping[str, Sequence[Buyer]], rng: np.random.Generator
    ) -> None:
        self._baskets, self._buyers, self._rng = baskets, buyers, rng

    def abroad(self, parcel: Parcel) -> Invoice:
        """Send a parcel to one of the country's customers, or to somebody unknown there."""
        known = self._buyers[parcel.country.name]
        unknown = not known or happens(self._rng, parcel.country.anonymous)
        buyer = None if unknown else self._come(known, parcel.place)
        return self._invoice(parcel.place, buyer, parcel.country.name, parcel.lines, spoil=False)

    def at_home(self, place: int, lines: int) -> Iterator[Invoice]:
        """Sell as many lines as asked for; the first invoice, of a known customer, holds every kind of repeat."""
        left, spoil = lines, True
        strangers = _STRANGERS[STRETCHES[place].zone]
        while left:
            stranger = not spoil and happens(self._rng, strangers)
            buyer = None if stranger else self._come(self._buyers[HOME], place)
            size = max(self._baskets.size(_habit(buyer)), 4 if spoil else 1)
            invoice = self._invoice(place, buyer, HOME, min(left, size), spoil=spoil)
            yield invoice
            left, spoil = left - len(invoice.lines), False

    def _come(self, known: Sequence[Buyer], place: int) -> Buyer:
        visits = np.array([buyer.visits(place) for buyer in known])
        if not visits.any():
            visits = np.ones(len(known))
        return known[int(self._rng.choice(len(known), p=visits / visits.sum()))]

    def _invoice(self, place: int, buyer: Buyer | None, country: str, lines: int, *, spoil: bool) -> Invoice:
        stretch, habit = STRETCHES[place], _habit(buyer)
        taste = 0 if buyer is None else buyer.favourite
        filled = self._baskets.fill(lines, habit, taste, autumn=stretch.autumn, spoil=spoil)
        # the first one early, so that something is there to be given back
        moment = moment_in(stretch.days[:1] if spoil else stretch.days, self._rng)
        return Invoice(stretch.zone, moment, buyer.number if buyer else None, country, tuple(filled))


def _habit(buyer: Buyer | None) -> Habit:
    return STRANGER if buyer is None else buyer.habit
