"""Open quotes of the last month: lines like those of orders, some of them for customers and products never seen."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from work_data_hub.domain.pricing.sample.law import Ints
from work_data_hub.domain.pricing.sample.lines import Lines, draw_products, priced, weighted
from work_data_hub.domain.pricing.sample.truth import UnitTruth

QUOTES_FROM: Final = date(2025, 11, 17)
_DAYS: Final = 5
_PER_QUOTE: Final = 4
_NEW_PRODUCT_EVERY: Final = 9


@dataclass(frozen=True, slots=True)
class Newness:
    """What in the quotes has never been ordered: customers, products, and their lines."""

    customers: int
    products: int
    lines: int


def make_quotes(truth: UnitTruth, orders: Lines, rng: np.random.Generator) -> Lines:
    """Invent open quotes, one line for eighty of the orders; their sell prices exist nowhere but here."""
    quotes = max(8, len(orders) // 320)
    sizes = rng.integers(1, 2 * _PER_QUOTE, quotes)
    who = _customers(truth, quotes, rng)
    day = np.datetime64(QUOTES_FROM) + np.sort(rng.integers(0, _DAYS, quotes)).astype("timedelta64[D]")
    order = np.repeat(np.arange(quotes), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return priced(
        truth,
        (order, np.arange(len(order)) - first + 1),
        rng,
        customer=who[order],
        product=_products(truth, who[order], rng),
        day=day[order],
        quoted=np.ones(len(order), dtype=np.bool_),
    )


def newness(truth: UnitTruth, quotes: Lines) -> Newness:
    """Count what has never been ordered."""
    people, goods = truth.catalogue.customers.new, truth.catalogue.products.new
    strangers, novelties = quotes.customer >= people.start, quotes.product >= goods.start
    return Newness(
        customers=len(np.unique(quotes.customer[strangers])),
        products=len(np.unique(quotes.product[novelties])),
        lines=int((strangers | novelties).sum()),
    )


def _customers(truth: UnitTruth, quotes: int, rng: np.random.Generator) -> Ints:
    people = truth.catalogue.customers
    who = weighted(people.weight[: people.regular], quotes, rng)
    # every new customer asks once
    who[1 : 1 + len(people.new)] = list(people.new)
    return who


def _products(truth: UnitTruth, customer: Ints, rng: np.random.Generator) -> Ints:
    new = truth.catalogue.products.new
    product = draw_products(truth.catalogue, customer, rng)
    # a small sample has each of them too
    places = np.arange(0, len(product), min(_NEW_PRODUCT_EVERY, len(product) // len(new)))
    product[places] = new.start + np.arange(len(places)) % len(new)
    return product
