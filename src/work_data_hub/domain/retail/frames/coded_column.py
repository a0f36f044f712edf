"""A text column of a million rows by its distinct texts, so that each is looked at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import apply_rule, text_cells
from work_data_hub.cleansing.rule import Rule
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, as_series, scaled
from work_data_hub.domain.retail.frames.row_codes import Flags

DAY_MICROSECONDS: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """Distinct texts and which of them each row holds; a blank row has the number behind the last."""

    texts: pa.Array
    codes: Integers

    @classmethod
    def of(cls, series: pd.Series) -> Self:
        """Find the distinct texts of a column."""
        return cls._encoded(text_cells(series))

    @classmethod
    def _encoded(cls, cells: pa.Array) -> Self:
        encoded = cells.dictionary_encode()
        # a distinct text may have become null
        codes = encoded.indices.fill_null(len(encoded.dictionary))
        return cls(encoded.dictionary, np.asarray(codes, np.int64))

    def mapped(self, function: Callable[[pd.Series], pa.Array]) -> Self:
        """Rewrite the distinct texts; those that become equal are one from then on."""
        new = self._encoded(function(self.series))
        return type(self)(new.texts, np.append(new.codes, new.distinct)[self.codes])

    @property
    def series(self) -> pd.Series:
        """The distinct texts as a column."""
        return as_series(self.texts)

    def spread(self, found: pd.Series) -> pd.Series:
        """Give each row what was found for its text; a blank row has nothing."""
        at = pa.array(self.codes, mask=~self.written)
        return as_series(arrow(pd.DataFrame({"found": found}), "found").take(at))

    @property
    def distinct(self) -> int:
        """Number of distinct texts."""
        return len(self.texts)

    @property
    def written(self) -> Flags:
        """Rows that are not blank."""
        return self.codes < self.distinct

    @property
    def missing(self) -> int:
        """Number of blank rows."""
        return len(self.codes) - int(self.written.sum())

    @property
    def distinct_upper(self) -> int:
        """Number of distinct texts when case does not count."""
        return len(pc.utf8_upper(self.texts).unique())

    def matching(self, pattern: str) -> int:
        """Count the rows whose text matches, whatever its case."""
        found = np.append(np.asarray(pc.match_substring_regex(self.texts, pattern, ignore_case=True)), False)
        return int(found[self.codes].sum())

    def numbers(self, rule: Rule) -> tuple[Integers, Flags]:
        """Read whole numbers of the last digit, and say which rows have one; others are zero."""
        values, _ = apply_rule(self.series, rule)
        known = np.append(values.notna().to_numpy(bool), False)
        return np.append(scaled(values), 0)[self.codes], known[self.codes]

    def moments(self, rule: Rule) -> tuple[Integers, Flags]:
        """Read moments as numbers of microseconds, and say which rows have one; others are zero."""
        values, _ = apply_rule(self.series, rule)
        stamps = arrow(pd.DataFrame({"moment": values}), "moment")
        known = np.append(np.asarray(stamps.is_valid()), False)
        numbers = np.asarray(stamps.cast(pa.int64()).fill_null(0), np.int64)
        return np.append(numbers, 0)[self.codes], known[self.codes]

    def days(self, rule: Rule) -> tuple[Integers, Flags]:
        """Read moments as numbers of days since 1970, and say which rows have one; others are zero."""
        numbers, known = self.moments(rule)
        return numbers // DAY_MICROSECONDS, known
