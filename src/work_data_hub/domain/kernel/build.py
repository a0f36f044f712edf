"""How a table is built from other tables: the declaration each domain makes once per table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frame_adapter import FrameEngine, PandasFrameAdapter
from work_data_hub.domain.kernel.models import ModelVersion
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.kernel.sheets import DropPart, DropSpec, SheetSpec

Emit = Callable[[Any], None]


def ignore_event(_event: Any) -> None:
    """Take a report and do nothing with it."""


@dataclass(frozen=True, slots=True)
class InputRef:
    """A table that a build reads: the month itself (0), an earlier one (-1), all months before (history), or all of it.

    Optional ones and a history may be absent. A build that belongs to no month reads all of every table; one that
    does belong to a month reads all of a table only where the table has no months, or with `whole`. `columns` names
    those that are needed; without it all are read. Of a table with members, a build reads its own member's rows;
    `members` are those that read the input at all, where not everyone does.
    """

    contract: TableContract
    month_offset: int = 0
    optional: bool = False
    history: bool = False
    whole: bool = False
    columns: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    def read_by(self, member: str | None) -> bool:
        """Say whether a member's build reads this input."""
        return not self.members or member in self.members

    @property
    def name(self) -> str:
        """Name of the frame in the build's inputs, as scale_fact, scale_fact@-1 or company_index@before."""
        if self.history:
            return f"{self.contract.name}@before"
        return self.contract.name + (f"@{self.month_offset}" if self.month_offset else "")

    def scope(self, period: Period | None, member: str | None = None) -> Scope:
        """Give the part of the table that a build of the month, or of no month, reads."""
        return self._months(period).of_member(self.contract.member, member)

    def _months(self, period: Period | None) -> Scope:
        if period is None or self.whole or not (self.contract.monthly or self.contract.sliced_by):
            return Scope()
        column = self.contract.month_column or "period"
        if self.history:
            return Scope.months_before(period, column)
        return Scope.month(period.shift(self.month_offset), column)


@dataclass(frozen=True, slots=True)
class ModelRef:
    """The champion that a build reads: the one that scores its month, or the one that stood before (`incumbent`)."""

    family: str
    incumbent: bool = False

    def name(self, member: str | None) -> str:
        """Give the model's name: that of its family, for a member with the member's name."""
        return f"{self.family}_{member}" if member else self.family


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What a build may know: its month and member, its input frames, its configuration, the champion, where to report.

    `engine` gives frames to code that runs on pandas and on Spark alike. `withdrawn` are versions of the model that
    people took back: no training promotes them again.
    """

    month: Period | None
    frames: Mapping[str, pd.DataFrame]
    config: Any
    execution_id: str = ""
    emit: Emit = ignore_event
    member: str | None = None
    champion: ModelVersion | None = None
    engine: FrameEngine = PandasFrameAdapter.from_pandas
    withdrawn: tuple[str, ...] = ()

    @property
    def period(self) -> Period:
        """The month; a table that is built as a whole has none."""
        if self.month is None:
            raise PermanentError("this table is built as a whole", fix="do not ask for its month")
        return self.month

    def frame(self, name: str) -> pd.DataFrame:
        """Give an input frame that is known to be there."""
        return self.frames[name]


@dataclass(frozen=True, slots=True)
class TableBuild:
    """A table made from tables: pure; `gates` must be fresh before it, though they are not read.

    With `model`, the build also reads the champion of that family; there may be none yet.
    """

    contract: TableContract
    inputs: tuple[InputRef, ...]
    make: Callable[[BuildContext], Outcome]
    gates: tuple[TableContract, ...] = ()
    model: ModelRef | None = None

    def inputs_of(self, member: str | None) -> tuple[InputRef, ...]:
        """Give the inputs that a member's build reads."""
        return tuple(ref for ref in self.inputs if ref.read_by(member))


@dataclass(frozen=True, slots=True)
class SheetIntake:
    """A bronze table made from one sheet of the domain's monthly file."""

    contract: TableContract
    sheet: SheetSpec


@dataclass(frozen=True, slots=True)
class DropIntake:
    """A bronze table made from a whole drop: one or several files of a named source that belong together.

    Where the table has members, each has a source of its own, `source.member`, and `specs` say how it is read;
    a member that is not among them has no files.
    """

    contract: TableContract
    source: str
    drop: DropSpec
    make: Callable[[tuple[DropPart, ...]], Outcome]
    specs: Mapping[str, DropSpec] = field(default_factory=dict)

    def source_of(self, member: str | None) -> str:
        """Give the name of the source that a member's files come from."""
        return f"{self.source}.{member}" if member else self.source

    def spec_of(self, member: str | None) -> DropSpec:
        """Say how a member's files are read."""
        return self.specs.get(member, self.drop) if member else self.drop


Buildable = TableBuild | SheetIntake | DropIntake


def scope_of(contract: TableContract, period: Period | None, member: str | None = None) -> Scope:
    """Give the scope that a build publishes: its month, or all of a table that has no months; of one member."""
    whole = Scope.month(period) if contract.monthly and period is not None else Scope()
    return whole.of_member(contract.member, member)
