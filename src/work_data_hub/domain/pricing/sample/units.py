"""What the sample's business units sell, where and to whom, and what each of these does to a discount."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final

# quantity bands begin here; the third column widens the distribution
BANDS: Final = ((1, 0.0, 1.0), (10, 0.03, 1.1), (100, 0.065, 1.25), (1_000, 0.10, 0.9))


@dataclass(frozen=True, slots=True)
class Family:
    """A product family: least discount, width, the two shapes, usual list price and the price rise of the year."""

    name: str
    low: float
    span: float
    shapes: tuple[float, float]
    price: int
    increase: float


@dataclass(frozen=True, slots=True)
class Region:
    """A region, its countries, and what it adds to a discount."""

    name: str
    countries: tuple[str, ...]
    shift: float


@dataclass(frozen=True, slots=True)
class Tier:
    """A customer tier: share of the customers, what it adds to a discount, how it widens it, how much more is bought."""

    name: str
    share: float
    shift: float
    spread: float
    volume: float


# of what the files do not tell, each is a level of its own
UNKNOWN_FAMILY: Final = Family("unknown", 0.06, 0.22, (1.3, 4.5), 150, 0.06)
UNKNOWN_REGION: Final = Region("unknown", ("DE",), 0.005)
UNKNOWN_TIER: Final = Tier("unknown", 0.0, 0.02, 1.1, 0.0)


@dataclass(frozen=True, slots=True)
class Unit:
    """A business unit of the sample; `headers` are those that differ from the hub's own names."""

    bu_id: str
    currency: str
    other_currency: str
    order_prefix: str
    families: tuple[Family, ...]
    regions: tuple[Region, ...]
    tiers: tuple[Tier, ...]
    # cost, quote and sales rep stand in its orders, what segments are made of in look-ups; else it is the other way round
    looks_up: bool
    quoted_share: float
    headers: Mapping[str, str] = field(default_factory=dict)


BU1: Final = Unit(
    bu_id="BU1",
    currency="EUR",
    other_currency="USD",
    order_prefix="SO",
    families=(
        Family("Bearings", 0.08, 0.30, (1.25, 5.0), 90, 0.05),
        Family("Seals", 0.12, 0.34, (1.2, 5.5), 40, 0.08),
        Family("Drives", 0.05, 0.24, (1.4, 4.5), 1_400, 0.06),
        Family("Valves", 0.07, 0.28, (1.3, 4.0), 320, 0.07),
        Family("Sensors", 0.03, 0.18, (1.5, 4.0), 210, 0.04),
        Family("Pumps", 0.06, 0.26, (1.35, 5.0), 2_300, 0.09),
        Family("Fasteners", 0.15, 0.36, (1.15, 6.0), 25, 0.10),
        Family("Filters", 0.10, 0.22, (1.4, 5.0), 60, 0.05),
    ),
    regions=(
        Region("Central", ("DE", "AT", "CH"), 0.0),
        Region("Nordics", ("SE", "DK", "NO", "FI"), -0.02),
        Region("Benelux", ("NL", "BE"), 0.01),
        Region("Iberia", ("ES", "PT"), 0.03),
    ),
    tiers=(
        Tier("A", 0.15, 0.08, 0.8, 0.7),
        Tier("B", 0.35, 0.04, 1.0, 0.2),
        Tier("C", 0.50, 0.0, 1.25, -0.2),
    ),
    looks_up=True,
    quoted_share=0.4,
)
BU2: Final = Unit(
    bu_id="BU2",
    currency="CHF",
    other_currency="EUR",
    order_prefix="47",
    families=(
        Family("Films", 0.04, 0.20, (1.3, 4.5), 75, 0.06),
        Family("Cartons", 0.09, 0.30, (1.2, 5.0), 30, 0.12),
        Family("Pallets", 0.02, 0.14, (1.5, 4.0), 140, 0.08),
        Family("Labels", 0.11, 0.34, (1.2, 5.5), 45, 0.04),
        Family("Machines", 0.01, 0.16, (1.6, 3.5), 8_600, 0.05),
    ),
    regions=(
        Region("Alps", ("CH", "LI"), 0.0),
        Region("Rhine", ("DE", "FR"), 0.03),
        Region("South", ("IT",), 0.05),
    ),
    tiers=(
        Tier("gold", 0.2, 0.09, 0.7, 0.6),
        Tier("silver", 0.3, 0.05, 1.0, 0.1),
        Tier("standard", 0.5, 0.0, 1.3, -0.1),
    ),
    looks_up=False,
    quoted_share=0.0,
    headers={
        "order_id": "auftrag",
        "order_line_id": "position",
        "customer_id": "kunde",
        "product_id": "artikel",
        "country": "land",
        "order_date": "datum",
        "list_price": "listenpreis",
        "sell_price": "nettopreis",
        "quantity": "menge",
        "currency": "waehrung",
    },
)
UNITS: Final = (BU1, BU2)


def _wide_family(number: int) -> Family:
    low, span = 0.02 + 0.015 * (number % 9), 0.14 + 0.03 * (number % 7)
    shapes = (1.15 + 0.1 * (number % 5), 3.5 + 0.5 * (number % 6))
    return Family(
        f"F{number:02d}", low, span, shapes, 25 * 2 ** (number % 8) + number, 0.04 + 0.01 * (number % 6)
    )


# the benchmarks' unit: 40 families, 4 tiers, 9 regions of 3 countries each
WIDE: Final = Unit(
    bu_id="BU1",
    currency="EUR",
    other_currency="USD",
    order_prefix="B",
    families=tuple(map(_wide_family, range(40))),
    regions=tuple(
        Region(f"{side} {land}", tuple(f"{side[0]}{land[0]}{each}" for each in "ABC"), 0.01 * place - 0.02)
        for place, (side, land) in enumerate(product(("North", "Mid", "South"), ("Coast", "Hills", "Plains")))
    ),
    tiers=(
        Tier("A", 0.1, 0.09, 0.7, 0.8),
        Tier("B", 0.2, 0.06, 0.9, 0.4),
        Tier("C", 0.3, 0.03, 1.1, 0.0),
        Tier("D", 0.4, 0.0, 1.35, -0.3),
    ),
    looks_up=True,
    quoted_share=0.4,
)
