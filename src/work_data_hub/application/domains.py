"""What the use cases know of a business domain, and the ports they work through."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from work_data_hub.application.ports import Clock, DropBox, Ledger, SheetReader, SourceFinder, TableStore
from work_data_hub.application.quarantine.book import QuarantineBook
from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.kernel.build import Buildable, DropIntake, SheetIntake, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Stage:
    """Tables one after the other that are all built month by month, or all built as a whole."""

    monthly: bool
    tables: tuple[Buildable, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """One business: its monthly source or its drops, its configuration and its tables in dependency order."""

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
        """The contracts of all tables and of those that builds read beside them."""
        inputs = (ref.contract for build in self.builds for ref in build.inputs)
        return tuple(dict.fromkeys((*self.contracts, *inputs)))

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

    @property
    def drop_box(self) -> DropBox:
        """Where drops are found and read."""
        if self.drops is None:
            raise UsageError("this hub takes no drops", fix="wire it with a drop box")
        return self.drops
