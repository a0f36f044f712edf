"""What lies in a release folder: marker, manifest, and of each file its MD5, rows, schema and latest days."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from work_data_hub.application.release.manifest import MAX_CHARACTERS
from work_data_hub.application.release.place import MANIFEST, MARKER
from work_data_hub.application.release.verify import FoundFile, Inspection, Verified
from work_data_hub.application.release.watermarks import day_of
from work_data_hub.io.release.parts import md5_of


def inspect(path: Path) -> Inspection:
    """Look at everything in a folder; nothing of it is trusted, and nothing is followed out of it."""
    path = path.resolve()
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        return Inspection(path, fault=f"folder: {error.strerror}")
    plain = {entry.name: entry for entry in entries if entry.is_file() and not entry.is_symlink()}
    return Inspection(
        path,
        marker=MARKER in plain,
        manifest=_text(plain[MANIFEST]) if MANIFEST in plain else None,
        files=tuple(_file(entry, plain) for entry in entries if entry.name not in (MARKER, MANIFEST)),
    )


def batches(release: Verified) -> Iterator[pa.Table]:
    """Give the rows of a verified release, a row group at a time."""
    for entry in release.manifest.files:
        with pq.ParquetFile(release.path / entry.name) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group).replace_schema_metadata()


def _text(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as stream:
            return stream.read(MAX_CHARACTERS + 1)
    except (OSError, UnicodeDecodeError):
        return None


def _file(path: Path, plain: dict[str, Path]) -> FoundFile:
    if path.name not in plain:
        return FoundFile(path.name, fault="it is no plain file")
    try:
        md5 = md5_of(path)
    except OSError as error:
        return FoundFile(path.name, fault=f"it can't be read: {error.strerror}")
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow.remove_metadata()
            latest = dict(_latest(file.metadata, schema))
            return FoundFile(path.name, md5, file.metadata.num_rows, schema, latest)
    # a damaged footer may hold a name that is no text, or a day that is none
    except (pa.ArrowException, OSError, MemoryError, ArithmeticError, ValueError) as error:
        said = " ".join(str(error).split())
        return FoundFile(path.name, md5, fault=f"it can't be read as Parquet: {said}")


def _latest(metadata: Any, schema: pa.Schema) -> Iterator[tuple[str, date]]:
    # columns of files that nest others are counted differently, and no release has any
    flat = metadata.num_columns == len(schema)
    for place, field in enumerate(schema if flat else ()):
        if not (pa.types.is_date(field.type) or pa.types.is_timestamp(field.type)):
            continue
        groups = (metadata.row_group(n).column(place).statistics for n in range(metadata.num_row_groups))
        days = [day_of(stats.max) for stats in groups if stats is not None and stats.has_min_max]
        if days:
            yield field.name, max(days)
