"""What a receiver checks of a release, as pure rules over what was found in its folder."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path
from typing import Final

import pyarrow as pa

from work_data_hub.application.release.errors import ReleaseRefusedError
from work_data_hub.application.release.manifest import Manifest, ManifestError, read_manifest
from work_data_hub.application.release.place import MANIFEST, MARKER, Place
from work_data_hub.application.release.schema import ReleaseSchema, arrow_type
from work_data_hub.domain.kernel.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One entry of a release folder; `fault` says why its content can't be read."""

    name: str
    md5: str | None = None
    rows: int | None = None
    schema: pa.Schema | None = None
    latest: Mapping[str, date] = field(default_factory=dict)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What lies in a folder; `fault` says why it can't be looked into."""

    path: Path
    marker: bool = False
    manifest: str | None = None
    files: tuple[FoundFile, ...] = ()
    fault: str | None = None


Inspect = Callable[[Path], Inspection]


@dataclass(frozen=True, slots=True)
class Verified:
    """A release that a receiver may take."""

    path: Path
    manifest: Manifest


def verify(inspect: Inspect, path: Path) -> Verified:
    """Give the release in a folder; anything wrong with it is one ReleaseRefusedError that names all of it."""
    found = inspect(path)
    manifest, problems = judge(found)
    if manifest is None or problems:
        raise ReleaseRefusedError(str(path), problems)
    return Verified(found.path, manifest)


def judge(found: Inspection) -> tuple[Manifest | None, tuple[str, ...]]:
    """Give the manifest, where it can be read, and every problem of the folder."""
    if found.fault is not None:
        return None, (found.fault,)
    problems = [] if found.marker else [f"marker: {MARKER} is missing, so the release is not complete"]
    try:
        manifest = _manifest(found)
    except ManifestError as error:
        return None, (*problems, *error.problems)
    for rule in _RULES:
        problems += rule(found, manifest)
    return manifest, tuple(problems)


def _manifest(found: Inspection) -> Manifest:
    if found.manifest is None:
        raise ManifestError((f"manifest: {MANIFEST} is missing or no plain file of readable text",))
    return read_manifest(found.manifest)


def _place(found: Inspection, manifest: Manifest) -> Iterator[str]:
    place = Place.of(found.path)
    if place is None:
        yield f"path: it does not end with table/YYYY/MM/DD/vX.Y.Z: {found.path.name}"
        return
    said = {
        "table": (place.table, manifest.table),
        "version": (str(place.version), manifest.version),
        "day": (place.day, manifest.created_utc.astimezone(UTC).date()),
    }
    for what, (here, there) in said.items():
        if here != there:
            yield f"path: the folder says {what} {here}, the manifest {there}"


def _names(found: Inspection, manifest: Manifest) -> Iterator[str]:
    place = Place.of(found.path)
    told = Counter(file.name for file in manifest.files)
    there = {file.name for file in found.files}
    for name, count in told.items():
        if count > 1:
            yield f"{name}: the manifest names it {count} times"
        if name not in there:
            yield f"{name}: it is missing"
    for name in sorted(there - told.keys()):
        yield f"{name}: the manifest does not name it"
    if place is None:
        return
    for number, name in enumerate(sorted(told), 1):
        if name != place.part(number):
            yield f"{name}: part {number} of this folder is named {place.part(number)}"


def _contents(found: Inspection, manifest: Manifest) -> Iterator[str]:
    there = {file.name: file for file in found.files}
    for entry in manifest.files:
        file = there.get(entry.name)
        if file is None:
            continue
        if file.md5 is not None and file.md5 != entry.md5:
            yield f"{entry.name}: its MD5 is {file.md5}, the manifest says {entry.md5}"
        if file.fault is not None:
            yield f"{entry.name}: {file.fault}"
        elif file.rows != entry.rows:
            yield f"{entry.name}: it holds {file.rows:,} rows, the manifest says {entry.rows:,}"


def _totals(_found: Inspection, manifest: Manifest) -> Iterator[str]:
    total = manifest.row_count_total
    told = sum(file.rows for file in manifest.files)
    if told != total:
        yield f"manifest row_count_total: {total:,}, but its files add up to {told:,}"
    if total == 0:
        yield "manifest row_count_total: a release holds at least one row"


def _schema(found: Inspection, manifest: Manifest) -> Iterator[str]:
    schema = manifest.schema_of_table
    if schema.hash != manifest.table_schema.schema_hash:
        said = manifest.table_schema.schema_hash
        yield f"manifest schema_hash: the columns give {schema.hash}, the manifest says {said}"
    names = Counter(column.name for column in schema.columns)
    yield from (f"manifest schema: {name} stands there {n} times" for name, n in names.items() if n > 1)
    for column in schema.columns:
        if not _known(column.type):
            yield f"manifest schema: {column.name} has the unknown type {column.type}"
        if column.name in schema.primary_key and column.nullable:
            yield f"manifest schema: {column.name} is in the key and may be null"
    lost = set(schema.primary_key) - names.keys()
    yield from (f"manifest schema: {name} is in the key, but no column" for name in sorted(lost))
    for file in found.files:
        if file.schema is not None:
            yield from (f"{file.name}: {why}" for why in _differences(schema, file.schema))


def _known(type_name: str) -> bool:
    try:
        arrow_type(type_name)
    except ConfigurationError:
        return False
    return True


def _differences(said: ReleaseSchema, schema: pa.Schema) -> Iterator[str]:
    held = ReleaseSchema.of_arrow(said.table, schema, said.primary_key)
    if held.columns == said.columns:
        return
    here, there = ({c.name: c for c in side.columns} for side in (held, said))
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            yield f"column {name} is {_column(here.get(name))}, the manifest says {_column(there.get(name))}"
    if here == there:
        yield "its columns stand in another order than in the manifest"


def _column(column: object) -> str:
    if column is None:
        return "absent"
    nullable = "" if getattr(column, "nullable", True) else " not null"
    return f"{getattr(column, 'type', '')}{nullable}"


def _watermark(found: Inspection, manifest: Manifest) -> Iterator[str]:
    mark, window = manifest.watermark, manifest.watermark.load_window
    if window.start > window.end:
        yield f"manifest watermark: the load window ends ({window.end}) before it starts ({window.start})"
    if window.end > manifest.created_utc:
        yield f"manifest watermark: the load window ends after the release was made ({manifest.created_utc})"
    if (mark.column is None) != (mark.date_max is None):
        yield "manifest watermark: column and date_max go together"
    if mark.column is None or mark.date_max is None:
        return
    if mark.column not in {column.name for column in manifest.table_schema.columns}:
        yield f"manifest watermark: {mark.column} is no column"
        return
    days = {file.name: file.latest.get(mark.column) for file in found.files}
    reached = [days.get(entry.name) for entry in manifest.files]
    # a file that is missing or damaged is told already; what the others reach means nothing
    latest = max((day for day in reached if day is not None), default=None)
    if None not in reached and latest != mark.date_max:
        yield f"manifest watermark: date_max is {mark.date_max}, the files reach {latest}"


_RULES: Final = (_place, _names, _contents, _totals, _schema, _watermark)
