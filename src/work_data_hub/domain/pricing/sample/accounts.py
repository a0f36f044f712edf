"""What a business unit's files must come to: rows that are published, refused or counted out, by month and in all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from work_data_hub.domain.pricing.sample.catalogue import Catalogue
from work_data_hub.domain.pricing.sample.law import Flags, Ints
from work_data_hub.domain.pricing.sample.lines import NEW_YEAR_DAYS, Lines, Mark
from work_data_hub.domain.pricing.sample.truth import Days, band_numbers
from work_data_hub.domain.pricing.sample.units import BANDS

THIN: Final = 30
# why a line trains no model, by what is odd about it; all other published lines do
EXCLUDED: Final = {
    Mark.RETURN: "return",
    Mark.LIST_PRICE_ZERO: "no_list_price",
    Mark.LIST_PRICE_NULL: "no_list_price",
    Mark.SELL_PRICE_NULL: "no_sell_price",
    Mark.SELL_PRICE_KEYED_WRONG: "discount_out_of_bounds",
    Mark.FREE_SAMPLE: "free_sample",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Lines of orders and quotes as order_line must have them; `quantity` is the sum over those published."""

    read: int
    published: int
    rejected: int
    deduplicated: int
    orders: int
    quotes: int
    usable: int
    exclusions: Mapping[str, int]
    quantity: int


@dataclass(frozen=True, slots=True)
class Structure:
    """What is special about a unit's lines without being wrong."""

    deal_lines: int
    contract_customers: int
    contract_lines: int
    customers_with_one_line: int
    customers_without_region: int
    lines_without_region: int
    segments: int
    thin_segments: int
    new_year_lines: tuple[int, int]
    new_year_customers: int
    quoted_orders: int
    orders: int


def usable(lines: Lines) -> Flags:
    """Mark the lines that train models."""
    flags: Flags = published(lines) & ~np.isin(lines.mark, list(EXCLUDED))
    return flags


def published(lines: Lines) -> Flags:
    """Mark the lines that become order lines."""
    flags: Flags = ~np.isin(lines.mark, [Mark.OTHER_CURRENCY, Mark.REPEATED])
    return flags


def account(orders: Lines, quotes: Lines) -> Account:
    """Count what orders and quotes must come to."""
    kept = published(orders)
    many = {mark: int((orders.mark == mark).sum()) for mark in Mark}
    reasons: dict[str, int] = {"quote": len(quotes)} if len(quotes) else {}
    for mark, reason in EXCLUDED.items():
        if many[mark]:
            reasons[reason] = reasons.get(reason, 0) + many[mark]
    return Account(
        read=len(orders) + len(quotes),
        published=int(kept.sum()) + len(quotes),
        rejected=many[Mark.OTHER_CURRENCY],
        deduplicated=many[Mark.REPEATED],
        orders=int(kept.sum()),
        quotes=len(quotes),
        usable=int(usable(orders).sum()),
        exclusions=dict(sorted(reasons.items())),
        quantity=int(orders.quantity[kept].sum() + quotes.quantity.sum()),
    )


def monthly(orders: Lines, quotes: Lines) -> Iterator[tuple[str, Account]]:
    """Count each month's lines on their own."""
    ordered, quoted = _months(orders.day), _months(quotes.day)
    for month in np.unique(np.concatenate([ordered, quoted])):
        yield str(month), account(orders.take(ordered == month), quotes.take(quoted == month))


def structure(catalogue: Catalogue, lines: Lines) -> Structure:
    """Count what is special; a segment is a family, region, tier and quantity band with usable lines."""
    people = catalogue.customers
    many = np.bincount(lines.customer)
    segments = _segment_sizes(catalogue, lines.take(usable(lines)))
    missing = people.region[lines.customer] < 0
    bound = ~np.isnan(people.contract[lines.customer])
    before, after = (lines.customer[lines.day == np.datetime64(day)] for day in NEW_YEAR_DAYS)
    orders, firsts = np.unique(lines.order, return_index=True)
    sizes = np.bincount(lines.order[lines.mark != Mark.REPEATED])
    return Structure(
        deal_lines=int(sizes.max()),
        contract_customers=len(np.unique(lines.customer[bound])),
        contract_lines=int(bound.sum()),
        customers_with_one_line=int((many == 1).sum()),
        customers_without_region=len(np.unique(lines.customer[missing])),
        lines_without_region=int(missing.sum()),
        segments=len(segments),
        thin_segments=int((segments < THIN).sum()),
        new_year_lines=_new_year(lines.day),
        new_year_customers=len(np.intersect1d(before, after)),
        quoted_orders=int(lines.quoted[firsts].sum()),
        orders=len(orders),
    )


def _months(days: Days) -> Days:
    return days.astype("datetime64[M]")


def _segment_sizes(catalogue: Catalogue, lines: Lines) -> Ints:
    family = catalogue.products.family[lines.product] + 1
    people = catalogue.customers
    region, tier = people.region[lines.customer] + 1, people.tier[lines.customer] + 1
    code = ((family * 1_000 + region) * 1_000 + tier) * len(BANDS) + band_numbers(lines.quantity)
    sizes: Ints = np.unique_counts(code).counts.astype(np.int64)
    return sizes


def _new_year(days: Days) -> tuple[int, int]:
    """Count the lines of the ISO week 2025-W01 in the old year and in the new one."""
    first = np.datetime64("2024-12-30")
    within = (days >= first) & (days < first + np.timedelta64(7, "D"))
    old = within & (days < np.datetime64("2025-01-01"))
    return int(old.sum()), int(within.sum() - old.sum())
