"""Columns and forms that the price desk's tables share."""

from typing import Final

import pyarrow as pa

from work_data_hub.domain.kernel.columns import amount, count, stamp, text
from work_data_hub.domain.kernel.contract import COUNT, DAY, RATE, RATIO, STAMP, TEXT, Check, Column, Role

OWNER: Final = "team:price-desk"
PRICE: Final = pa.decimal128(18, 6)
VALUE: Final = pa.decimal128(24, 6)
QUANTITY: Final = pa.decimal128(18, 4)
LINE_KINDS: Final = ("order", "quote")

RUN: Final = stamp("run_id", TEXT, "Run", "run that wrote the row")
INGESTED: Final = stamp("ingested_at", STAMP, "Ingested", "when the run that wrote the row began")
BU: Final = text("bu_id", "Business unit", "business unit whose row it is", nullable=False)
PERIOD: Final = Column("period", DAY, "Month", "month of the order, its first day", role=Role.LINEAGE)
MONTH_FOR: Final = Column("period", DAY, "Month", "month it holds for; made from earlier months only")
FILE_LINEAGE: Final = (
    Column("file_id", TEXT, "File", "short fingerprint of the file", role=Role.LINEAGE),
    Column("sheet", TEXT, "Sheet", "sheet, or the name of a text file", role=Role.LINEAGE),
    Column("row_number", COUNT, "Row", "row in the sheet, counted from 1", role=Role.LINEAGE),
)
LINE_KIND: Final = text(
    "line_kind",
    "Kind",
    "order (sold) or quote (open, without a sell price)",
    nullable=False,
    checks=(Check("known_kind", one_of=LINE_KINDS),),
)
LINE_KEY: Final = (
    text("order_id", "Order", "order, or quote", nullable=False),
    text("order_line_id", "Line", "line within its order; a repeat of a line has a suffix", nullable=False),
)
PARTIES: Final = (
    text("customer_id", "Customer", "customer", nullable=False),
    text("product_id", "Product", "product", nullable=False),
    text("country", "Country", "ISO 3166 code of the customer's country, or as the source has it"),
)
SEGMENT: Final = (
    text(
        "product_family",
        "Product family",
        "family of the product; unknown where none is told",
        nullable=False,
    ),
    text("region", "Region", "region of the customer; unknown where none is told", nullable=False),
    text("customer_tier", "Customer tier", "tier of the customer as of the order", nullable=False),
    text("qty_band", "Quantity band", "band of the quantity, as 10-99", nullable=False),
)


def price(name: str, label: str, meaning: str, *, nullable: bool = True) -> Column:
    """Declare a price of one unit in the currency of the business unit."""
    return amount(name, label, meaning, unit="BU currency per unit", dtype=PRICE, nullable=nullable)


def value(name: str, label: str, meaning: str, *, nullable: bool = True) -> Column:
    """Declare an amount in the currency of the business unit."""
    return amount(name, label, meaning, unit="BU currency", dtype=VALUE, nullable=nullable)


def discount(name: str, label: str, meaning: str, *, nullable: bool = True) -> Column:
    """Declare a discount on the list price as an exact share; 0.2 is 20 % off, below 0 a surcharge."""
    return amount(name, label, meaning, unit="share of list price", dtype=RATE, nullable=nullable)


def number(
    name: str, label: str, meaning: str, *, unit: str, nullable: bool = True, available: str | None = None
) -> Column:
    """Declare a number in binary floats: a feature, a statistic or a prediction, never money."""
    return Column(name, RATIO, label, meaning, unit=unit, nullable=nullable, available=available)


def lines(name: str, label: str, meaning: str, *, nullable: bool = False) -> Column:
    """Declare a count of order lines."""
    return count(name, label, meaning, unit="lines", nullable=nullable)
