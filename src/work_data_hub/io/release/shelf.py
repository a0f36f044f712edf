"""Release folders on a disk: staged beside their place, renamed into it, marked last; readers see all or nothing."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from work_data_hub.application.release.errors import ReleaseBusyError
from work_data_hub.application.release.place import MANIFEST, MARKER, ROOT, Place
from work_data_hub.application.release.records import Found, Staged
from work_data_hub.application.release.schema import ReleaseSchema
from work_data_hub.io.embedded.locks import acquire
from work_data_hub.io.release.durable import flush, make_folders, write_durably
from work_data_hub.io.release.parts import DEFAULT_PART_BYTES, GROUP_ROWS, PartWriter

BUILD_POINTS: Final = ("part_staged", "parts_staged", "manifest_staged", "renamed", "marked")
PRUNE_POINTS: Final = ("set_aside", "removed")
_STAGING, _LOCKS, _PENDING = ".staging", ".locks", ".new"


def pass_by(_point: str) -> None:
    """Do nothing at a named point."""


class FolderShelf:
    """Releases below one root; `at` is told when each named point is passed."""

    def __init__(
        self,
        root: Path,
        *,
        part_bytes: int = DEFAULT_PART_BYTES,
        group_rows: int = GROUP_ROWS,
        at: Callable[[str], None] = pass_by,
    ) -> None:
        """Remember the root; folders are made when they are needed."""
        self._root, self._part_bytes, self._group_rows, self._at = root, part_bytes, group_rows, at

    def path(self, place: Place) -> Path:
        """Give the folder of a release."""
        return self._root / place.path

    @contextmanager
    def lock(self, table: str) -> Iterator[tuple[str, ...]]:
        """Keep others from writing a table's releases, and clean up after those that were killed."""
        locks = self._root / _LOCKS
        locks.mkdir(parents=True, exist_ok=True)
        # the lock ends with the process that holds it, however that ends
        descriptor = acquire(locks / table, fcntl.LOCK_EX, patience=0)
        if descriptor is None:
            raise ReleaseBusyError(
                f"another process works on the releases of {table}",
                fix="wait until it has ended, then try again",
            )
        try:
            yield tuple(self._sweep(table))
        finally:
            os.close(descriptor)

    def found(self, table: str) -> tuple[Found, ...]:
        """Give the folders of a table in the order of their versions."""
        folder = self._root / ROOT / table
        paths = folder.glob("[0-9]*/[0-9]*/[0-9]*/v*")
        named = ((Place.within(table, path.relative_to(folder).as_posix()), path) for path in paths)
        found = [Found(place, path, (path / MARKER).is_file()) for place, path in named if place]
        return tuple(sorted(found, key=lambda entry: (entry.place.version, entry.place.day)))

    @contextmanager
    def stage(self, place: Place, run_id: str, schema: ReleaseSchema) -> Iterator["FolderStaging"]:
        """Open a staging folder on the same file system; it is gone after the block unless it was published."""
        folder = self._staging(place.table) / run_id
        folder.mkdir(parents=True)
        writer = PartWriter(folder, place, schema.arrow, self._part_bytes, self._group_rows)
        try:
            yield FolderStaging(folder, self.path(place), self._root, writer, self._at)
        finally:
            writer.abandon()
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, place: Place) -> None:
        """Take a release away: out of readers' sight in one step, then from the disk."""
        path, aside = self.path(place), self._staging(place.table) / f"pruned-{place.version}"
        aside.parent.mkdir(parents=True, exist_ok=True)
        path.rename(aside)
        flush(path.parent)
        self._at("set_aside")
        shutil.rmtree(aside)
        self._tidy(path.parent)
        self._at("removed")

    def _staging(self, table: str) -> Path:
        return self._root / ROOT.parent / _STAGING / table

    def _sweep(self, table: str) -> Iterator[str]:
        staging = self._staging(table)
        unmarked = (entry.path for entry in self.found(table) if not entry.complete)
        pending = (self._root / ROOT / table).glob(f"*{_PENDING}")
        for path in (*(staging.iterdir() if staging.is_dir() else ()), *unmarked, *pending):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
                self._tidy(path.parent)
            else:
                path.unlink()
            yield path.relative_to(self._root).as_posix()

    def _tidy(self, folder: Path) -> None:
        top = self._root / ROOT
        with suppress(OSError):
            # a folder that is not empty stays, and so do those above it
            while top in folder.parent.parents:
                folder.rmdir()
                folder = folder.parent


class FolderStaging:
    """A release that is being written where nobody looks."""

    def __init__(
        self, folder: Path, target: Path, root: Path, writer: PartWriter, at: Callable[[str], None]
    ) -> None:
        """Stage in a folder what will lie in the target."""
        self._folder, self._target, self._root, self._writer, self._at = folder, target, root, writer, at

    def write(self, rows: pa.Table) -> None:
        """Add rows to the parts."""
        if self._writer.write(rows):
            self._at("part_staged")

    def close(self) -> Staged:
        """Finish the last part; the schema is read from the files, not from what was asked for."""
        files = self._writer.close()
        self._at("parts_staged")
        schema = pq.read_schema(self._folder / files[0].name).remove_metadata() if files else None
        return Staged(files, schema)

    def publish(self, manifest: str) -> Path:
        """Write the manifest, move the folder to its place in one step, and mark it last."""
        write_durably(self._folder / MANIFEST, manifest)
        flush(self._folder)
        self._at("manifest_staged")
        make_folders(self._target.parent, self._root)
        self._folder.rename(self._target)
        flush(self._target.parent)
        self._at("renamed")
        write_durably(self._target / MARKER, "")
        flush(self._target)
        self._at("marked")
        return self._target
