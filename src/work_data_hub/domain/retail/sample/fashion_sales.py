"""The fashion store's sales and their items, with everything that is odd about the real ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.draws import one_of, whole
from work_data_hub.domain.retail.sample.fashion_goods import (
    APP,
    CAMPAIGNS,
    CHANNELS,
    SHOP,
    Campaign,
    FashionCustomer,
    FashionProduct,
)

_SALES: Final = 90
_HIGHEST_SALE: Final = 135
_ITEMS: Final = 225
_HIGHEST_ITEM: Final = 336
_BUYERS: Final = 58
_DISCOUNTED: Final = 9
_OFF_CENTS: Final = (1, -1, 2)
_FIRST, _LAST = date(2025, 4, 4), date(2025, 6, 17)
# days whose number could be a month of the season: their items say it the wrong way round
_TURNED: Final = ((4, 5), (4, 6), (5, 4), (5, 6), (6, 4), (6, 5))
_TURNED_SALES: Final = 9
# days of a month on which nothing is sold
_NEVER: Final = frozenset((1, 2, 3, 7, 8, 9, 10, 11, 12))
_PLAIN_MEDIA: Final = {SHOP: "Website Banner", APP: "App Mobile"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item; amounts in cents; `total_cents` may miss quantity times price by a cent or two."""

    item_id: int
    product: FashionProduct
    quantity: int
    unit_cents: int
    percent: int
    total_cents: int

    @property
    def list_cents(self) -> int:
        """What it would have been without discount."""
        return self.quantity * self.product.catalog_cents

    @property
    def off_cents(self) -> int:
        """By how much its total misses quantity times price."""
        return self.total_cents - self.quantity * self.unit_cents


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale; `item_day` is what its items call the day."""

    sale_id: int
    day: date
    item_day: date
    customer: FashionCustomer
    channel: str
    medium: str
    discounted: bool
    items: tuple[Item, ...]

    @property
    def total_cents(self) -> int:
        """The header's total: what the items' totals add up to."""
        return sum(item.total_cents for item in self.items)


def make_sales(
    customers: Sequence[FashionCustomer], products: Sequence[FashionProduct], rng: np.random.Generator
) -> tuple[Sale, ...]:
    """Invent the sales; header and items tie to the cent."""
    sale_ids = _with_gaps(_SALES, _HIGHEST_SALE, rng)
    item_ids = iter(rng.permutation(_with_gaps(_ITEMS, _HIGHEST_ITEM, rng)).tolist())
    days = _days(rng)
    campaigns = _campaigns(days, rng)
    sales = []
    for number, (sale_id, day) in enumerate(zip(sale_ids, days, strict=True)):
        campaign = campaigns.get(number)
        sale = _sale(sale_id, day, campaign, _buyer(number, customers, rng), rng)
        chosen = rng.choice(len(products), size=2 + number % 2, replace=False)
        items = [_item(next(item_ids), products[int(place)], campaign, rng) for place in chosen]
        sales.append(replace(sale, items=tuple(items)))
    return tuple(_spoilt(sales))


def _spoilt(sales: list[Sale]) -> list[Sale]:
    """Put in what must be there: a product twice in one sale, and totals that are a cent or two off."""
    plain = next(number for number, sale in enumerate(sales) if not sale.discounted)
    sales[plain] = _with_repeat(sales[plain])
    discounted = [number for number, sale in enumerate(sales) if sale.discounted]
    for number, off in zip(discounted, _OFF_CENTS, strict=False):
        first, *others = sales[number].items
        sales[number] = replace(sales[number], items=(_untied(first, off), *others))
    return sales


def _with_gaps(count: int, highest: int, rng: np.random.Generator) -> list[int]:
    drawn = rng.choice(np.arange(1, highest), size=count - 1, replace=False)
    return [*sorted(int(number) for number in drawn), highest]


def _days(rng: np.random.Generator) -> list[date]:
    span = (_LAST - _FIRST).days + 1
    season = [_FIRST + timedelta(days=number) for number in range(span)]
    plain = [day for day in season if day.day not in _NEVER and not _is_turned(day)]
    # every day that can be turned round, and both ends of the season, for certain
    turned = [date(2025, *_TURNED[number % len(_TURNED)]) for number in range(_TURNED_SALES)]
    drawn = [one_of(rng, plain) for _ in range(_SALES - _TURNED_SALES - 2)]
    days = [*turned, _FIRST, _LAST, *drawn]
    return [days[int(place)] for place in rng.permutation(len(days))]


def _is_turned(day: date) -> bool:
    return (day.month, day.day) in _TURNED


def _campaigns(days: Sequence[date], rng: np.random.Generator) -> dict[int, Campaign]:
    """Choose the sales that have a discount: some of those on the days of a campaign that gives one."""
    possible = {
        number: campaign
        for number, day in enumerate(days)
        for campaign in CAMPAIGNS
        if campaign.gives and campaign.first <= day <= campaign.last
    }
    kinds = {percent: [n for n, each in possible.items() if each.percent == percent] for percent in (10, 30)}
    tens = rng.permutation(kinds[10])[:2].tolist()
    thirties = rng.permutation(kinds[30])[: _DISCOUNTED - len(tens)].tolist()
    return {number: possible[number] for number in (*tens, *thirties)}


def _buyer(number: int, customers: Sequence[FashionCustomer], rng: np.random.Generator) -> FashionCustomer:
    # every buyer once, and then some of them again
    return customers[number if number < _BUYERS else whole(rng, 0, _BUYERS - 1)]


def _sale(
    sale_id: int, day: date, campaign: Campaign | None, customer: FashionCustomer, rng: np.random.Generator
) -> Sale:
    channel = campaign.channel if campaign else one_of(rng, CHANNELS)[0]
    medium = campaign.medium if campaign else _PLAIN_MEDIA[channel]
    item_day = date(day.year, day.day, day.month) if _is_turned(day) else day
    return Sale(sale_id, day, item_day, customer, channel, medium, campaign is not None, ())


def _item(item_id: int, product: FashionProduct, campaign: Campaign | None, rng: np.random.Generator) -> Item:
    percent = campaign.percent or 0 if campaign else 0
    unit = (product.catalog_cents * (100 - percent) + 50) // 100
    quantity = whole(rng, 1, 5)
    return Item(item_id, product, quantity, unit, percent, quantity * unit)


def _untied(item: Item, off: int) -> Item:
    """Let a total miss quantity times price, as it does where the unit price was rounded."""
    quantity = max(2, item.quantity)
    return replace(item, quantity=quantity, total_cents=quantity * item.unit_cents + off)


def _with_repeat(sale: Sale) -> Sale:
    first, second, *others = sale.items
    quantity = first.quantity % 5 + 1
    twin = replace(first, item_id=second.item_id, quantity=quantity, total_cents=quantity * first.unit_cents)
    return replace(sale, items=(first, twin, *others))


def sold_items(sales: Sequence[Sale]) -> Iterator[Item]:
    """Give the items of some sales."""
    return (item for sale in sales for item in sale.items)
