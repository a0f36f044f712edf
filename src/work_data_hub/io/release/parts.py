"""Parquet parts of a release: row groups of equal size, split at a target size, the same bytes for the same rows."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from work_data_hub.application.release.manifest import FileEntry
from work_data_hub.application.release.place import Place
from work_data_hub.io.release.durable import flush

GROUP_ROWS: Final = 100_000
DEFAULT_PART_BYTES: Final = 256 * 1024 * 1024


class PartWriter:
    """Writes rows into numbered parts of a folder; how the rows were batched leaves no trace."""

    def __init__(
        self, folder: Path, place: Place, schema: pa.Schema, part_bytes: int, group_rows: int = GROUP_ROWS
    ) -> None:
        """Remember where and what; a file is there with the first row."""
        self._folder, self._place, self._schema = folder, place, schema
        self._part_bytes, self._group_rows = part_bytes, group_rows
        self._waiting: list[pa.Table] = []
        self._waiting_rows, self.parts = 0, 0
        self._sink: Any = None
        self._writer: Any = None

    def write(self, rows: pa.Table) -> bool:
        """Add rows, and say whether a part was finished by them."""
        self._waiting.append(rows.select(self._schema.names).cast(self._schema))
        self._waiting_rows += rows.num_rows
        before = self.parts
        while self._waiting_rows >= self._group_rows:
            joined = pa.concat_tables(self._waiting)
            self._write_group(joined.slice(0, self._group_rows))
            rest = joined.slice(self._group_rows)
            self._waiting, self._waiting_rows = [rest], rest.num_rows
        return self.parts > before

    def close(self) -> tuple[FileEntry, ...]:
        """Write what waits, and give every part."""
        if self._waiting_rows:
            self._write_group(pa.concat_tables(self._waiting))
            self._waiting, self._waiting_rows = [], 0
        self.abandon()
        return tuple(self._entries())

    def abandon(self) -> None:
        """Close the open file."""
        if self._writer is not None:
            self._end_part()

    def _write_group(self, rows: pa.Table) -> None:
        if self._writer is None:
            path = self._folder / self._place.part(self.parts + 1)
            self._sink = pa.OSFile(str(path), "wb")
            self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd", version="2.6")
        self._writer.write_table(rows.combine_chunks(), row_group_size=self._group_rows)
        if self._sink.tell() >= self._part_bytes:
            self._end_part()

    def _end_part(self) -> None:
        self._writer.close()
        self._sink.close()
        self._writer, self._sink, self.parts = None, None, self.parts + 1
        flush(self._folder / self._place.part(self.parts))

    def _entries(self) -> Iterator[FileEntry]:
        for number in range(1, self.parts + 1):
            path = self._folder / self._place.part(number)
            yield FileEntry(name=path.name, rows=pq.read_metadata(path).num_rows, md5=md5_of(path))


def md5_of(path: Path) -> str:
    """Give the MD5 of a file's bytes: a check of transport, not of trust."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
