"""Splits that never look ahead: later deals are judged on, and a deal is never on both sides."""

from dataclasses import dataclass

import numpy as np

from work_data_hub.domain.pricing.ports import Codes, Flags
from work_data_hub.domain.pricing.training.errors import NotEnoughHistoryError


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Which rows are learnt from and which are judged on: deals that ended before a day, and the others."""

    train: Flags
    test: Flags
    first_test_day: int


def time_split(deals: Codes, days: Codes, test_size: float, not_before: int | None = None) -> TimeSplit:
    """Part deals at the day that leaves nearest to `test_size` of them for the test, or at a later day.

    A deal counts on the day of its last line, so no line that is learnt from lies on the first test day or later;
    deals of one day stay together.
    """
    last = last_days(deals, days)
    ended = _ends(deals, last)
    known = np.unique(ended)
    if len(known) < 2:  # noqa: PLR2004
        raise NotEnoughHistoryError(
            f"{len(known)} day with deals can't be parted into an earlier and a later part",
            expected="deals on two days or more",
            fix="wait for more history",
        )
    shares = np.array([(ended >= day).mean() for day in known[1:]])
    # of equally near days the later one: more is learnt from
    cut = int(known[1:][len(shares) - 1 - int(np.argmin(np.abs(shares - test_size)[::-1]))])
    cut = cut if not_before is None else max(cut, not_before)
    test = last >= cut
    return TimeSplit(~test, test, cut)


def last_days(deals: Codes, days: Codes) -> Codes:
    """Give for each row the last day of its deal."""
    last = np.full(int(deals.max(initial=-1)) + 1, np.iinfo(np.int64).min, np.int64)
    np.maximum.at(last, deals, days)
    found: Codes = last[deals]
    return found


def deal_folds(deals: Codes, folds: int, seed: int) -> Codes:
    """Give each row the fold of its deal; deals are dealt out by the seed, in equal numbers."""
    distinct, place = np.unique(deals, return_inverse=True)
    folds = min(folds, len(distinct))
    if folds < 2:  # noqa: PLR2004
        raise NotEnoughHistoryError(
            f"{len(distinct)} deal can't be parted into folds",
            expected="two deals or more",
            fix="wait for more history",
        )
    dealt = np.empty(len(distinct), np.int64)
    dealt[np.random.default_rng(seed).permutation(len(distinct))] = np.arange(len(distinct)) % folds
    return dealt[place]


def _ends(deals: Codes, last: Codes) -> Codes:
    _, first = np.unique(deals, return_index=True)
    found: Codes = last[first]
    return found
