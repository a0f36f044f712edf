"""What is checked about a day of orders: explained rows, keys, exchange rates, and the usual size of sales."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import DAY
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, grouped_sums, scaled
from work_data_hub.domain.retail.config import Thresholds
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE
from work_data_hub.domain.retail.frames.grouping import NOTHING, Codes, Flags, Groups
from work_data_hub.domain.retail.frames.row_codes import codes_of, joint_codes, repeats
from work_data_hub.domain.retail.frames.shaping import column, day_numbers, integers
from work_data_hub.domain.retail.gold.raw_fates import UNEXPLAINED
from work_data_hub.domain.retail.gold.raw_lines import RawBrand
from work_data_hub.domain.retail.rules.cell_rules import MOMENT, values

BAND: Final = "gmv_in_normal_band"
_BAND_DIGITS: Final = 4
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DayShares:
    """The share of rows of each day of which something holds."""

    days: Integers
    shares: Shares

    @classmethod
    def of(cls, days: Integers, flags: Flags) -> Self:
        """Count the rows of each day, and the flagged ones."""
        start = int(days.min()) if len(days) else 0
        groups = Groups.of(days - start, int(days.max(initial=start)) - start + 1)
        return cls(groups.keys + start, groups.counts(flags) / groups.counts())


@dataclass(frozen=True, slots=True)
class DayCheck:
    """A check of a table on days of orders: what was found, what is allowed, and where that is not met."""

    table: str
    name: str
    days: Integers
    values: Shares
    threshold: Decimal | None
    failing: Flags
    informational: bool = False

    @classmethod
    def at_most(cls, table: str, name: str, found: DayShares, threshold: Decimal | None) -> Self:
        """Allow a share up to a threshold; without one the share is only told."""
        none = np.zeros(len(found.days), bool)
        over = none if threshold is None else found.shares > float(threshold)
        return cls(table, name, found.days, found.shares, threshold, over, threshold is None)

    @classmethod
    def at_least(cls, table: str, name: str, found: DayShares, threshold: Decimal) -> Self:
        """Ask for a share of at least a threshold."""
        under = found.shares < float(threshold)
        return cls(table, name, found.days, found.shares, threshold, under)


def line_checks(table: str, brand: RawBrand, thresholds: Thresholds) -> Iterator[DayCheck]:
    """Check a brand's sales lines against its raw lines, their keys and their rates."""
    sales, raw_days = brand.sales, _raw_days(brand)
    dated = raw_days >= 0
    unexplained = DayShares.of(raw_days[dated], brand.fate[dated] == UNEXPLAINED)
    yield DayCheck.at_most(table, "bronze_to_silver_rows", unexplained, thresholds.unexplained_rows)
    days = day_numbers(arrow(sales, "order_date"))
    before = DayShares.of(days, _repeated(sales, ("order_id", "sku", "customer_id", "order_date")))
    yield DayCheck.at_most(table, "duplicate_keys_without_line_number", before, None)
    after = DayShares.of(days, _repeated(sales, ("order_id", "line_number")))
    yield DayCheck.at_most(table, "duplicate_keys", after, thresholds.duplicate_keys)
    blank = DayShares.of(days, _missing(sales, ("order_id", "sku")))
    yield DayCheck.at_most(table, "null_keys", blank, thresholds.null_keys)
    rated = DayShares.of(days, scaled(sales["fx_rate"]) > 0) if len(sales) else DayShares.of(days, days > 0)
    yield DayCheck.at_least(table, "fx_coverage", rated, thresholds.fx_coverage)


def _raw_days(brand: RawBrand) -> Integers:
    """Give the day of each raw line, -1 where it can't be read."""
    if brand.table == CONTOSO_LINE.name:
        return day_numbers(arrow(brand.rows, "order_date"))
    days = values(brand.rows["invoice_date"], MOMENT).cast(DAY, safe=False)
    return integers(days.view(pa.int32()).fill_null(NOTHING))


def gold_checks(table: str, rows: pd.DataFrame, keys: tuple[str, ...]) -> Iterator[DayCheck]:
    """Check that no key of a mart's rows is missing, brand by brand."""
    systems = Codes.of(arrow(rows, "source_system"))
    days, missing = day_numbers(arrow(rows, "order_date")), _missing(rows, keys)
    for at, system in enumerate(systems.texts.to_pylist()):
        own = systems.rows == at
        found = DayShares.of(days[own], missing[own])
        yield DayCheck.at_most(f"{table}:{system}", "null_keys", found, Decimal(0))


def band_check(
    table: str, daily: pd.DataFrame, before: pd.DataFrame | None, thresholds: Thresholds
) -> Iterator[DayCheck]:
    """Hold each day's GMV against the mean of the days of orders before; days without enough of them are left out."""
    frames = [daily] if before is None else [before, daily]
    systems = Codes.of(column(frames, "source_system"))
    days, gmv = day_numbers(column(frames, "order_date")), scaled(column(frames, "gmv_paid_eur"))
    first = int(days[-len(daily) :].min()) if len(daily) else 0
    for at, system in enumerate(systems.texts.to_pylist()):
        own = systems.rows == at
        found, off = _against_mean(days[own], gmv[own], thresholds)
        now = found.days >= first
        numbers = (found.days[now], found.shares[now], thresholds.normal_band, off[now])
        yield DayCheck(f"{table}:{system}", BAND, *numbers, informational=True)


def _against_mean(days: Integers, gmv: Integers, thresholds: Thresholds) -> tuple[DayShares, Flags]:
    """Give each day's part of the mean before it, and whether it lies off the band; judged in whole numbers."""
    found, rows = np.unique(days, return_inverse=True)
    sums, width = grouped_sums(rows, len(found), gmv), thresholds.normal_days
    sold, sums = found[sums > 0], sums[sums > 0]
    run = np.concatenate([[0], np.cumsum(sums)])
    # so many times the mean is the sum of the days before
    value, usual = sums[width:] * width, run[width:-1] - run[: -width - 1]
    room = int(thresholds.normal_band.scaleb(_BAND_DIGITS))
    off = np.abs(value - usual) * 10**_BAND_DIGITS > room * usual
    return DayShares(sold[width:], value / usual), off


def _repeated(rows: pd.DataFrame, keys: tuple[str, ...]) -> Flags:
    return repeats(joint_codes((codes_of(arrow(rows, key)) for key in keys), len(rows)))


def _missing(rows: pd.DataFrame, keys: tuple[str, ...]) -> Flags:
    missing = np.zeros(len(rows), bool)
    for key in keys:
        values = arrow(rows, key)
        missing |= np.asarray(pc.is_null(values))
        if pa.types.is_string(values.type):
            missing |= np.asarray(pc.fill_null(pc.equal(values, ""), True))
    return missing
