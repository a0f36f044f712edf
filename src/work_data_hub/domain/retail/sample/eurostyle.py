"""The two sheets of the gift wholesaler's workbook as they will be written, and the truth about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from work_data_hub.domain.retail.sample.calendar import Zone
from work_data_hub.domain.retail.sample.invoices import Invoice
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.sheet_truth import SheetTruth, sheet_truth
from work_data_hub.domain.retail.sample.trade import make_invoices
from work_data_hub.domain.retail.sample.trade_truth import TradeTruth, trade_truth

HEADERS: Final = (
    *("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"),
)
_SHEETS: Final = (
    ("Year 2009-2010", (Zone.FIRST, Zone.BOTH)),
    ("Year 2010-2011", (Zone.BOTH, Zone.SECOND)),
)
Cells = tuple[str, str, str | None, int, datetime, float, int | None, str]


@dataclass(frozen=True, slots=True)
class LineSheet:
    """One sheet: its name and its rows below the headers."""

    name: str
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Eurostyle:
    """The workbook, what each sheet holds, and what its trade comes to."""

    sheets: tuple[LineSheet, ...]
    sheet_truths: tuple[SheetTruth, ...]
    truth: TradeTruth


def make_eurostyle(options: RetailOptions) -> Eurostyle:
    """Invent two years of trade."""
    invoices = make_invoices(options)
    sheets, truths = [], []
    for name, zones in _SHEETS:
        within = [invoice for invoice in invoices if invoice.zone in zones]
        sheets.append(LineSheet(name, tuple(_rows(within, turned=zones[0] is Zone.BOTH))))
        truths.append(sheet_truth(name, within))
    return Eurostyle(tuple(sheets), tuple(truths), trade_truth(invoices))


def _rows(invoices: Sequence[Invoice], *, turned: bool) -> Iterator[Cells]:
    for invoice in invoices:
        # what stands in both sheets is equal as a whole and not row by row
        overlap = turned and invoice.zone is Zone.BOTH
        for line in reversed(invoice.lines) if overlap else invoice.lines:
            yield (
                invoice.name,
                line.code,
                line.description,
                line.quantity,
                invoice.moment,
                line.price_mills / 1000,
                invoice.customer,
                invoice.country,
            )
