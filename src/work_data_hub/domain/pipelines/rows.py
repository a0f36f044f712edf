"""A step that works row by row, for rules that no column expression can say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from work_data_hub.cleansing.rule import Unreadable
from work_data_hub.domain.pipelines.core import PipelineContext, RowRefusedError, StepOutcome
from work_data_hub.domain.pipelines.lineage import Fault, cells_of, rejections_of, without

Row = dict[str, Any]

# what bad data makes of good code; the hub's own errors stay errors
ROW_FAULTS: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class RowStep:
    """Apply a function to each row; a row it raises on is rejected, or stops the run in stop mode."""

    name: str
    function: Callable[[Row], Mapping[str, Any]]

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> StepOutcome:
        """Give the rows that went through; blanks are None on the way in and out."""
        done: list[Mapping[str, Any]] = []
        faults: list[Fault] = []
        for position, row in enumerate(_rows(data)):
            try:
                done.append(self.function(row))
            except ROW_FAULTS as cause:
                faults.append(_fault(position, self.name, cause))
                if context.config.mode == "stop_on_error":
                    raise RowRefusedError(rejections_of(data, faults)[0]) from cause
        return StepOutcome(_frame(done, like=without(data, faults)), rejections_of(data, faults))


def _fault(position: int, rule: str, cause: Exception) -> Fault:
    expected = cause.expected if isinstance(cause, Unreadable) else None
    reason = cause.reason if isinstance(cause, Unreadable) else f"{type(cause).__name__}: {cause}"
    return Fault(position, None, rule, reason, expected)


def _rows(data: pd.DataFrame) -> list[Row]:
    names = [str(name) for name in data.columns]
    cells = (cells_of(column) for _, column in data.items())
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _frame(rows: list[Mapping[str, Any]], like: pd.DataFrame) -> pd.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row)) if rows else list(like.columns)
    cells = {name: [row.get(name) for row in rows] for name in names}
    columns = {name: _column(values, name, like) for name, values in cells.items()}
    return pd.DataFrame(columns, index=like.index, columns=pd.Index(names))


def _column(values: list[Any], name: str, like: pd.DataFrame) -> pd.Series:
    if name in like.columns:
        return pd.Series(values, index=like.index, dtype=like[name].dtype)
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values)), index=like.index)
