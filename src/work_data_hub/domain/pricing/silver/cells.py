"""How the cells of a line are read: codes, words, days, prices, quantities, yes and no."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import pandas as pd
import pyarrow as pa

from work_data_hub.cleansing.column import Failure, apply_rule
from work_data_hub.cleansing.numbers import decimal_number
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.cleansing.rule import Rule, Unreadable
from work_data_hub.cleansing.text import fold
from work_data_hub.domain.kernel.contract import FLAG, TEXT
from work_data_hub.domain.pipelines.amounts import arrow

PRICE_DIGITS: Final = 6
QUANTITY_DIGITS: Final = 4
_ISO_LETTERS: Final = 2
_YES: Final = frozenset({"true", "yes", "y", "1", "x"})
_NO: Final = frozenset({"false", "no", "n", "0"})
_FLAG_EXPECTED: Final = "yes or no, true or false, 1 or 0; blank is no"


class Read(NamedTuple):
    """A column's values, null where the cell was blank or failed, and the failures."""

    column: pa.Array
    failures: tuple[Failure, ...]


def _read_word(cell: str) -> str | None:
    # NA is Namibia or North America here, not nothing
    return fold(cell) or None


def _read_country(cell: str) -> str | None:
    name = fold(cell)
    return (name.upper() if len(name) == _ISO_LETTERS else name) or None


def _read_currency(cell: str) -> str | None:
    return fold(cell).upper() or None


def _read_flag(cell: str) -> str | None:
    word = fold(cell).casefold()
    if word in _YES or word in _NO:
        return "true" if word in _YES else "false"
    if not word:
        return None
    raise Unreadable("is neither yes nor no", _FLAG_EXPECTED)


_CODE: Final = get_rule("code")
_WORD: Final = Rule("word", "text", _read_word, "a word, with single spaces", TEXT)
_PRICE: Final = decimal_number(18, PRICE_DIGITS, "number", name="price")
RULES: Final[Mapping[str, Rule]] = {
    **dict.fromkeys(("order_id", "order_line_id", "customer_id", "product_id", "quote_id"), _CODE),
    **dict.fromkeys(("product_family", "region", "customer_tier", "sales_rep"), _WORD),
    "country": Rule("country", "text", _read_country, "an ISO 3166 code, or a name", TEXT),
    "currency": Rule("currency", "text", _read_currency, "a currency code such as EUR", TEXT),
    "order_date": get_rule("date"),
    **dict.fromkeys(("list_price", "sell_price", "unit_cost"), _PRICE),
    "quantity": decimal_number(18, QUANTITY_DIGITS, "number", name="quantity"),
    "negotiated": Rule("flag", "text", _read_flag, _FLAG_EXPECTED, TEXT),
}
REQUIRED: Final = ("order_id", "order_line_id", "customer_id", "product_id", "order_date", "quantity")


def read(cells: pa.Array, rule: Rule) -> Read:
    """Read a column by a rule, each distinct odd text once; what is typed already takes the rule's type."""
    if not pa.types.is_string(cells.type):
        try:
            return Read(cells.cast(rule.dtype), ())
        except pa.ArrowInvalid:
            # a cell that the type can't hold is told by the rule
            cells = cells.cast(TEXT)
    values, failures = apply_rule(pd.Series(pd.arrays.ArrowExtensionArray(cells), name="value"), rule)
    return Read(arrow(values.to_frame(), "value"), failures)


def as_flags(words: pa.Array) -> pa.Array:
    """Give read yes and no as flags; nothing is no."""
    return words.cast(FLAG).fill_null(False)
