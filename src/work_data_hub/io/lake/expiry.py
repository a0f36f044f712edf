"""Old snapshots of a lake table, and the files that none of its living snapshots needs."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from pyarrow import fs
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.table import Table
from pyiceberg.table.snapshots import ancestors_of


@dataclass(frozen=True, slots=True)
class Expired:
    """What an expiry removed, or would remove."""

    table: str
    snapshots: int
    files: int
    bytes: int
    snapshots_kept: int


def doomed_snapshots(
    table: Table, older_than: datetime, keep: int, needed: Collection[int]
) -> tuple[int, ...]:
    """Give the snapshots made before a moment, without the newest ones of the table's way and those needed."""
    way = [one.snapshot_id for one in ancestors_of(table.current_snapshot(), table.metadata)]
    kept = {*way[: max(keep, 1)], *needed, *(ref.snapshot_id for ref in table.metadata.refs.values())}
    limit = older_than.timestamp() * 1000
    return tuple(
        one.snapshot_id
        for one in table.snapshots()
        if one.snapshot_id not in kept and one.timestamp_ms < limit
    )


def unneeded_files(table: Table, doomed: Collection[int], older_than: datetime) -> Iterator[fs.FileInfo]:
    """Give the files of the table's folder that no living snapshot refers to and that were there before a moment."""
    scheme, netloc, folder = PyArrowFileIO.parse_location(table.location())
    needed = {PyArrowFileIO.parse_location(path)[2] for path in _referred_to(table, doomed)}
    found = _system(table, scheme, netloc).get_file_info(
        fs.FileSelector(folder, recursive=True, allow_not_found=True)
    )
    for file in found:
        if file.type is fs.FileType.File and file.path not in needed and file.mtime < older_than:
            yield file


def delete_files(table: Table, files: Collection[fs.FileInfo]) -> None:
    """Delete files of a table's folder."""
    scheme, netloc, _ = PyArrowFileIO.parse_location(table.location())
    system = _system(table, scheme, netloc)
    for file in files:
        system.delete_file(file.path)


def _referred_to(table: Table, doomed: Collection[int]) -> Iterator[str]:
    yield table.metadata_location
    yield from (entry.metadata_file for entry in table.metadata.metadata_log)
    yield from (statistics.statistics_path for statistics in table.metadata.statistics)
    seen: set[str] = set()
    for snapshot in table.snapshots():
        if snapshot.snapshot_id in doomed:
            continue
        yield snapshot.manifest_list
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path in seen:
                continue
            seen.add(manifest.manifest_path)
            yield manifest.manifest_path
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
                yield entry.data_file.file_path


def _system(table: Table, scheme: str, netloc: str) -> fs.FileSystem:
    files = table.io
    if not isinstance(files, PyArrowFileIO):
        raise TypeError(files)
    return files.fs_by_scheme(scheme, netloc)
