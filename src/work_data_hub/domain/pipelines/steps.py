"""Small steps on whole columns that every domain composes; no business rule of one domain."""

# a step is given the context whether it needs it or not
# ruff: noqa: ARG002

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import Failure, apply_rule, arrow_series, text_cells
from work_data_hub.cleansing.dates import check_bounds
from work_data_hub.cleansing.rule import Rule
from work_data_hub.domain.pipelines.core import PipelineContext, StepOutcome
from work_data_hub.domain.pipelines.lineage import Fault, cells_of, rejections_of, without


@dataclass(frozen=True, slots=True)
class RenameColumns:
    """Rename columns that must be there."""

    columns: Mapping[str, str]
    name: str = "rename columns"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame with the new names."""
        return data.rename(columns=dict(self.columns), errors="raise")


@dataclass(frozen=True, slots=True)
class DropColumns:
    """Drop columns that must be there."""

    columns: tuple[str, ...]
    name: str = "drop columns"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame without them."""
        return data.drop(columns=list(self.columns))


@dataclass(frozen=True, slots=True)
class CopyColumn:
    """Keep a column as it is now under a second name."""

    source: str
    target: str
    name: str = "copy column"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame with the copy."""
        return data.assign(**{self.target: data[self.source]})


@dataclass(frozen=True, slots=True)
class Derive:
    """Compute a column from the frame."""

    target: str
    function: Callable[[pd.DataFrame], pd.Series]
    name: str = "derive column"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame with the computed column."""
        return data.assign(**{self.target: self.function(data)})


@dataclass(frozen=True, slots=True)
class MapValues:
    """Translate text through a mapping; what it lacks becomes the default, stays, or rejects its row."""

    column: str
    target: str
    mapping: Mapping[str, str]
    default: str | None = None
    on_missing: Literal["default", "keep", "reject"] = "default"
    name: str = "map values"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame | StepOutcome:
        """Give the frame with the translated column; blanks are missing too, but never rejected."""
        cells = text_cells(data[self.column])
        found = _looked_up(cells, self.mapping)
        if self.on_missing == "default":
            found = pc.fill_null(found, self.default) if self.default is not None else found
        if self.on_missing == "keep":
            found = pc.coalesce(found, cells)
        mapped = data.assign(**{self.target: arrow_series(found, like=data[self.column])})
        if self.on_missing != "reject":
            return mapped
        unknown = pc.and_(pc.is_valid(cells), pc.is_null(found))
        reject = _Reject(self.column, self.name, "is not known", f"one of {', '.join(sorted(self.mapping))}")
        return reject.where(unknown, mapped)


@dataclass(frozen=True, slots=True)
class FillBlank:
    """Fill the blanks of a column with what a mapping says of another column."""

    column: str
    by: str
    mapping: Mapping[str, str]
    name: str = "fill blanks"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame with the blanks filled where the mapping has a word."""
        filled = pc.coalesce(
            text_cells(data[self.column]), _looked_up(text_cells(data[self.by]), self.mapping)
        )
        return data.assign(**{self.column: arrow_series(filled, like=data[self.column])})


@dataclass(frozen=True, slots=True)
class FillZero:
    """Write zero where a decimal column is blank."""

    columns: tuple[str, ...]
    name: str = "blank is zero"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame without blanks in these columns."""
        return data.assign(**{name: _without_nulls(data[name]) for name in self.columns})


@dataclass(frozen=True, slots=True)
class RejectWhere:
    """Reject the rows for which a condition on the frame holds."""

    predicate: Callable[[pd.DataFrame], pd.Series]
    rule: str
    column: str | None
    reason: str
    expected: str | None = None

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.rule

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> StepOutcome:
        """Give the rows for which the condition does not hold or is not known."""
        hits = pa.array(self.predicate(data).array, from_pandas=True)
        return _Reject(self.column, self.rule, self.reason, self.expected).where(hits, data)


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """A cleansing rule with what its column further demands."""

    rule: Rule
    required: bool = False
    not_after: date | None = None
    warn_before: date | None = None

    def unreadable(self, column: str, failures: Iterable[Failure]) -> Iterator[Fault]:
        """Name the cells that the rule could not read."""
        for failure in failures:
            at, reason, expected = failure.position, failure.reason, failure.expected
            yield Fault(at, column, self.rule.name, reason, expected, failure.value)

    def unmet(self, cells: pd.Series, values: pd.Series, failed: Container[int]) -> Iterator[Fault]:
        """Name the cells that could be read, but are blank though required, or too late."""
        column = str(cells.name)
        if self.required:
            for at in np.flatnonzero(values.isna()).tolist():
                if at not in failed:
                    yield Fault(at, column, "required", "is blank", "a value")
        for at in check_bounds(values, not_after=self.not_after).too_late if self.not_after else ():
            expected = f"no later than {self.not_after}"
            yield Fault(at, column, "not_after", "lies in the future", expected, str(cells.iloc[at]))

    def warnings(self, values: pd.Series) -> Iterator[str]:
        """Tell of dates that are suspiciously old."""
        if self.warn_before and (old := check_bounds(values, warn_before=self.warn_before).too_old):
            yield f"{values.name}: {len(old)} dates before {self.warn_before}"


@dataclass(frozen=True, slots=True)
class CleanColumns:
    """Apply cleansing rules; every fault of a row is listed before the row leaves the frame."""

    rules: Mapping[str, Rule | ColumnRule]
    name: str = "clean columns"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> StepOutcome:
        """Give the rows whose cells could all be read, and one rejection for each other cell."""
        clean: dict[str, pd.Series] = {}
        faults: list[Fault] = []
        warnings: list[str] = []
        for column, given in self.rules.items():
            rule = given if isinstance(given, ColumnRule) else ColumnRule(given)
            clean[column], failures = apply_rule(data[column], rule.rule)
            faults.extend(rule.unreadable(column, failures))
            faults.extend(rule.unmet(data[column], clean[column], {failure.position for failure in failures}))
            warnings.extend(rule.warnings(clean[column]))
        rejections = rejections_of(data, faults)
        return StepOutcome(without(data.assign(**clean), faults), rejections, warnings)


@dataclass(frozen=True, slots=True)
class _Reject:
    column: str | None
    rule: str
    reason: str
    expected: str | None

    def where(self, hits: pa.Array, data: pd.DataFrame) -> StepOutcome:
        positions = np.flatnonzero(np.asarray(pc.fill_null(hits, False)))
        values = cells_of(data[self.column].iloc[positions]) if self.column else [None] * len(positions)
        faults = [
            Fault(at, self.column, self.rule, self.reason, self.expected, None if cell is None else str(cell))
            for at, cell in zip(positions.tolist(), values, strict=True)
        ]
        return StepOutcome(without(data, faults), rejections_of(data, faults))


def _without_nulls(series: pd.Series) -> pd.Series:
    values = pa.array(series.array, from_pandas=True)
    return arrow_series(pc.fill_null(values, pa.scalar(Decimal(0), values.type)), like=series)


def _looked_up(cells: pa.Array, mapping: Mapping[str, str]) -> pa.Array:
    keys, values = pa.array(mapping.keys(), pa.string()), pa.array(mapping.values(), pa.string())
    return values.take(pc.index_in(cells, keys))
