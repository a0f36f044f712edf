"""Counts a retail sample's truth again, from the cells alone and by the rules as they are written down."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Row = tuple[Any, ...]
FEES = re.compile(r"POST|DOT|C2|BANK CHARGES|AMAZONFEE|PADS|CRUK|GIFT_.*|DCGS.*")
ADJUSTMENTS = {"M", "D", "S", "B", "ADJUST", "ADJUST2"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One line as a reader sees it."""

    invoice: str
    code: str
    description: str | None
    quantity: int
    day: date
    month: str
    price: Decimal
    customer: str | None
    country: str

    @property
    def value(self) -> Decimal:
        return self.quantity * self.price

    @property
    def item_kind(self) -> str:
        code = self.code.upper()
        if code.startswith("TEST"):
            return "test"
        if FEES.fullmatch(code):
            return "fee"
        return "adjustment" if code in ADJUSTMENTS else "product"

    @property
    def line_type(self) -> str:
        if self.invoice.startswith("A"):
            return "adjustment"
        if self.invoice.startswith("C"):
            return "cancellation"
        if self.item_kind in {"fee", "adjustment"}:
            return self.item_kind
        return "adjustment" if self.quantity < 0 else "sale"

    @property
    def kind(self) -> str:
        return f"{self.line_type}/{self.item_kind}"


def cell(row: Row) -> Cell:
    invoice, code, text, quantity, moment, price, customer, country = row
    number = None if customer is None else str(customer)
    exact = Decimal(repr(float(price)))
    return Cell(invoice, code, text, quantity, moment.date(), f"{moment:%Y-%m}", exact, number, country)


def sheet_counts(rows: Sequence[Row]) -> dict[str, Any]:
    """Count one sheet's quirks."""
    cells = [cell(row) for row in rows]
    cancelled = [each for each in cells if each.invoice.startswith("C")]
    codes = {each.code for each in cells}
    return {
        "lines": len(rows),
        "invoices": len({each.invoice for each in cells}),
        "first_moment": min(row[4] for row in rows),
        "last_moment": max(row[4] for row in rows),
        "stock_codes": len(codes),
        "stock_codes_upper_cased": len({code.upper() for code in codes}),
        "customers": len({each.customer for each in cells if each.customer}),
        "countries": len({each.country for each in cells}),
        "missing_customer": sum(each.customer is None for each in cells),
        "missing_description": sum(each.description is None for each in cells),
        "blanks_around_description": sum(
            each.description != (each.description or "").strip() for each in cells if each.description
        ),
        "cancellations": len(cancelled),
        "cancellations_with_positive_quantity": sum(each.quantity > 0 for each in cancelled),
        "bad_debt_adjustments": sum(each.invoice.startswith("A") for each in cells),
        "negative_prices": sum(each.price < 0 for each in cells),
        "negative_quantity_without_c": sum(each.quantity < 0 for each in cells)
        - sum(each.quantity < 0 for each in cancelled),
        "zero_prices": sum(each.price == 0 for each in cells),
        "exact_duplicates": len(rows) - len(set(rows)),
        "repeated_codes": repeated_codes(rows),
        "non_products": sum(each.item_kind != "product" for each in cells),
        "tests": sum(each.item_kind == "test" for each in cells),
        "smallest_quantity": min(each.quantity for each in cells),
        "largest_quantity": max(each.quantity for each in cells),
        "control_sum_gbp": sum((each.value for each in cells), Decimal(0)),
    }


def repeated_codes(rows: Iterable[Row]) -> int:
    """Count the lines whose code stands in another, different line of their invoice, the first not counted."""
    different = Counter((row[0], row[1].upper()) for row in set(rows))
    return sum(many - 1 for many in different.values())


def overlap(first: Sequence[Row], second: Sequence[Row]) -> tuple[Counter[Row], Counter[Row]]:
    """Give the lines of the invoices that stand in both sheets, as each sheet has them."""
    both = {row[0] for row in first} & {row[0] for row in second}
    return Counter(row for row in first if row[0] in both), Counter(row for row in second if row[0] in both)


def united(first: Sequence[Row], second: Sequence[Row]) -> list[Cell]:
    """Take every invoice from one sheet only; test lines are refused."""
    known = {row[0] for row in first}
    cells = [cell(row) for row in (*first, *(row for row in second if row[0] not in known))]
    return [each for each in cells if each.item_kind != "test"]


def sales(cells: Iterable[Cell]) -> list[Cell]:
    return [each for each in cells if each.line_type == "sale"]


def months(cells: Iterable[Cell]) -> dict[str, Mapping[str, Any]]:
    """Add up every month."""
    within: dict[str, list[Cell]] = defaultdict(list)
    for each in cells:
        within[each.month].append(each)
    return {month: month_sums(found) for month, found in within.items()}


def month_sums(cells: Sequence[Cell]) -> Mapping[str, Any]:
    sold = sales(cells)
    back = [each for each in cells if each.kind == "cancellation/product"]
    return {
        "sale_lines": len(sold),
        "orders": len({each.invoice for each in sold}),
        "units": sum(each.quantity for each in sold),
        "gmv_gbp": sum((each.value for each in sold), Decimal(0)),
        "fees_gbp": sum((each.value for each in cells if each.line_type == "fee"), Decimal(0)),
        "cancelled_lines": len(back),
        "cancelled_units": -sum(each.quantity for each in back),
        "cancelled_gbp": -sum((each.value for each in back), Decimal(0)),
    }


def customers(cells: Iterable[Cell], as_of: date) -> dict[str, Mapping[str, Any]]:
    """Add up every customer's sale orders."""
    within: dict[str, list[Cell]] = defaultdict(list)
    for each in sales(cells):
        if each.customer:
            within[each.customer].append(each)
    return {number: customer_sums(found, as_of) for number, found in within.items()}


def customer_sums(sold: Sequence[Cell], as_of: date) -> Mapping[str, Any]:
    recent = [each for each in sold if each.day > as_of - timedelta(days=365)]
    return {
        "country": sold[0].country,
        "first_order": min(each.day for each in sold),
        "last_order": max(each.day for each in sold),
        "orders": len({each.invoice for each in sold}),
        "value_gbp": sum((each.value for each in sold), Decimal(0)),
        "orders_365d": len({each.invoice for each in recent}),
        "value_365d_gbp": sum((each.value for each in recent), Decimal(0)),
    }
