"""The lines of EuroStyle's sheets with their cells read, and what is wrong with those that can't be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import Failure
from work_data_hub.cleansing.rule import Rule
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.pipelines.lineage import Fault
from work_data_hub.domain.retail.frames.row_codes import Flags, codes_of, joint_codes, repeats, sheet_ranks
from work_data_hub.domain.retail.rules.cell_rules import (
    CODE,
    MOMENT,
    PRICE,
    WHOLE,
    read,
    trimmed,
    upper_codes,
    whole_numbers,
)
from work_data_hub.domain.retail.rules.codes import TEST_ITEM, CodeBook, Kinds
from work_data_hub.domain.retail.silver.brand_lines import products_fit

RAW: Final = (
    *("invoice", "stock_code", "description", "quantity"),
    *("invoice_date", "price", "customer_id", "country"),
)
_RULES: Final[dict[str, Rule]] = {
    "quantity": WHOLE,
    "price": PRICE,
    "invoice_date": MOMENT,
    "customer_id": CODE,
}
_REQUIRED: Final = ("invoice", "stock_code", "quantity", "invoice_date", "price")


@dataclass(frozen=True, slots=True)
class EurostyleCells:
    """Read cells of all lines, column by column, in file order."""

    rows: pd.DataFrame
    sheets: Integers
    equal_lines: Integers
    read: dict[str, pa.Array]
    failures: dict[str, tuple[Failure, ...]]
    quantity: Integers
    price: Integers
    too_large: Flags
    kinds: Kinds

    @classmethod
    def of(cls, rows: pd.DataFrame, book: CodeBook) -> Self:
        """Read bronze lines that stand in file order."""
        sheets = sheet_ranks(rows)
        found = {column: read(rows[column], rule) for column, rule in _RULES.items()}
        cells = {column: values for column, (values, _) in found.items()}
        cells |= {name: trimmed(rows[name]) for name in ("invoice", "description", "country")}
        cells["stock_code"] = upper_codes(rows["stock_code"])
        quantity, price = whole_numbers(cells["quantity"]), scaled(cells["price"])
        return cls(
            rows,
            sheets,
            equal_lines(rows),
            cells,
            {column: failures for column, (_, failures) in found.items()},
            quantity,
            price,
            ~products_fit(quantity, price),
            book.kinds(cells["stock_code"]),
        )

    @property
    def duplicates(self) -> Flags:
        """Lines before which an equal one stands in the same sheet."""
        return repeats(joint_codes((self.equal_lines, self.sheets), len(self.rows)))

    @property
    def amounts(self) -> Integers:
        """Quantity times price; zero where one can't be read or the product is too large."""
        return np.where(self.too_large, 0, self.quantity) * self.price

    @property
    def unreadable_amounts(self) -> int:
        """Number of lines whose amount can't be told because a cell can't be read."""
        odd = {failure.position for name in ("quantity", "price") for failure in self.failures[name]}
        return len(odd | set(np.flatnonzero(self.too_large).tolist()))

    def faults(self, judged: Flags) -> list[Fault]:
        """Name what is wrong with the judged lines."""
        return [fault for fault in self._faults() if judged[fault.position]]

    def _faults(self) -> Iterator[Fault]:
        for column, failures in self.failures.items():
            for failure in failures:
                rule, reason, expected = _RULES[column].name, failure.reason, failure.expected
                yield Fault(failure.position, column, rule, reason, expected, failure.value)
        for column in _REQUIRED:
            odd = {failure.position for failure in self.failures.get(column, ())}
            for at in _positions(pc.is_null(self.read[column])):
                if at not in odd:
                    yield Fault(at, column, "required", "is blank", "a value")
        for at in np.flatnonzero(self.too_large).tolist():
            yield Fault(at, "price", "too_large", "times the quantity is too large", "a sensible price")
        for at in np.flatnonzero(self.kinds == TEST_ITEM).tolist():
            code = self.read["stock_code"][at].as_py()
            yield Fault(at, "stock_code", "test_code", "is a code for tests", "a code of the business", code)


def equal_lines(rows: pd.DataFrame) -> Integers:
    """Number lines so that those with the same cells, whatever their sheet, have the same number."""
    return joint_codes((codes_of(arrow(rows, name)) for name in RAW), len(rows))


def _positions(flags: pa.Array) -> list[int]:
    found: list[int] = np.flatnonzero(np.asarray(flags)).tolist()
    return found
