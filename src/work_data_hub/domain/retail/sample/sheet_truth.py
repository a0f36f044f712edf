"""What is known about one sheet before it is read: its size and how often each quirk stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from work_data_hub.domain.retail.sample.invoices import Invoice, ItemKind, Line, Mark


@dataclass(frozen=True, slots=True)
class SheetTruth:
    """Counts of lines unless the name says otherwise; amounts in pounds."""

    sheet: str
    lines: int
    invoices: int
    first_moment: datetime
    last_moment: datetime
    stock_codes: int
    stock_codes_upper_cased: int
    customers: int
    countries: int
    missing_customer: int
    missing_description: int
    blanks_around_description: int
    cancellations: int
    cancellations_with_positive_quantity: int
    bad_debt_adjustments: int
    negative_prices: int
    negative_quantity_without_c: int
    zero_prices: int
    exact_duplicates: int
    repeated_codes: int
    non_products: int
    tests: int
    smallest_quantity: int
    largest_quantity: int
    control_sum_gbp: Decimal


def pounds(mills: int) -> Decimal:
    """Give thousandths of a pound as an exact amount."""
    return Decimal(mills).scaleb(-3)


def sheet_truth(name: str, invoices: Sequence[Invoice]) -> SheetTruth:
    """Count what was put into a sheet."""
    pairs = [(invoice, line) for invoice in invoices for line in invoice.lines]
    lines = [line for _, line in pairs]
    cancelled = [line for invoice, line in pairs if invoice.prefix == "C"]
    quantities = [line.quantity for line in lines]
    codes = {line.code for line in lines}
    return SheetTruth(
        sheet=name,
        lines=len(lines),
        invoices=len(invoices),
        first_moment=min(invoice.moment for invoice in invoices),
        last_moment=max(invoice.moment for invoice in invoices),
        stock_codes=len(codes),
        stock_codes_upper_cased=len({code.upper() for code in codes}),
        customers=len({invoice.customer for invoice in invoices} - {None}),
        countries=len({invoice.country for invoice in invoices}),
        missing_customer=sum(invoice.customer is None for invoice, _ in pairs),
        missing_description=sum(line.description is None for line in lines),
        blanks_around_description=sum(_has_blanks(line) for line in lines),
        cancellations=len(cancelled),
        cancellations_with_positive_quantity=sum(line.quantity > 0 for line in cancelled),
        bad_debt_adjustments=sum(invoice.prefix == "A" for invoice, _ in pairs),
        negative_prices=sum(line.price_mills < 0 for line in lines),
        negative_quantity_without_c=_marked(lines, Mark.WRITE_OFF),
        zero_prices=sum(line.price_mills == 0 for line in lines),
        exact_duplicates=_marked(lines, Mark.EXACT_DUPLICATE),
        repeated_codes=_marked(lines, Mark.REPEATED_CODE),
        non_products=sum(line.item_kind is not ItemKind.PRODUCT for line in lines),
        tests=sum(line.item_kind is ItemKind.TEST for line in lines),
        smallest_quantity=min(quantities),
        largest_quantity=max(quantities),
        control_sum_gbp=pounds(sum(line.mills for line in lines)),
    )


def _marked(lines: Sequence[Line], mark: Mark) -> int:
    return sum(line.mark is mark for line in lines)


def _has_blanks(line: Line) -> bool:
    return line.description is not None and line.description != line.description.strip()
