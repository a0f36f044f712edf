"""Lines of one source with every cell read, and the fate of each: published, rejected, or a repeat of another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import Failure
from work_data_hub.domain.kernel.contract import DAY, TEXT
from work_data_hub.domain.kernel.outcome import Rejection
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.lineage import Fault, rejections_of
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.silver.cells import REQUIRED, RULES, read
from work_data_hub.domain.pricing.silver.lookups import Lookups
from work_data_hub.domain.pricing.silver.money import Flags, too_large
from work_data_hub.domain.pricing.silver.raw_lines import RawLines
from work_data_hub.domain.pricing.silver.repeats import distinct_numbers, whole_repeats

QUOTE: Final = "quote"
_SELL_PRICE: Final = "sell_price"


@dataclass(frozen=True, slots=True)
class TypedLines:
    """Read columns of all lines of a source, whole repeats marked, the faults of the others listed."""

    raw: RawLines
    cells: Mapping[str, pa.Array]
    failures: Mapping[str, tuple[Failure, ...]]
    repeated: Flags
    renumbered: int
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, unit: BuConfig, raw: RawLines, lookups: Lookups) -> "TypedLines":
        """Read every column as the unit's file says."""
        found = {name: read(_texts(unit, raw, name, lookups), rule) for name, rule in RULES.items()}
        values = {name: column.column for name, column in found.items()}
        repeated = whole_repeats(raw.rows)
        values["order_line_id"], renumbered = _distinct(values, repeated)
        values["currency"] = values["currency"].fill_null(unit.price_basis.currency)
        failures = {name: column.failures for name, column in found.items()}
        return cls(raw, values, failures, repeated, renumbered)

    def judged(self, unit: BuConfig, period: Period) -> "TypedLines":
        """List what is wrong with the lines; a repeat is not judged a second time."""
        every = (*_unreadable(self), *_blank(self), *_elsewhere(self, period), *_foreign(self, unit))
        found = (*every, *_beyond(self))
        return replace(self, faults=tuple(fault for fault in found if not self.repeated[fault.position]))

    def with_list_price(self, prices: pa.Array) -> "TypedLines":
        """Give the lines with list prices that a rule found."""
        return replace(self, cells={**self.cells, "list_price": prices})

    @property
    def rejected(self) -> Flags:
        """The lines that have a fault."""
        flags = np.zeros(len(self.raw), bool)
        flags[[fault.position for fault in self.faults]] = True
        return flags

    @property
    def published(self) -> Flags:
        """The lines that stay."""
        return ~(self.rejected | self.repeated)

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """The faults with the places that they lie in."""
        return rejections_of(self.raw.rows, self.faults)


def _texts(unit: BuConfig, raw: RawLines, name: str, lookups: Lookups) -> pa.Array:
    if name == _SELL_PRICE and raw.kind == QUOTE:
        # whatever a file of quotes says there is no price that was paid
        return pa.nulls(len(raw), TEXT)
    return raw.column(unit.sources.get(name), lookups)


def _distinct(values: Mapping[str, pa.Array], repeated: Flags) -> tuple[pa.Array, int]:
    once = pa.array(~repeated)
    orders, numbers = values["order_id"].filter(once), values["order_line_id"].filter(once)
    given, changed = distinct_numbers(orders, numbers)
    if not changed:
        return values["order_line_id"], 0
    return pc.replace_with_mask(values["order_line_id"], once, given), changed


def _unreadable(lines: TypedLines) -> Iterator[Fault]:
    for name, failures in lines.failures.items():
        for failure in failures:
            at, reason, expected = failure.position, failure.reason, failure.expected
            yield Fault(at, name, RULES[name].name, reason, expected, failure.value)


def _blank(lines: TypedLines) -> Iterator[Fault]:
    for name in REQUIRED:
        odd = {failure.position for failure in lines.failures[name]}
        for at in np.flatnonzero(np.asarray(lines.cells[name].is_null())).tolist():
            if at not in odd:
                yield Fault(at, name, "required", "is blank", "a value")


def _elsewhere(lines: TypedLines, period: Period) -> Iterator[Fault]:
    days = lines.cells["order_date"]
    inside = _between(days, period.start, period.next().start)
    for at in np.flatnonzero(~inside & np.asarray(days.is_valid())).tolist():
        told = days[at].as_py().isoformat()
        yield Fault(at, "order_date", "period_mismatch", "lies in another month", f"a day of {period}", told)


def _between(days: pa.Array, first: date, end: date) -> Flags:
    low, high = pa.scalar(first, DAY), pa.scalar(end, DAY)
    return np.asarray(pc.and_(pc.greater_equal(days, low), pc.less(days, high)).fill_null(False))


def _foreign(lines: TypedLines, unit: BuConfig) -> Iterator[Fault]:
    taken = (unit.price_basis.currency, *unit.lines.currencies)
    currency = lines.cells["currency"]
    for at in np.flatnonzero(~np.asarray(pc.is_in(currency, pa.array(taken, TEXT)))).tolist():
        reason = f"is not a currency of {unit.bu_id}, and no rate is applied"
        yield Fault(at, "currency", "other_currency", reason, " or ".join(taken), currency[at].as_py())


def _beyond(lines: TypedLines) -> Iterator[Fault]:
    prices, quantities = lines.cells["list_price"], lines.cells["quantity"]
    for at in np.flatnonzero(too_large(prices, quantities)).tolist():
        told = str(prices[at].as_py())
        yield Fault(
            at, "list_price", "too_large", "times the quantity is too large", "a sensible price", told
        )
