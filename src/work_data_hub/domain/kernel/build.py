"""How a table is built from other tables: the declaration each domain makes once per table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.kernel.sheets import SheetSpec

Emit = Callable[[Any], None]


def ignore_event(_event: Any) -> None:
    """Take a report and do nothing with it."""


@dataclass(frozen=True, slots=True)
class InputRef:
    """A table that a build reads: the month itself (0), an earlier one (-1), or all months before (history).

    Optional ones and a history may be absent.
    """

    contract: TableContract
    month_offset: int = 0
    optional: bool = False
    history: bool = False

    @property
    def name(self) -> str:
        """Name of the frame in the build's inputs, as scale_fact, scale_fact@-1 or company_index@before."""
        if self.history:
            return f"{self.contract.name}@before"
        return self.contract.name + (f"@{self.month_offset}" if self.month_offset else "")

    def scope(self, period: Period) -> Scope:
        """Give the part of the table that a build of the month reads."""
        if self.history:
            return Scope.months_before(period)
        return Scope.month(period.shift(self.month_offset))


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What a build may know: its period, its input frames, its domain's configuration, where to report."""

    period: Period
    frames: Mapping[str, pd.DataFrame]
    config: Any
    execution_id: str = ""
    emit: Emit = ignore_event

    def frame(self, name: str) -> pd.DataFrame:
        """Give an input frame that is known to be there."""
        return self.frames[name]


@dataclass(frozen=True, slots=True)
class TableBuild:
    """A table made from tables: pure; `gates` must be fresh before it, though they are not read."""

    contract: TableContract
    inputs: tuple[InputRef, ...]
    make: Callable[[BuildContext], Outcome]
    gates: tuple[TableContract, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetIntake:
    """A bronze table made from one sheet of the domain's monthly file."""

    contract: TableContract
    sheet: SheetSpec


Buildable = TableBuild | SheetIntake
