"""Makes some order lines odd: prices that are missing or wrong, returns, other currencies, lines that come twice."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from work_data_hub.domain.pricing.sample.catalogue import Customers
from work_data_hub.domain.pricing.sample.law import Floats, Ints
from work_data_hub.domain.pricing.sample.lines import Lines, Mark, deal_lines

SHARES: Final = {
    Mark.LIST_PRICE_ZERO: 0.003,
    Mark.LIST_PRICE_NULL: 0.003,
    Mark.SURCHARGE: 0.005,
    Mark.RETURN: 0.010,
    Mark.FREE_SAMPLE: 0.003,
    Mark.OTHER_CURRENCY: 0.004,
    Mark.SELL_PRICE_NULL: 0.001,
    Mark.SELL_PRICE_KEYED_WRONG: 0.001,
    Mark.REPEATED: 0.005,
}
_SLASHED: Final = 0.02
_KEYED_WRONG: Final = 100


def make_odd(lines: Lines, customers: Customers, rng: np.random.Generator) -> Lines:
    """Give the lines with every quirk at least once; repeated lines stand below what they repeat."""
    marked = replace(lines, mark=_marks(lines, customers, rng), slashed=rng.random(len(lines)) < _SLASHED)
    marked.slashed[0] = True
    return _repeat(_spoil(marked, rng))


def quirk_counts(lines: int) -> dict[Mark, int]:
    """Say how many lines have each quirk."""
    return {mark: max(1, round(share * lines)) for mark, share in SHARES.items()}


def _marks(lines: Lines, customers: Customers, rng: np.random.Generator) -> Ints:
    fitting = rng.permutation(np.flatnonzero(_ordinary(lines, customers)))
    counts = quirk_counts(len(lines))
    marks = lines.mark.copy()
    kinds = np.repeat(list(counts), list(counts.values()))
    marks[fitting[: len(kinds)]] = kinds
    return marks


def _ordinary(lines: Lines, customers: Customers) -> "np.typing.NDArray[np.bool_]":
    """Mark the lines that may become odd: contracts stay exact, the deal whole, single lines single."""
    alone = lines.customer >= customers.regular
    bound = ~np.isnan(customers.contract[lines.customer])
    sizes = np.bincount(lines.order)
    huge = sizes[lines.order] == deal_lines(len(lines))
    ordinary: np.typing.NDArray[np.bool_] = ~(alone | bound | huge)
    return ordinary


def _spoil(lines: Lines, rng: np.random.Generator) -> Lines:
    """Write into each marked line what its mark says; a missing price is one of 0 cents until it is rendered."""
    mark, cents, sell = lines.mark, lines.list_cents.copy(), lines.sell_cents.copy()
    quantity = np.where(mark == Mark.RETURN, -lines.quantity, lines.quantity)
    surcharge: Floats = cents * rng.uniform(1.01, 1.15, len(lines))
    sell = np.where(mark == Mark.SURCHARGE, np.rint(surcharge).astype(np.int64), sell)
    sell = np.where(mark == Mark.SELL_PRICE_KEYED_WRONG, cents * _KEYED_WRONG, sell)
    sell[np.isin(mark, [Mark.FREE_SAMPLE, Mark.SELL_PRICE_NULL])] = 0
    cents[np.isin(mark, [Mark.LIST_PRICE_ZERO, Mark.LIST_PRICE_NULL])] = 0
    return replace(lines, quantity=quantity, list_cents=cents, sell_cents=sell)


def _repeat(lines: Lines) -> Lines:
    """Write each line that is marked as repeated twice; the first one is ordinary."""
    twice = lines.mark == Mark.REPEATED
    places = np.repeat(np.arange(len(lines)), np.where(twice, 2, 1))
    made = lines.take(places)
    first = np.append(True, places[1:] != places[:-1])
    return replace(made, mark=np.where(twice[places] & first, Mark.NONE, made.mark))


def odd_counts(lines: Lines) -> Iterator[tuple[str, int]]:
    """Count the lines of each quirk."""
    for mark in SHARES:
        yield mark.name.lower(), int((lines.mark == mark).sum())
