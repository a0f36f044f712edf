"""Two years of trade: everything that happens in each stretch, numbered in the order of time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.baskets import Baskets
from work_data_hub.domain.retail.sample.buyers import STRANGER, Buyer, make_buyers
from work_data_hub.domain.retail.sample.calendar import STRETCHES
from work_data_hub.domain.retail.sample.charges import add_line, cancel, charge, charged, taken_back
from work_data_hub.domain.retail.sample.countries import HOME
from work_data_hub.domain.retail.sample.draws import whole
from work_data_hub.domain.retail.sample.goods import make_goods
from work_data_hub.domain.retail.sample.invoices import Invoice, Line
from work_data_hub.domain.retail.sample.oddities import (
    FREE_GIFTS,
    bad_debts,
    huge_mistakes,
    place_of,
    positive_cancellation,
    stock_corrections,
)
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.returns import cancellations
from work_data_hub.domain.retail.sample.sales import Parcel, Sales, parcels
from work_data_hub.domain.retail.sample.specials import Special
from work_data_hub.domain.retail.sample.spread import spread

_FIRST_NUMBER: Final = 489_434
# lines of C invoices that give products back, in the first and second sheet
_GIVEN_BACK: Final = (9_583, 8_704)
_FEWEST_SALES: Final = 6


@dataclass(slots=True)
class _Plan:
    """What a stretch must hold beside the sales at home."""

    odd: list[Invoice] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    charged: list[Special] = field(default_factory=list)
    taken_back: list[Special] = field(default_factory=list)
    gifts: int = 0
    given_back: int = 0

    def others(self) -> int:
        """Count the lines that are no sales at home."""
        odd = sum(len(invoice.lines) for invoice in self.odd)
        abroad = sum(parcel.lines for parcel in self.parcels)
        return odd + abroad + len(self.charged) + len(self.taken_back) + self.gifts + self.given_back


def make_invoices(options: RetailOptions) -> tuple[Invoice, ...]:
    """Invent the invoices of both sheets, each of them once."""
    baskets = Baskets(make_goods(options), options.draws("baskets"))
    buyers = make_buyers(options)
    plans = _plans(options, baskets, buyers[HOME])
    found = sorted(_traded(options, plans, baskets, buyers), key=lambda invoice: invoice.moment)
    rng = options.draws("numbers")
    steps = np.cumsum(rng.integers(1, 4, size=len(found))).tolist()
    return tuple(
        replace(invoice, number=_FIRST_NUMBER - steps[0] + step)
        for invoice, step in zip(found, steps, strict=True)
    )


def _plans(options: RetailOptions, baskets: Baskets, at_home: Sequence[Buyer]) -> Mapping[int, _Plan]:
    rng = options.draws("plans")
    plans: dict[int, _Plan] = defaultdict(_Plan)
    known = (at_home[0].number, at_home[1].number)
    for invoice in (*bad_debts(), *huge_mistakes(baskets, known), positive_cancellation()):
        plans[place_of(invoice.moment)].odd.append(invoice)
    for place, invoice in stock_corrections(options, rng, baskets):
        plans[place].odd.append(invoice)
    for parcel in parcels(options, rng, baskets):
        plans[parcel.place].parcels.append(parcel)
    for place, special in charged(options, rng):
        plans[place].charged.append(special)
    for place, special in taken_back(options, rng):
        plans[place].taken_back.append(special)
    _count_gifts_and_returns(options, rng, plans)
    return plans


def _count_gifts_and_returns(
    options: RetailOptions, rng: np.random.Generator, plans: Mapping[int, _Plan]
) -> None:
    for place in spread(options, rng, *FREE_GIFTS):
        plans[place].gifts += 1
    for place in spread(options, rng, *_GIVEN_BACK):
        plans[place].given_back += 1


def _traded(
    options: RetailOptions,
    plans: Mapping[int, _Plan],
    baskets: Baskets,
    buyers: Mapping[str, Sequence[Buyer]],
) -> Iterator[Invoice]:
    rng = options.draws("trade")
    sales = Sales(baskets, buyers, rng)
    before: list[Invoice] = []
    for place, stretch in enumerate(STRETCHES):
        plan = plans[place]
        at_home = max(_FEWEST_SALES, options.scaled(stretch.real_lines) - plan.others())
        sold = [*sales.at_home(place, at_home), *(sales.abroad(parcel) for parcel in plan.parcels)]
        goods = [*sold]
        _add_gifts(plan.gifts, sold, baskets, rng)
        yield from _beside(place, plan, sold, before, rng)
        before = goods


def _add_gifts(gifts: int, sold: list[Invoice], baskets: Baskets, rng: np.random.Generator) -> None:
    known = [number for number, invoice in enumerate(sold) if invoice.customer is not None]
    for _ in range(gifts):
        # found in few tries: an invoice holds far fewer products than there are
        while not add_line(sold, known, _gift(baskets, rng), rng):
            pass


def _gift(baskets: Baskets, rng: np.random.Generator) -> Line:
    line = baskets.line(baskets.product(), STRANGER)
    return replace(line, quantity=whole(rng, 1, 12), price_mills=0)


def _beside(
    place: int, plan: _Plan, sold: list[Invoice], before: Iterable[Invoice], rng: np.random.Generator
) -> Iterator[Invoice]:
    """Give a stretch's invoices, with charges on them and cancellations after them."""
    back = list(cancellations(place, plan.given_back, [*before, *sold], rng))
    undone = [cancel(place, special, sold, rng) for special in plan.taken_back]
    for special in plan.charged:
        charge(place, special, sold, rng)
    yield from (*sold, *back, *undone, *plan.odd)
