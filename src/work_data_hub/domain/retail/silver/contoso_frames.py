"""Contoso's files with their cells read: items, sales, products, customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.rule import Rule
from work_data_hub.domain.kernel.build import InputRef
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.pipelines.lineage import Fault
from work_data_hub.domain.retail.contracts.bronze import (
    CONTOSO_CUSTOMERS,
    CONTOSO_PRODUCTS,
    CONTOSO_SALES,
    CONTOSO_SALESITEMS,
)
from work_data_hub.domain.retail.frames.row_codes import in_file_order
from work_data_hub.domain.retail.rules.cell_rules import CODE, DATE, PRICE, SHARE, WHOLE, read, trimmed

_LINEAGE: Final = ("file_id", "sheet", "row_number")

ITEM_RULES: Final[Mapping[str, Rule | None]] = {
    "item_id": CODE,
    "sale_id": CODE,
    "product_id": CODE,
    "quantity": WHOLE,
    "original_price": PRICE,
    "unit_price": PRICE,
    "discount_applied": PRICE,
    "discount_percent": SHARE,
    "item_total": PRICE,
    "sale_date": DATE,
    "channel": None,
    "channel_campaigns": None,
}
SALE_RULES: Final[Mapping[str, Rule | None]] = {
    "sale_id": CODE,
    "channel": None,
    "total_amount": PRICE,
    "sale_date": DATE,
    "customer_id": CODE,
    "country": None,
}
PRODUCT_RULES: Final[Mapping[str, Rule | None]] = {
    "product_id": CODE,
    **dict.fromkeys(("product_name", "category", "brand", "color", "size")),
    "catalog_price": PRICE,
    "cost_price": PRICE,
}
CUSTOMER_RULES: Final[Mapping[str, Rule | None]] = {
    "customer_id": CODE,
    "country": None,
    "age_range": None,
    "signup_date": DATE,
}


def input_of(contract: TableContract, rules: Mapping[str, Rule | None]) -> InputRef:
    """Declare the columns of a bronze table that the rules read."""
    return InputRef(contract, columns=(*_LINEAGE, *rules))


ITEMS_INPUT: Final = input_of(CONTOSO_SALESITEMS, ITEM_RULES)
SALES_INPUT: Final = input_of(CONTOSO_SALES, SALE_RULES)
PRODUCTS_INPUT: Final = input_of(CONTOSO_PRODUCTS, PRODUCT_RULES)
CUSTOMERS_INPUT: Final = input_of(CONTOSO_CUSTOMERS, CUSTOMER_RULES)


@dataclass(frozen=True, slots=True)
class Cells:
    """Read cells of a file by column, in file order, and the faults of those that can't be read."""

    rows: pd.DataFrame
    read: Mapping[str, pa.Array]
    faults: tuple[Fault, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame, rules: Mapping[str, Rule | None]) -> Self:
        """Read a bronze frame; a column without a rule is trimmed text."""
        rows = in_file_order(frame)
        faults: list[Fault] = []
        cells: dict[str, pa.Array] = {}
        for name, rule in rules.items():
            if rule is None:
                cells[name] = trimmed(rows[name])
                continue
            cells[name], failures = read(rows[name], rule)
            faults += [Fault(f.position, name, rule.name, f.reason, f.expected, f.value) for f in failures]
        return cls(rows, cells, tuple(faults))

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.rows)

    def required(self, names: tuple[str, ...]) -> list[Fault]:
        """Name the cells that are blank though something must stand there."""
        odd = {(fault.position, fault.column) for fault in self.faults}
        return [
            Fault(at, name, "required", "is blank", "a value")
            for name in names
            for at in np.flatnonzero(np.asarray(self.read[name].is_null())).tolist()
            if (at, name) not in odd
        ]

    def found(self, key: str, ids: pa.Array) -> "Found":
        """Look up ids in a key column; of repeated keys the first counts."""
        return Found(self, pc.index_in(ids, self.read[key], skip_nulls=True))

    def repeated(self, key: str) -> pa.Array:
        """Give the keys that stand in several rows."""
        counts = pc.value_counts(self.read[key].drop_null())
        return counts.field("values").filter(pc.greater(counts.field("counts"), 1))


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of a file found for other rows; null where there is none."""

    cells: Cells
    at: pa.Array

    @property
    def missing(self) -> pa.Array:
        """Rows for which nothing was found."""
        return self.at.is_null()

    def column(self, name: str) -> pa.Array:
        """Give a column of the found rows."""
        return self.cells.read[name].take(self.at)
