"""What the use cases know of a business domain, and the ports they work through."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from work_data_hub.application.ports import Clock, Ledger, SheetReader, SourceFinder, TableStore
from work_data_hub.application.quarantine.book import QuarantineBook
from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.kernel.build import Buildable, SheetIntake, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Domain:
    """One business: its monthly source, its configuration and its tables in dependency order."""

    name: str
    source: SourceSpec
    config: Any
    config_fingerprint: str
    start: Period
    intakes: tuple[SheetIntake, ...]
    builds: tuple[TableBuild, ...]

    @property
    def tables(self) -> tuple[Buildable, ...]:
        """All tables, sources first."""
        return (*self.intakes, *self.builds)

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
