"""How the cells of the retail files are read: whole numbers, prices, codes, texts, days."""

from decimal import Decimal
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import Failure, apply_rule, text_cells
from work_data_hub.cleansing.numbers import decimal_number
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.cleansing.rule import CellValue, Rule, Unreadable
from work_data_hub.cleansing.timestamps import TIMESTAMP_US
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled

PRICE_DIGITS: Final = 4
_EXAMPLE: Final = "a whole number such as 12 or -3"
_FINE: Final = decimal_number(38, 18, "number")
# up to fifteen digits: what a workbook keeps of a number
_PLAIN_WHOLE: Final = r"^-?[0-9]{1,15}$"
_WHOLE_TYPE: Final = pa.decimal128(19, 0)


def _read_whole(cell: str) -> CellValue:
    number = _FINE.apply(cell)
    if not isinstance(number, Decimal):
        return number
    if number != number.to_integral_value() or abs(number) >= 10**15:
        raise Unreadable("is not a whole number of at most fifteen digits", _EXAMPLE)
    return number.quantize(Decimal(1))


def _plain_whole(cells: pa.Array) -> pa.Array:
    plain = pc.if_else(pc.match_substring_regex(cells, _PLAIN_WHOLE), cells, pa.scalar(None, pa.string()))
    return plain.cast(pa.int64()).cast(_WHOLE_TYPE)


WHOLE: Final = Rule("whole_number", "decimal", _read_whole, _EXAMPLE, _WHOLE_TYPE, _plain_whole)
PRICE: Final = decimal_number(18, PRICE_DIGITS, "number", name="price")
SHARE: Final = get_rule("fraction")
CODE: Final = get_rule("code")
DATE: Final = get_rule("date")
# the edition of 2010-11 writes 12/1/2010 8:26; the workbook's days have the year first, so one rule reads both
MOMENT: Final = TIMESTAMP_US


def read(series: pd.Series, rule: Rule) -> tuple[pa.Array, tuple[Failure, ...]]:
    """Read the distinct cells of a column; blanks and unreadable ones are null, and the latter are listed."""
    cells = text_cells(series).dictionary_encode()
    values, failures = apply_rule(pd.Series(pd.arrays.ArrowExtensionArray(cells.dictionary)), rule)
    read_values = arrow(pd.DataFrame({"value": values}), "value").take(cells.indices)
    if not failures:
        return read_values, ()
    known = {failure.position: failure for failure in failures}
    found = [(at, known[code]) for at, code in enumerate(cells.indices.to_pylist()) if code in known]
    return read_values, tuple(Failure(at, f.value, f.reason, f.expected) for at, f in found)


def values(series: pd.Series, rule: Rule) -> pa.Array:
    """Read a column whose unreadable cells count as blank."""
    return read(series, rule)[0]


def whole_numbers(read_values: pa.Array) -> Integers:
    """Give read whole numbers as integers; a null is zero."""
    return scaled(read_values)


def trimmed(series: pd.Series) -> pa.Array:
    """Give texts without blanks around them; an empty one is null."""
    texts = pc.utf8_trim_whitespace(text_cells(series))
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def upper_codes(series: pd.Series) -> pa.Array:
    """Give codes in upper case, without blanks around them."""
    return pc.utf8_upper(trimmed(series))
