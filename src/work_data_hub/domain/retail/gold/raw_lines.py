"""The raw lines of a brand in a month, read anew: the witness beside the sales lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import InputRef
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.retail.config import RetailMappings
from work_data_hub.domain.retail.contracts.bronze import EUROSTYLE_LINES
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE
from work_data_hub.domain.retail.frames.grouping import Codes
from work_data_hub.domain.retail.frames.shaping import integers
from work_data_hub.domain.retail.gold.raw_fates import PLACE, contoso_fates, eurostyle_fates
from work_data_hub.domain.retail.rules.cell_rules import PRICE, WHOLE, trimmed, values, whole_numbers
from work_data_hub.domain.retail.silver.brand_lines import products_fit
from work_data_hub.domain.retail.silver.eurostyle_cells import RAW

RAW_INPUTS: Final = (
    InputRef(EUROSTYLE_LINES, optional=True, columns=(*PLACE, *RAW)),
    InputRef(
        CONTOSO_LINE,
        optional=True,
        columns=(
            *(*PLACE, "order_id", "customer_id", "order_date"),
            *("quantity", "unit_price", "list_price", "amount"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class RawBrand:
    """A brand's raw lines of a month, and the sales lines that became of them."""

    system: str
    table: str
    rows: pd.DataFrame
    sales: pd.DataFrame
    fate: Integers


def raw_brands(
    frames: Mapping[str, pd.DataFrame], sales: pd.DataFrame, mappings: RetailMappings
) -> Iterator[RawBrand]:
    """Give each brand whose raw lines the month has."""
    systems = arrow(sales, "source_system")
    for table, brand in ((EUROSTYLE_LINES.name, mappings.eurostyle), (CONTOSO_LINE.name, mappings.contoso)):
        rows = frames.get(table)
        if rows is None or rows.empty:
            continue
        own = sales[np.asarray(pc.equal(systems, brand.system))]
        if table == EUROSTYLE_LINES.name:
            yield RawBrand(brand.system, table, rows, own, eurostyle_fates(rows, own, mappings.codes))
        else:
            yield RawBrand(brand.system, table, rows, own, contoso_fates(rows, own))


@dataclass(frozen=True, slots=True)
class RawLines:
    """Raw lines as arrays; amounts in ten-thousandths, zero where unreadable; list amounts and totals if there are."""

    fate: Integers
    orders: Codes
    customers: Codes
    quantity: Integers
    amount: Integers
    listed: Integers | None = None
    delivered: Integers | None = None

    @classmethod
    def of(cls, brand: RawBrand) -> Self:
        """Read a brand's raw lines."""
        return cls._of_texts(brand) if brand.table == EUROSTYLE_LINES.name else cls._of_items(brand)

    @classmethod
    def _of_texts(cls, brand: RawBrand) -> Self:
        rows = brand.rows
        quantity, price = whole_numbers(values(rows["quantity"], WHOLE)), scaled(values(rows["price"], PRICE))
        orders, customers = (Codes.of(trimmed(rows[name])) for name in ("invoice", "customer_id"))
        fits = products_fit(quantity, price)
        return cls(brand.fate, orders, customers, quantity, np.where(fits, quantity, 0) * price)

    @classmethod
    def _of_items(cls, brand: RawBrand) -> Self:
        rows = brand.rows
        quantity = integers(arrow(rows, "quantity"))
        return cls(
            brand.fate,
            Codes.of(arrow(rows, "order_id")),
            Codes.of(arrow(rows, "customer_id")),
            quantity,
            quantity * scaled(rows["unit_price"]),
            quantity * scaled(rows["list_price"]),
            scaled(rows["amount"]),
        )

    def __len__(self) -> int:
        """Number of raw lines."""
        return len(self.fate)
