"""What is remembered of a release, what it was made from, and where the pointer of a table stands."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from work_data_hub.application.release.manifest import FileEntry, Manifest
from work_data_hub.application.release.place import Place
from work_data_hub.application.release.version import Version
from work_data_hub.domain.kernel.contract import TableContract


class State(StrEnum):
    """Where a release stands."""

    BUILT = "built"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class Releasable:
    """A table that may leave the house, and the dataset it belongs to."""

    contract: TableContract
    dataset: str


@dataclass(frozen=True, slots=True)
class PublishedInput:
    """A publish whose rows a release holds."""

    scope: str
    identity: str
    published_at: datetime


def inputs_hash(inputs: tuple[PublishedInput, ...], *asked: object) -> str:
    """Hash the publishes, and what else was asked for: equal means the same release."""
    parts = [[entry.scope, entry.identity] for entry in sorted(inputs, key=lambda entry: entry.scope)]
    return hashlib.sha256(json.dumps([parts, [str(part) for part in asked]]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class GoldRows:
    """The rows of a table as of one moment: what they were published from, how many, and the rows in key order."""

    inputs: tuple[PublishedInput, ...]
    count: Callable[[], int]
    batches: Callable[[], Iterator[pa.Table]]


@dataclass(frozen=True, slots=True)
class Staged:
    """The finished files of a release that nobody can see yet, and the schema they have, where there is a file."""

    files: tuple[FileEntry, ...]
    schema: pa.Schema | None


@dataclass(frozen=True, slots=True)
class Found:
    """A release folder below the root."""

    place: Place
    path: Path
    complete: bool


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A line of hub.releases."""

    table_key: str
    place: Place
    manifest: Manifest
    built_at: datetime
    inputs: tuple[PublishedInput, ...] = ()
    inputs_hash: str = ""
    state: State = State.BUILT
    promoted_at: datetime | None = None
    rolled_back_at: datetime | None = None
    pruned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """A release that the pointer showed, since when."""

    version: Version
    path: str
    run_id: str
    promoted_utc: datetime


@dataclass(frozen=True, slots=True)
class Pointer:
    """The current release of a table, and those before it, the last one first."""

    table: str
    current: Promotion
    previous: tuple[Promotion, ...] = ()

    @property
    def kept(self) -> frozenset[Version]:
        """Versions that nothing may remove: the current one and the one a rollback returns to."""
        return frozenset(entry.version for entry in (self.current, *self.previous[:1]))


@dataclass(frozen=True, slots=True)
class BuiltRelease:
    """What a build gives back; not `created` means that the same content was released before."""

    table_key: str
    place: Place
    path: Path
    manifest: Manifest
    created: bool
    changes: tuple[str, ...] = ()
    cleaned: tuple[str, ...] = field(default=())

    @property
    def version(self) -> Version:
        """Version of the release."""
        return self.place.version


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What a build would do; without `changes` the data alone decide whether there is a new version."""

    table_key: str
    newest: Version | None
    next: Version | None
    path: str | None
    rows: int
    changes: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release as a list shows it."""

    table_key: str
    version: Version
    day: date
    rows: int | None
    state: str
    current: bool
    path: str
