"""Customers and products of a business unit: who is new, who has a contract, what the look-ups leave out."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from work_data_hub.domain.pricing.sample.law import Flags, Floats, Ints
from work_data_hub.domain.pricing.sample.units import Family, Unit

_FIRST_CUSTOMER: Final = 10_001
_FIRST_PRODUCT: Final = 100_001
# the customers who order around New Year, so that even the smallest sample has lines of both kinds
_CONTRACT_EVERY, _FIRST_CONTRACT = 15, 4
_NO_REGION_EVERY, _FIRST_WITHOUT_REGION = 29, 3
_NEW: Final = 4
_LEAST_PRICE: Final = 20
_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Customers:
    """All customers by their number: first those who order often, then `once` with one line, then new ones.

    `contract` is the discount of a framework contract, or not a number; region and tier are -1 where unknown.
    """

    regular: int
    once: int
    country: Ints
    region: Ints
    tier: Ints
    effect: Floats
    contract: Floats
    weight: Floats
    listed: Flags

    def ids(self) -> list[str]:
        """Name the customers."""
        return [f"C{_FIRST_CUSTOMER + number}" for number in range(len(self.region))]

    @property
    def new(self) -> range:
        """The customers who have ordered nothing so far."""
        return range(self.regular + self.once, len(self.region))


@dataclass(frozen=True, slots=True)
class Products:
    """All products by their number, the new ones last; list prices are whole units of the currency, in cents."""

    sold: int
    family: Ints
    before_cents: Ints
    after_cents: Ints
    cost_cents: Ints
    weight: Floats
    listed: Flags

    def ids(self) -> list[str]:
        """Name the products."""
        return [f"P{_FIRST_PRODUCT + number}" for number in range(len(self.family))]

    @property
    def new(self) -> range:
        """The products that nobody has ordered so far."""
        return range(self.sold, len(self.family))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Customers and products of a business unit."""

    customers: Customers
    products: Products


def make_catalogue(unit: Unit, lines: int, rng: np.random.Generator) -> Catalogue:
    """Invent as many customers and products as so many lines need."""
    return Catalogue(_customers(unit, lines, rng), _products(unit, lines, rng))


def _customers(unit: Unit, lines: int, rng: np.random.Generator) -> Customers:
    regular, once = max(30, lines // 50), max(3, lines // 1_000)
    many = regular + once + _NEW
    number = np.arange(many)
    region = rng.integers(0, len(unit.regions), many)
    country = rng.integers(0, [len(unit.regions[at].countries) for at in region])
    tier = rng.choice(len(unit.tiers), many, p=[tier.share for tier in unit.tiers])
    listed = number != many - 1
    # the countries stay known where the region is not
    seen = np.where((number % _NO_REGION_EVERY == _FIRST_WITHOUT_REGION) | ~listed, _UNKNOWN, region)
    bound = (number % _CONTRACT_EVERY == _FIRST_CONTRACT) & (number < regular)
    return Customers(
        regular=regular,
        once=once,
        country=_country_numbers(unit, region, country),
        region=seen,
        tier=np.where(listed, tier, _UNKNOWN),
        effect=np.clip(rng.normal(0.0, 0.02, many), -0.05, 0.05),
        # whole percents of whole prices: what a contract gives is exact in every line
        contract=np.where(bound, rng.integers(12, 42, many) / 100, np.nan),
        weight=rng.lognormal(0.0, 0.8, many) + 0.1,
        listed=listed,
    )


def countries(unit: Unit) -> tuple[str, ...]:
    """Give the countries of all regions in order."""
    return tuple(country for region in unit.regions for country in region.countries)


def _country_numbers(unit: Unit, region: Ints, within: Ints) -> Ints:
    starts = np.cumsum([0, *(len(region.countries) for region in unit.regions)])
    numbers: Ints = starts[region] + within
    return numbers


def _products(unit: Unit, lines: int, rng: np.random.Generator) -> Products:
    sold = max(24, lines // 40)
    many = sold + _NEW
    family = rng.integers(0, len(unit.families), many)
    listed = np.arange(many) != many - 1
    usual = _of_family(unit, family, "price")
    before = np.maximum(_LEAST_PRICE, np.rint(usual * rng.lognormal(0.0, 0.4, many)))
    after = np.rint(before * (1.0 + _of_family(unit, family, "increase")))
    return Products(
        sold=sold,
        family=np.where(listed, family, _UNKNOWN),
        before_cents=(before * 100).astype(np.int64),
        after_cents=(after * 100).astype(np.int64),
        cost_cents=np.rint(before * rng.uniform(45, 75, many)).astype(np.int64),
        weight=np.power(1.0 + np.arange(many), -0.7, dtype=np.float64),
        listed=listed,
    )


def _of_family(unit: Unit, family: Ints, name: str) -> Floats:
    def value(each: Family) -> float:
        return float(getattr(each, name))

    values: Floats = np.array([value(each) for each in unit.families])[family]
    return values
