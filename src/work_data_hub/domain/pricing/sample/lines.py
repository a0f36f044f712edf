"""Order lines of a year as columns of numbers: orders of customers, some larger than usual, none odd yet."""

from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum
from typing import Final, Self

import numpy as np

from work_data_hub.domain.pricing.sample.catalogue import Catalogue, Customers
from work_data_hub.domain.pricing.sample.law import Flags, Floats, Ints
from work_data_hub.domain.pricing.sample.options import FIRST_DAY, LAST_DAY, PRICE_RISE
from work_data_hub.domain.pricing.sample.truth import Days, UnitTruth
from work_data_hub.domain.pricing.sample.units import UNKNOWN_TIER

# the week that lies in two years, and one day of it in each
NEW_YEAR_DAYS: Final = (date(2024, 12, 30), date(2025, 1, 2))
_NEW_YEAR_CUSTOMERS: Final = (2, 3, 4)
_DEAL_DAY: Final = date(2025, 9, 16)
_DEAL_CUSTOMER: Final = 1
_DEAL_LINES: Final = 400
_ASSORTMENT: Final = 8
_FROM_ASSORTMENT: Final = 0.6


class Mark(IntEnum):
    """What is odd about a line; the line that a repeated one repeats is ordinary."""

    NONE = 0
    LIST_PRICE_ZERO = 1
    LIST_PRICE_NULL = 2
    SURCHARGE = 3
    RETURN = 4
    FREE_SAMPLE = 5
    OTHER_CURRENCY = 6
    SELL_PRICE_NULL = 7
    SELL_PRICE_KEYED_WRONG = 8
    REPEATED = 9


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in the order of the files: numbers of order, line, customer and product; amounts in cents."""

    order: Ints
    number: Ints
    customer: Ints
    product: Ints
    day: Days
    quantity: Ints
    list_cents: Ints
    sell_cents: Ints
    quoted: Flags
    slashed: Flags
    mark: Ints

    def __len__(self) -> int:
        return len(self.order)

    def take(self, rows: Ints | Flags) -> Self:
        """Give some of the lines."""
        return type(self)(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})


@dataclass(frozen=True, slots=True)
class _Orders:
    """Orders by day: lines, customer, day."""

    sizes: Ints
    customer: Ints
    day: Days


def deal_lines(lines: int) -> int:
    """Give the lines of the one huge deal; a small sample has a smaller one."""
    return min(_DEAL_LINES, lines // 10)


def make_lines(truth: UnitTruth, lines: int, rng: np.random.Generator) -> Lines:
    """Invent so many order lines."""
    orders = _orders(truth.catalogue.customers, lines, rng)
    order = np.repeat(np.arange(len(orders.sizes)), orders.sizes)
    first = np.repeat(np.cumsum(orders.sizes) - orders.sizes, orders.sizes)
    customer = orders.customer[order]
    quoted = rng.random(len(orders.sizes)) < truth.unit.quoted_share
    return priced(
        truth,
        (order, np.arange(lines) - first + 1),
        rng,
        customer=customer,
        product=draw_products(truth.catalogue, customer, rng),
        day=orders.day[order],
        quoted=quoted[order],
    )


def priced(
    truth: UnitTruth,
    numbers: tuple[Ints, Ints],
    rng: np.random.Generator,
    *,
    customer: Ints,
    product: Ints,
    day: Days,
    quoted: Flags,
) -> Lines:
    """Draw quantities and discounts for lines whose customers, days and products are known."""
    quantity = _quantities(truth, customer, rng)
    cents = list_cents(truth.catalogue, product, day)
    discount = truth.law_at(customer, product, quantity, day).draw(rng)
    none = np.zeros(len(day), dtype=np.bool_)
    sell = np.rint(cents * (1.0 - discount)).astype(np.int64)
    marks = np.full(len(day), Mark.NONE, dtype=np.int64)
    return Lines(*numbers, customer, product, day, quantity, cents, sell, quoted, none, marks)


def draw_products(catalogue: Catalogue, customer: Ints, rng: np.random.Generator) -> Ints:
    """Draw what is bought: often from the few products a customer always buys, else what sells well."""
    sold = catalogue.products.sold
    usual = (customer * 7_919 + rng.integers(0, _ASSORTMENT, len(customer)) * 104_729) % sold
    other = weighted(catalogue.products.weight[:sold], len(customer), rng)
    return np.where(rng.random(len(customer)) < _FROM_ASSORTMENT, usual, other)


def list_cents(catalogue: Catalogue, product: Ints, day: Days) -> Ints:
    """Give the list price of products on days."""
    goods = catalogue.products
    return np.where(day < np.datetime64(PRICE_RISE), goods.before_cents[product], goods.after_cents[product])


def weighted(weight: Floats, many: int, rng: np.random.Generator) -> Ints:
    """Draw numbers by their weights."""
    steps = np.cumsum(weight)
    drawn: Ints = np.searchsorted(steps, rng.random(many) * steps[-1], side="right").astype(np.int64)
    return drawn


def _quantities(truth: UnitTruth, customer: Ints, rng: np.random.Generator) -> Ints:
    volume = np.array([*(tier.volume for tier in truth.unit.tiers), UNKNOWN_TIER.volume])
    size = rng.normal(2.3, 1.6, len(customer)) + volume[truth.catalogue.customers.tier[customer]]
    quantity: Ints = np.maximum(1.0, np.exp(size)).astype(np.int64)
    return quantity


def _orders(customers: Customers, lines: int, rng: np.random.Generator) -> _Orders:
    deal = deal_lines(lines)
    sizes = _sizes(lines - deal, rng)
    who = weighted(customers.weight[: customers.regular], len(sizes), rng)
    single = np.flatnonzero(sizes == 1)[-customers.once :]
    who[single] = customers.regular + np.arange(len(single))
    # in front, and what is single stands behind: no order has two special parts
    around = [(customer, day) for customer in _NEW_YEAR_CUSTOMERS for day in NEW_YEAR_DAYS]
    who[: len(around)] = [customer for customer, _ in around]
    fixed = np.array([*(day for _, day in around), _DEAL_DAY], dtype="datetime64[D]")
    when = np.concatenate([fixed[:-1], _days(len(sizes) - len(around), rng), fixed[-1:]])
    sizes, who = np.append(sizes, deal), np.append(who, _DEAL_CUSTOMER)
    by_day = np.argsort(when, kind="stable")
    return _Orders(sizes[by_day], who[by_day], when[by_day])


def _sizes(lines: int, rng: np.random.Generator) -> Ints:
    """Cut lines into orders of one to about twenty."""
    drawn = rng.geometric(0.28, lines).astype(np.int64)
    ends = np.cumsum(drawn)
    last = int(np.searchsorted(ends, lines))
    sizes = drawn[: last + 1]
    sizes[last] -= ends[last] - lines
    return sizes


def _days(many: int, rng: np.random.Generator) -> Days:
    every = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + np.timedelta64(1, "D"))
    holidays = ["2024-12-25", "2024-12-26", "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-01"]
    open_days = every[np.is_busday(every, holidays=holidays)]
    # one from each of as many equal parts of the year: even few orders leave no month without one
    places = (rng.permutation(many) + rng.random(many)) / many * len(open_days)
    drawn: Days = open_days[places.astype(np.int64)]
    return drawn
