"""What releases need from the outside: gold rows, folders, pointers, a ledger, and a place to load into."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from work_data_hub.application.release.place import Place
from work_data_hub.application.release.records import Found, GoldRows, Pointer, ReleaseRecord, Staged
from work_data_hub.application.release.schema import ReleaseSchema
from work_data_hub.application.release.verify import Verified
from work_data_hub.domain.kernel.contract import TableContract

Batches = Callable[[], Iterator[pa.Table]]


class GoldSource(Protocol):
    """Reads a gold table in batches."""

    def open(
        self, contract: TableContract, until: tuple[str, date] | None
    ) -> AbstractContextManager[GoldRows]:
        """Give the rows as of one moment, sorted by key; those up to a day of a column where one is given."""


class Staging(Protocol):
    """A release that nobody can see yet."""

    def write(self, rows: pa.Table) -> None:
        """Add rows to the parts."""

    def close(self) -> Staged:
        """Finish the last part and give all of them."""

    def publish(self, manifest: str) -> Path:
        """Write the manifest, move the folder to its place and set the marker."""


class Shelf(Protocol):
    """The release folders of tables."""

    def lock(self, table: str) -> AbstractContextManager[tuple[str, ...]]:
        """Keep others from writing a table's releases, and name the leftovers of killed runs that were removed.

        While somebody else writes them this is a ReleaseBusyError.
        """

    def found(self, table: str) -> tuple[Found, ...]:
        """Give the folders of a table in the order of their versions, complete or not."""

    def path(self, place: Place) -> Path:
        """Give the folder of a release."""

    def stage(self, place: Place, run_id: str, schema: ReleaseSchema) -> AbstractContextManager[Staging]:
        """Open a staging folder; it is gone after the block unless it was published."""

    def remove(self, place: Place) -> None:
        """Take a release away: at once for readers."""


class Pointers(Protocol):
    """The `current` pointers of tables."""

    def get(self, table: str) -> Pointer | None:
        """Give a table's pointer."""

    def set(self, pointer: Pointer) -> None:
        """Replace it, all at once."""


class ReleaseLedger(Protocol):
    """Remembers releases."""

    def records(self, table_key: str) -> tuple[ReleaseRecord, ...]:
        """Give the releases of a table in the order of their versions."""

    def record(self, record: ReleaseRecord) -> None:
        """Write a release, or what changed about it."""


class Target(Protocol):
    """A table of a receiver."""

    def holds(self, release: Verified) -> bool:
        """Say whether exactly this release is loaded, with all its rows."""

    def load(self, release: Verified, batches: Batches) -> int:
        """Put the release in the place of what is there, all or nothing, and give the rows counted there."""
