"""hub.releases: what was released, from what, and where it stands."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from work_data_hub.application.ledgers import RELEASES
from work_data_hub.application.release.manifest import read_manifest, write_manifest
from work_data_hub.application.release.place import Place
from work_data_hub.application.release.records import PublishedInput, ReleaseRecord, State
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


class WarehouseReleaseLedger:
    """Reads and writes hub.releases."""

    def __init__(self, loader: WarehouseLoader) -> None:
        """Work through a loader."""
        self._loader = loader

    def records(self, table_key: str) -> tuple[ReleaseRecord, ...]:
        """Give the releases of a table in the order of their versions."""
        table = table_of(RELEASES)
        query = sa.select(table).where(table.c.table_key == table_key)
        rows = self._loader.run(lambda session: session.fetch(query))
        return tuple(sorted(map(_record, rows), key=lambda record: record.place.version))

    def record(self, record: ReleaseRecord) -> None:
        """Write a release, or what changed about it."""
        row = _row(record)
        statement = insert(table_of(RELEASES)).values(row)
        changed = {name: statement.excluded[name] for name in row if name not in RELEASES.primary_key}
        upsert = statement.on_conflict_do_update(index_elements=list(RELEASES.primary_key), set_=changed)
        self._loader.run(lambda session: session.execute(upsert))


def _row(record: ReleaseRecord) -> dict[str, object]:
    manifest, window = record.manifest, record.manifest.watermark.load_window
    return {
        "table_key": record.table_key,
        "version": manifest.version,
        "dataset": manifest.dataset,
        "run_id": str(manifest.run_id),
        "path": str(record.place.path),
        "row_count": manifest.row_count_total,
        "schema_hash": manifest.table_schema.schema_hash,
        "date_max": manifest.watermark.date_max,
        "window_start": window.start,
        "window_end": window.end,
        "inputs": json.dumps(
            [{**asdict(i), "published_at": i.published_at.isoformat()} for i in record.inputs]
        ),
        "inputs_hash": record.inputs_hash,
        "manifest": write_manifest(manifest),
        "state": str(record.state),
        "built_at": record.built_at,
        "promoted_at": record.promoted_at,
        "rolled_back_at": record.rolled_back_at,
        "pruned_at": record.pruned_at,
    }


def _record(row: Mapping[str, Any]) -> ReleaseRecord:
    place = Place.of(PurePosixPath(row["path"]))
    if place is None:
        raise PermanentError(
            f"hub.releases holds the path {row['path']}", fix="correct the row, or restore the table"
        )
    return ReleaseRecord(
        table_key=row["table_key"],
        place=place,
        manifest=read_manifest(row["manifest"]),
        built_at=row["built_at"],
        inputs=tuple(_input(entry) for entry in json.loads(row["inputs"])),
        inputs_hash=row["inputs_hash"],
        state=State(row["state"]),
        promoted_at=row["promoted_at"],
        rolled_back_at=row["rolled_back_at"],
        pruned_at=row["pruned_at"],
    )


def _input(entry: Mapping[str, str]) -> PublishedInput:
    return PublishedInput(entry["scope"], entry["identity"], datetime.fromisoformat(entry["published_at"]))
