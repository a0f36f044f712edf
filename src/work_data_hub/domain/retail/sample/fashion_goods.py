"""What stands around the fashion store's sales: customers, products, stock, campaigns, channels."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.draws import one_of, whole

SHOP: Final = "E-commerce"
APP: Final = "App Mobile"
CHANNELS: Final = ((SHOP, "The brand's own web shop"), (APP, "The brand's app for phones"))
CUSTOMERS: Final = 100
_PRODUCTS: Final = 50
_COUNTRIES: Final = (
    *[("France", 22), ("Germany", 21), ("Italy", 19), ("Netherlands", 16), ("Spain", 15), ("Portugal", 7)],
)
_AGES: Final = ("16-25", "26-35", "36-45", "46-55", "56-65")
_FIRST_SIGNUP, _LAST_SIGNUP = date(2024, 1, 2), date(2025, 6, 12)
_LATE_SIGNUP: Final = date(2025, 6, 1)
_CATEGORIES: Final = (
    *[("Dresses", "Dress"), ("T-Shirts", "Tee"), ("Sleepwear", "Set"), ("Shoes", "Shoes")],
    ("Pants", "Trousers"),
)
_SIZES: Final = ("XS", "S", "M", "L", "XL")
_SHOE_SIZES: Final = ("35", "36", "38", "40", "XS")
_CUTS: Final = (
    "Airy",
    "Crisp",
    "Loose",
    "Plain",
    "Slim",
    "Draped",
    "Quilted",
    "Pleated",
    "Cropped",
    "Knitted",
)
_COLOURS: Final = ("Black", "White", "Red", "Blue", "Green")
_STOCKED_IN: Final = ("France", "Germany")


@dataclass(frozen=True, slots=True)
class FashionCustomer:
    """One customer of the store."""

    customer_id: int
    country: str
    age_range: str
    signup: date


@dataclass(frozen=True, slots=True)
class FashionProduct:
    """One product; amounts in cents; the cost is below every price it is sold at."""

    product_id: int
    name: str
    category: str
    colour: str
    size: str
    catalog_cents: int
    cost_cents: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign; `percent` is nothing where it takes a fixed amount off."""

    campaign_id: int
    name: str
    first: date
    last: date
    medium: str
    percent: int | None
    value: str

    @property
    def channel(self) -> str:
        """The channel in which its discount can be had."""
        return APP if self.medium in {APP, "Social Media"} else SHOP

    @property
    def gives(self) -> bool:
        """Say whether it shows up in the lines: only 10 and 30 percent do."""
        return self.percent in {10, 30}


def _campaign(number: int, name: str, days: tuple[date, date], medium: str, value: str) -> Campaign:
    percent = int(float(value.rstrip("%"))) if value.endswith("%") else None
    return Campaign(number, name, *days, medium, percent, value)


def _days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


CAMPAIGNS: Final = (
    _campaign(1, "First Warm Days", _days("2025-04-01", "2025-04-07"), "Email", "10.00%"),
    _campaign(2, "Spring Holidays", _days("2025-04-08", "2025-04-15"), "Social Media", "10"),
    _campaign(3, "For Mum", _days("2025-05-01", "2025-05-09"), "Email", "25.00%"),
    _campaign(4, "Room for Summer", _days("2025-05-10", "2025-05-19"), APP, "30.00%"),
    _campaign(5, "Brand Days", _days("2025-05-20", "2025-05-31"), "Social Media", "30.00%"),
    _campaign(6, "June Prices", _days("2025-06-01", "2025-06-09"), "Website Banner", "10.00%"),
    _campaign(7, "Almost Summer", _days("2025-06-10", "2025-06-17"), "Email", "12"),
)


def make_customers(rng: np.random.Generator) -> tuple[FashionCustomer, ...]:
    """Invent the customers; the first of them sign up late, so that some buy before they do."""
    places = rng.permutation([country for country, many in _COUNTRIES for _ in range(many)])
    span = (_LAST_SIGNUP - _FIRST_SIGNUP).days
    given = {0: _LAST_SIGNUP, 1: _FIRST_SIGNUP, **dict.fromkeys((2, 3, 4), _LATE_SIGNUP)}
    return tuple(
        FashionCustomer(
            number + 1,
            str(country),
            one_of(rng, _AGES),
            given.get(number, _FIRST_SIGNUP + timedelta(days=whole(rng, 0, span))),
        )
        for number, country in enumerate(places)
    )


def make_products(rng: np.random.Generator) -> tuple[FashionProduct, ...]:
    """Invent the products."""
    return tuple(_product(number, rng) for number in range(_PRODUCTS))


def _product(number: int, rng: np.random.Generator) -> FashionProduct:
    category, noun = _CATEGORIES[number % len(_CATEGORIES)]
    cut, colour = _CUTS[number // len(_CATEGORIES)], one_of(rng, _COLOURS)
    price = whole(rng, 1_351, 8_590)
    # below 70 percent of the catalogue price, which is the lowest that anything is sold at
    cost = price * whole(rng, 400, 695) // 1_000
    size = one_of(rng, _SHOE_SIZES if category == "Shoes" else _SIZES)
    return FashionProduct(number + 1, f"{cut} {colour} {noun}", category, colour, size, price, cost)


def make_stock(rng: np.random.Generator) -> Iterator[tuple[str, int, int]]:
    """Count the stock of every product in the two countries that report it."""
    for country in _STOCKED_IN:
        yield from ((country, number + 1, whole(rng, 1, 99)) for number in range(_PRODUCTS))
