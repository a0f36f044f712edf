"""What the use cases know of a business domain, and the ports they work through."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from work_data_hub.application.models.book import ChampionBook, EntriesOnce
from work_data_hub.application.models.ports import ExperimentTracker
from work_data_hub.application.ports import Clock, DropBox, Ledger, SheetReader, SourceFinder, TableStore
from work_data_hub.application.quarantine.book import QuarantineBook
from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.kernel.build import Buildable, DropIntake, SheetIntake, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError, UsageError
from work_data_hub.domain.kernel.frame_adapter import FrameEngine, PandasFrameAdapter
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

_NAME: Final = re.compile(r"[^\W\d][\w-]*")
Bounds = tuple[Period | None, Period | None]


@dataclass(frozen=True, slots=True)
class Stage:
    """Tables one after the other that are all built month by month, or all built as a whole."""

    monthly: bool
    tables: tuple[Buildable, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """One business: its monthly source or its drops, its configuration and its tables in dependency order.

    Tables with a member column are built for each of `members`, in the months from the first to the last that
    the `anchors` hold rows of it, within the bounds of `member_months`.
    """

    name: str
    source: SourceSpec | None
    config: Any
    config_fingerprint: str
    start: Period
    intakes: tuple[SheetIntake | DropIntake, ...]
    builds: tuple[TableBuild, ...]
    drops: Mapping[str, SourceSpec] = field(default_factory=dict)
    code_version: str = ""
    releasable: tuple[str, ...] = ()
    dataset: str = ""
    members: tuple[str, ...] = ()
    member_configs: Mapping[str, str] = field(default_factory=dict)
    anchors: tuple[TableContract, ...] = ()
    member_anchors: Mapping[str, tuple[TableContract, ...]] = field(default_factory=dict)
    member_months: Mapping[str, Bounds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse members whose names could not be told from the rest of a scope's key."""
        wrong = [name for name in self.members if not _NAME.fullmatch(name)]
        if wrong:
            raise ConfigurationError(
                f"{self.name}: {', '.join(map(repr, wrong))} can't be the name of a member",
                expected="letters, digits, - and _, and a letter first",
                fix="give it another name",
            )

    def members_of(self, table: Buildable) -> tuple[str | None, ...]:
        """Give the members that a table may be built for: those with a source of it; None for one without members."""
        if table.contract.member is None:
            return (None,)
        if isinstance(table, DropIntake):
            return tuple(member for member in self.members if table.source_of(member) in self.drops)
        return self.members

    def config_of(self, member: str | None) -> str:
        """Give the fingerprint of the configuration that a member's builds depend on."""
        return (
            self.config_fingerprint
            if member is None
            else self.member_configs.get(member, self.config_fingerprint)
        )

    def anchors_of(self, member: str) -> tuple[TableContract, ...]:
        """Give the tables whose months tell when a member is at work."""
        return self.member_anchors.get(member, self.anchors)

    def month_scopes(self, period: Period) -> tuple[str, ...]:
        """Give the keys of all scopes of a month: the month's own, and those of each member."""
        whole = Scope.month(period)
        columns = dict.fromkeys(contract.member for contract in self.contracts if contract.member)
        return (whole.key, *(whole.of_member(c, m).key for c in columns for m in self.members))

    def allows(self, member: str, period: Period) -> bool:
        """Say whether a month lies within the bounds of a member."""
        first, last = self.member_months.get(member, (None, None))
        return period >= max(first or self.start, self.start) and (last is None or period <= last)

    @property
    def tables(self) -> tuple[Buildable, ...]:
        """All tables, sources first."""
        return (*self.intakes, *self.builds)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The tables in the steps in which a run takes them."""
        runs = groupby(self.tables, key=lambda table: table.contract.monthly)
        return tuple(Stage(monthly, tuple(tables)) for monthly, tables in runs)

    @property
    def monthly_source(self) -> SourceSpec:
        """The source of the monthly file, of a domain that has one."""
        if self.source is None:
            raise UsageError(
                f"{self.name} has no monthly file: it takes {len(self.drops)} drops",
                expected="a domain whose files come month by month",
                fix=f"leave the month out, as in `wdh run {self.name}`",
            )
        return self.source

    @property
    def contracts(self) -> tuple[TableContract, ...]:
        """The contracts of all tables."""
        return tuple(table.contract for table in self.tables)

    @property
    def read_contracts(self) -> tuple[TableContract, ...]:
        """The contracts of all tables and of those that builds read, or are anchored to, beside them."""
        inputs = (ref.contract for build in self.builds for ref in build.inputs)
        return tuple(dict.fromkeys((*self.contracts, *inputs, *self.all_anchors)))

    @property
    def all_anchors(self) -> tuple[TableContract, ...]:
        """The tables by whose months any member is known to be at work."""
        some = (self.anchors, *self.member_anchors.values())
        return tuple(dict.fromkeys(contract for contracts in some for contract in contracts))

    def table(self, key: str) -> Buildable:
        """Give a table by its contract key."""
        for table in self.tables:
            if table.contract.key == key:
                return table
        raise UsageError(
            f"{self.name} has no table {key}",
            expected=", ".join(contract.key for contract in self.contracts),
            fix="name one of these",
        )

    def __iter__(self) -> Iterator[Buildable]:
        """Walk the tables in dependency order."""
        return iter(self.tables)


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside, as far as the use cases need it."""

    finder: SourceFinder
    reader: SheetReader
    store: TableStore
    ledger: Ledger
    quarantine: QuarantineBook
    clock: Clock
    drops: DropBox | None = None
    champions: ChampionBook | None = None
    tracker: ExperimentTracker | None = None
    frames: FrameEngine = PandasFrameAdapter.from_pandas

    @property
    def drop_box(self) -> DropBox:
        """Where drops are found and read."""
        if self.drops is None:
            raise UsageError("this hub takes no drops", fix="wire it with a drop box")
        return self.drops

    @property
    def decisions(self) -> EntriesOnce:
        """The decisions about models as they are now."""
        return EntriesOnce(lambda: self.champion_book)

    @property
    def champion_book(self) -> ChampionBook:
        """Where models and the decisions about them are kept."""
        if self.champions is None:
            raise UsageError("this hub keeps no models", fix="build it on a warehouse")
        return self.champions
