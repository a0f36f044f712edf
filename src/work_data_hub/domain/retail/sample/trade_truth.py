"""What two years of trade come to when every invoice counts once: kinds of lines, months, customers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from work_data_hub.domain.retail.sample.calendar import Zone
from work_data_hub.domain.retail.sample.invoices import Invoice, ItemKind, Line, LineType, Mark
from work_data_hub.domain.retail.sample.sheet_truth import pounds

AS_OF: Final = date(2011, 12, 9)
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class TradeMonth:
    """One month: sale lines and their orders, fees, and the products that were cancelled (above zero)."""

    month: str
    sale_lines: int
    orders: int
    units: int
    gmv_gbp: Decimal
    fees_gbp: Decimal
    cancelled_lines: int
    cancelled_units: int
    cancelled_gbp: Decimal


@dataclass(frozen=True, slots=True)
class TradeCustomer:
    """One customer's sale orders in all, and in the 365 days up to the as-of date."""

    customer_id: str
    country: str
    first_order: date
    last_order: date
    orders: int
    value_gbp: Decimal
    orders_365d: int
    value_365d_gbp: Decimal


@dataclass(frozen=True, slots=True)
class TradeTruth:
    """The truth about both sheets together; `lines_by_kind` is written line type/item kind, tests left out.

    `dropped_blindly` is what a drop of equal lines over both sheets would remove; the sale lines without
    price and customer are told apart because some count them as stock found again.
    """

    overlap_invoices: int
    overlap_lines: int
    dropped_blindly: int
    lines: int
    lines_by_kind: Mapping[str, int]
    tests_rejected: int
    sales_without_price_and_customer: int
    as_of: date
    months: tuple[TradeMonth, ...]
    customers: tuple[TradeCustomer, ...]


def trade_truth(invoices: Sequence[Invoice]) -> TradeTruth:
    """Add up what was traded."""
    overlap = [invoice for invoice in invoices if invoice.zone is Zone.BOTH]
    lines = [line for invoice in invoices for line in invoice.lines]
    kept = [line for line in lines if line.item_kind is not ItemKind.TEST]
    overlap_lines = sum(len(invoice.lines) for invoice in overlap)
    kinds = Counter(f"{line.line_type}/{line.item_kind}" for line in kept)
    return TradeTruth(
        overlap_invoices=len(overlap),
        overlap_lines=overlap_lines,
        dropped_blindly=overlap_lines + sum(line.mark is Mark.EXACT_DUPLICATE for line in lines),
        lines=len(lines),
        lines_by_kind=dict(sorted(kinds.items())),
        tests_rejected=len(lines) - len(kept),
        sales_without_price_and_customer=_without_price_and_customer(invoices),
        as_of=AS_OF,
        months=tuple(_months(invoices)),
        customers=tuple(_customers(invoices)),
    )


def sale_lines(invoice: Invoice) -> list[Line]:
    """Give the lines that count as sales."""
    sales = [line for line in invoice.lines if line.line_type is LineType.SALE]
    return [line for line in sales if line.item_kind is not ItemKind.TEST]


def _without_price_and_customer(invoices: Sequence[Invoice]) -> int:
    unknown = (line for each in invoices if each.customer is None for line in sale_lines(each))
    return sum(line.price_mills == 0 for line in unknown)


def _months(invoices: Sequence[Invoice]) -> Iterator[TradeMonth]:
    by_month: dict[str, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        by_month[f"{invoice.moment:%Y-%m}"].append(invoice)
    for month, within in sorted(by_month.items()):
        yield _month(month, within)


def _month(month: str, invoices: Sequence[Invoice]) -> TradeMonth:
    sales = [line for invoice in invoices for line in sale_lines(invoice)]
    lines = [line for invoice in invoices for line in invoice.lines]
    products = [line for line in lines if line.item_kind is ItemKind.PRODUCT]
    back = [line for line in products if line.line_type is LineType.CANCELLATION]
    return TradeMonth(
        month=month,
        sale_lines=len(sales),
        orders=sum(invoice.sells for invoice in invoices),
        units=sum(line.quantity for line in sales),
        gmv_gbp=pounds(sum(line.mills for line in sales)),
        fees_gbp=pounds(sum(line.mills for line in lines if line.line_type is LineType.FEE)),
        cancelled_lines=len(back),
        cancelled_units=-sum(line.quantity for line in back),
        cancelled_gbp=-pounds(sum(line.mills for line in back)),
    )


def _customers(invoices: Sequence[Invoice]) -> Iterator[TradeCustomer]:
    known: dict[int, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        if invoice.customer is not None and invoice.sells:
            known[invoice.customer].append(invoice)
    for number, orders in sorted(known.items()):
        days = [order.moment.date() for order in orders]
        recent = [order for order, day in zip(orders, days, strict=True) if day > AS_OF - _YEAR]
        yield TradeCustomer(
            customer_id=str(number),
            country=orders[0].country,
            first_order=min(days),
            last_order=max(days),
            orders=len(orders),
            value_gbp=_value(orders),
            orders_365d=len(recent),
            value_365d_gbp=_value(recent),
        )


def _value(orders: Sequence[Invoice]) -> Decimal:
    return pounds(sum(line.mills for order in orders for line in sale_lines(order)))
