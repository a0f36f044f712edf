"""References made from facts: one row per key, each column by a named value rule; insert-only by contract."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period

BACKFILLED: Final = "backfilled"
_SOURCE: Final = "source_order"
_ROW_ORDER: Final = (_SOURCE, "file_id", "sheet", "row_number")
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Rows that carry a key, in the order of their sources, and the group each belongs to; groups in key order."""

    rows: pa.Table
    keys: pa.Array
    codes: Positions
    period: Period
    _orders: dict[tuple[str, ...], Positions] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: pa.Table, key: str, period: Period) -> "Groups":
        """Group the rows by a key column; rows without a key are left out."""
        kept = rows.filter(pc.is_valid(rows[key])).sort_by([(name, "ascending") for name in _ROW_ORDER])
        kept = kept.combine_chunks()
        values = pc.unique(kept[key])
        keys = values.take(pc.sort_indices(values))
        codes = pc.index_in(kept[key], value_set=keys).to_numpy().astype(np.int64)
        return cls(kept, keys, codes, period)

    @cached_property
    def sheet_order(self) -> Positions:
        """Positions of the rows as they stand in the sheet."""
        return np.arange(len(self.rows))

    def largest_first(self, weights: tuple[str, ...]) -> Positions:
        """Positions by falling weight, the first weight before the next; among equals in sheet order."""
        if weights not in self._orders:
            falling = [(name, "descending") for name in weights if name in self.rows.column_names]
            self._orders[weights] = pc.sort_indices(self.rows, falling).to_numpy()
        return self._orders[weights]

    def first_present(self, column: str, order: Positions, keep: pa.ChunkedArray | None = None) -> pa.Array:
        """Give each group the first value that is there, in an order of its rows."""
        values = self.rows[column]
        present = pc.is_valid(values) if keep is None else pc.and_kleene(pc.is_valid(values), keep)
        positions = order[pc.fill_null(present, False).to_numpy()[order]]
        found, at = np.unique(self.codes[positions], return_index=True)
        chosen = np.zeros(len(self.keys), np.int64)
        chosen[found] = positions[at]
        missing = np.ones(len(self.keys), bool)
        missing[found] = False
        return values.take(pa.array(chosen, mask=missing))

    def distinct(self, column: str) -> pa.Array:
        """Give each group the list of its distinct values, sorted."""
        pairs = pa.table({"code": self.codes, "value": self.rows[column]}).drop_null()
        pairs = pairs.group_by(["code", "value"]).aggregate([])
        pairs = pairs.sort_by([("code", "ascending"), ("value", "ascending")]).combine_chunks()
        ends = np.searchsorted(pairs["code"].to_numpy(), np.arange(len(self.keys) + 1))
        values = pairs["value"].combine_chunks()
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values)

    def constant(self, text: str) -> pa.Array:
        """Give each group the same text."""
        return pa.repeat(pa.scalar(text), len(self.keys))


class ValueRule(Protocol):
    """Says how a column of a reference gets its value."""

    def fill(self, groups: Groups) -> pa.Array:
        """Give one value, or null, per group."""


@dataclass(frozen=True, slots=True)
class First:
    """The first value that is there, in sheet order."""

    column: str

    def fill(self, groups: Groups) -> pa.Array:
        """Give one value, or null, per group."""
        return groups.first_present(self.column, groups.sheet_order)


@dataclass(frozen=True, slots=True)
class MaxBy:
    """The value of the row with the largest weight, of the rows that have one; `where` narrows the rows.

    Rows without the first weight come after all others, in the order of the next.
    """

    column: str
    weights: tuple[str, ...]
    where: tuple[str, str] | None = None

    def fill(self, groups: Groups) -> pa.Array:
        """Give one value, or null, per group."""
        keep = None if self.where is None else pc.equal(groups.rows[self.where[0]], self.where[1])
        return groups.first_present(self.column, groups.largest_first(self.weights), keep)


