"""What a stock code stands for, and what kind of line it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.config import Codes
from work_data_hub.domain.retail.contracts.silver import ITEM_KINDS, LINE_TYPES
from work_data_hub.domain.retail.frames.row_codes import Flags

Kinds = npt.NDArray[np.int8]

PRODUCT, FEE_ITEM, ADJUSTMENT_ITEM = (np.int8(at) for at in range(len(ITEM_KINDS)))
TEST_ITEM: Final = np.int8(len(ITEM_KINDS))
SALE, CANCELLATION, ADJUSTMENT, FEE = (np.int8(at) for at in range(len(LINE_TYPES)))
NORMAL, CANCELS, ADJUSTS = (np.int8(at) for at in range(3))

_PREFIXES: Final = {"C": CANCELS, "A": ADJUSTS}


@dataclass(frozen=True, slots=True)
class CodeBook:
    """The configured patterns, the strongest first."""

    patterns: tuple[tuple[re.Pattern[str], np.int8], ...]
    given_away_adjusts: bool

    @classmethod
    def of(cls, codes: Codes) -> Self:
        """Take over the configured patterns."""
        lists = ((codes.tests, TEST_ITEM), (codes.fees, FEE_ITEM), (codes.adjustments, ADJUSTMENT_ITEM))
        patterns = tuple((_any_of(names), kind) for names, kind in lists if names)
        return cls(patterns, codes.zero_price_without_customer == "adjustment")

    def kind(self, code: str) -> np.int8:
        """Say what one upper-case code stands for."""
        return next((kind for pattern, kind in self.patterns if pattern.match(code)), PRODUCT)

    def kinds(self, codes: pa.Array) -> Kinds:
        """Say what each upper-case code stands for; a blank one is taken for a product."""
        encoded = codes.dictionary_encode()
        found = [self.kind(code) for code in encoded.dictionary.to_pylist()]
        at = np.asarray(encoded.indices.fill_null(len(found)))
        kinds: Kinds = np.array([*found, PRODUCT], np.int8)[at]
        return kinds

    def line_types(self, prefixes: Kinds, kinds: Kinds, quantity: Integers, given_away: Flags) -> Kinds:
        """Say what kind each line is; `given_away` marks those at price zero without a customer."""
        rules = (
            (prefixes == ADJUSTS, ADJUSTMENT),
            (prefixes == CANCELS, CANCELLATION),
            (kinds == FEE_ITEM, FEE),
            ((kinds == ADJUSTMENT_ITEM) | (quantity < 0), ADJUSTMENT),
            (given_away & self.given_away_adjusts, ADJUSTMENT),
        )
        return np.select([rule for rule, _ in rules], [kind for _, kind in rules], SALE).astype(np.int8)


def invoice_prefixes(invoices: pa.Array) -> Kinds:
    """Say whether each invoice cancels, adjusts or is a normal one."""
    encoded = invoices.dictionary_encode()
    found = [_PREFIXES.get(invoice[:1].upper(), NORMAL) for invoice in encoded.dictionary.to_pylist()]
    prefixes: Kinds = np.array([*found, NORMAL], np.int8)[np.asarray(encoded.indices.fill_null(len(found)))]
    return prefixes


def type_names(types: Kinds) -> pa.Array:
    """Give the names of line types."""
    return pa.array(LINE_TYPES).take(pa.array(types))


def kind_names(kinds: Kinds) -> pa.Array:
    """Give the names of item kinds; test codes have none, for they are rejected."""
    return pa.array(ITEM_KINDS).take(pa.array(kinds))


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern.upper()) for pattern in patterns))
