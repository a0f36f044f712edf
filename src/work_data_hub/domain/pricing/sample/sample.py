"""A business unit's sample: its files as tables, the truth behind its discounts, and what the files come to."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pricing.sample.accounts import account, monthly, structure
from work_data_hub.domain.pricing.sample.catalogue import Catalogue, make_catalogue
from work_data_hub.domain.pricing.sample.cells import (
    Cells,
    customer_cells,
    order_cells,
    product_cells,
    quote_cells,
)
from work_data_hub.domain.pricing.sample.lines import Lines, make_lines
from work_data_hub.domain.pricing.sample.options import PRICE_RISE, PricingOptions
from work_data_hub.domain.pricing.sample.quirks import make_odd, odd_counts
from work_data_hub.domain.pricing.sample.quotes import make_quotes, newness
from work_data_hub.domain.pricing.sample.truth import UnitTruth
from work_data_hub.domain.pricing.sample.units import BU1, BU2, Unit

# the second business unit is half as large
SIZES: Final = ((BU1, 1), (BU2, 2))


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file below the unit's folder; a text file holds its cells as text, a Parquet file has typed columns."""

    path: str
    table: pa.Table


@dataclass(frozen=True, slots=True)
class UnitSample:
    """One business unit: files, truth, and the lines of orders and quotes that the files were made of."""

    unit: Unit
    files: tuple[SampleFile, ...]
    truth: UnitTruth
    orders: Lines
    quotes: Lines

    def told(self) -> Mapping[str, Any]:
        """Say what the files hold and what must become of it, in the words of JSON."""
        catalogue, new = self.truth.catalogue, newness(self.truth, self.quotes)
        lookups = {file.path: len(file.table) for file in self.files if "lookups/" in file.path}
        return {
            "currency": self.unit.currency,
            "headers": dict(self.unit.headers),
            "rows": {"orders": len(self.orders), "quotes": len(self.quotes), "lookups": lookups},
            "quirks": dict(self._quirks()),
            "structure": asdict(structure(catalogue, self.orders)),
            "unseen": asdict(new),
            "price_rise": str(PRICE_RISE),
            "contracts": self._contracts(),
            "expected": asdict(account(self.orders, self.quotes)),
            "months": {month: asdict(found) for month, found in monthly(self.orders, self.quotes)},
        }

    def _quirks(self) -> Iterator[tuple[str, int]]:
        yield from odd_counts(self.orders)
        if self.unit.looks_up:
            # only text files have more than one form of a date
            yield "date_with_slashes", int(self.orders.slashed.sum())

    def _contracts(self) -> dict[str, str]:
        people = self.truth.catalogue.customers
        ids = people.ids()
        bound = np.flatnonzero(~np.isnan(people.contract))
        return {ids[at]: f"{people.contract[at]:.2f}" for at in bound}


def make_samples(options: PricingOptions) -> tuple[UnitSample, ...]:
    """Invent all business units of the sample."""
    return tuple(make_sample(unit, options, options.lines // part) for unit, part in SIZES)


def truth_of(bu_id: str, options: PricingOptions) -> UnitTruth:
    """Give the truth about a business unit of the sample by its name."""
    ((unit, part),) = [(unit, part) for unit, part in SIZES if unit.bu_id == bu_id]
    return make_truth(unit, options, options.lines // part)


def make_sample(unit: Unit, options: PricingOptions, lines: int) -> UnitSample:
    """Invent one business unit with so many order lines, before some of them are repeated."""
    truth = make_truth(unit, options, lines)
    orders = make_lines(truth, lines, options.draws(f"{unit.bu_id} lines"))
    orders = make_odd(orders, truth.catalogue.customers, options.draws(f"{unit.bu_id} quirks"))
    quotes = make_quotes(truth, orders, options.draws(f"{unit.bu_id} quotes"))
    files = tuple(_files(unit, truth.catalogue, orders, quotes))
    return UnitSample(unit, files, truth, orders, quotes)


def make_truth(unit: Unit, options: PricingOptions, lines: int) -> UnitTruth:
    """Give the truth about a business unit without inventing its lines."""
    return UnitTruth(unit, make_catalogue(unit, lines, options.draws(f"{unit.bu_id} catalogue")))


def _files(unit: Unit, catalogue: Catalogue, orders: Lines, quotes: Lines) -> Iterator[SampleFile]:
    sold, open_quotes = order_cells(unit, catalogue, orders), quote_cells(unit, catalogue, quotes)
    if not unit.looks_up:
        yield SampleFile("orders.parquet", _renamed(unit, sold))
        yield SampleFile("quotes.csv", _texts(_renamed(unit, open_quotes)))
        return
    for year in (2024, 2025):
        within = orders.day.astype("datetime64[Y]") == np.datetime64(date(year, 1, 1), "Y")
        texts = _texts(pa.table(sold))
        slashed = _slashed(texts, orders)
        yield SampleFile(f"orders_{year}.csv", slashed.filter(pa.array(within)))
    yield SampleFile("quotes_2025-11.csv", _texts(pa.table(open_quotes)))
    yield SampleFile("lookups/products.csv", _texts(pa.table(product_cells(unit, catalogue))))
    yield SampleFile("lookups/customers.csv", _texts(pa.table(customer_cells(unit, catalogue))))


def _renamed(unit: Unit, cells: Cells) -> pa.Table:
    return pa.table({unit.headers.get(name, name): column for name, column in cells.items()})


def _texts(table: pa.Table) -> pa.Table:
    """Write every cell as text; what is null is empty."""
    return pa.table({name: pc.fill_null(table[name].cast(pa.string()), "") for name in table.column_names})


def _slashed(texts: pa.Table, lines: Lines) -> pa.Table:
    """Write the days of some lines as 2025/3/5."""
    written = pc.replace_substring_regex(texts["order_date"], r"-0?", "/")
    place = texts.column_names.index("order_date")
    return texts.set_column(
        place, "order_date", pc.if_else(pa.array(lines.slashed), written, texts["order_date"])
    )