@dataclass(frozen=True, slots=True)
class ConcatDistinct:
    """The distinct values, sorted, in one text."""

    column: str
    separator: str = ","

    def fill(self, groups: Groups) -> pa.Array:
        """Give one value, or null, per group."""
        joined = pc.binary_join(groups.distinct(self.column), self.separator)
        return pc.if_else(pc.equal(joined, ""), pa.scalar(None, joined.type), joined)


@dataclass(frozen=True, slots=True)
class CountDistinct:
    """How many distinct values there are."""

    column: str

    def fill(self, groups: Groups) -> pa.Array:
        """Give one number per group."""
        return pc.cast(pc.list_value_length(groups.distinct(self.column)), pa.int64())


@dataclass(frozen=True, slots=True)
class Template:
    """A fixed text; {period} is the month as 2025-10, {YYMM} as 2510."""

    text: str

    def fill(self, groups: Groups) -> pa.Array:
        """Give the same text to every group."""
        return groups.constant(_written(self.text, groups.period))


@dataclass(frozen=True, slots=True)
class Suffixed:
    """The value of one rule, that of another and a fixed ending, in one text."""

    rule: ValueRule
    other: ValueRule
    ending: str

    def fill(self, groups: Groups) -> pa.Array:
        """Give one text, or null where a part is null, per group."""
        parts = (self.rule.fill(groups), self.other.fill(groups), groups.constant(self.ending))
        return pc.binary_join_element_wise(*parts, "")


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing yet: the column is filled by other means."""

    def fill(self, groups: Groups) -> pa.Array:
        """Give null to every group."""
        return pa.nulls(len(groups.keys), pa.string())


@dataclass(frozen=True, slots=True)
class Tag:
    """A JSON list of one tag; the placeholders of Template hold here too."""

    text: str

    def fill(self, groups: Groups) -> pa.Array:
        """Give the same list to every group."""
        return groups.constant(json.dumps([_written(self.text, groups.period)], ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Translated:
    """The value of another rule, translated by a map; what the map does not know becomes null."""

    rule: ValueRule
    names: Mapping[str, str]

    def fill(self, groups: Groups) -> pa.Array:
        """Give one value, or null, per group."""
        at = pc.index_in(self.rule.fill(groups), value_set=pa.array(list(self.names), pa.string()))
        return pa.array(list(self.names.values()), pa.string()).take(at)


def _written(text: str, period: Period) -> str:
    return text.replace("{period}", str(period)).replace("{YYMM}", f"{period.start:%y%m}")


def reference_outcome(
    contract: TableContract,
    frames: Sequence[pd.DataFrame],
    key: str,
    rules: Mapping[str, ValueRule],
    period: Period,
) -> Outcome:
    """Give one row per key of all frames; rows without a key make none and are counted as skipped."""
    groups = Groups.of(_in_one(frames), key, period)
    made = {
        key: groups.keys,
        **{column: rule.fill(groups) for column, rule in rules.items()},
        "first_seen_period": pa.repeat(pa.scalar(period.start), len(groups.keys)),
        "record_origin": groups.constant(BACKFILLED),
    }
    fields = [field for field in contract.arrow_schema if field.name in made]
    table = pa.Table.from_arrays([made[field.name] for field in fields], schema=pa.schema(fields))
    read = sum(map(len, frames))
    without_key = read - len(groups.rows)
    counts = Counts(read=read, published=table.num_rows, skipped=without_key)
    facts = {"metrics": {"rows_without_key": without_key, "keys": table.num_rows}}
    return Outcome(to_pandas(table), counts, facts=facts)


def _in_one(frames: Sequence[pd.DataFrame]) -> pa.Table:
    """Put the rows of several sources below each other; a column that a source lacks is null there."""
    tables = [
        pa.Table.from_pandas(frame, preserve_index=False).append_column(
            _SOURCE, pa.repeat(pa.scalar(order), len(frame))
        )
        for order, frame in enumerate(frames)
    ]
    return pa.concat_tables(tables, promote_options="default")
