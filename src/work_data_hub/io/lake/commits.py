"""One commit of a lake table: whole files out, new files in, one snapshot, and no file written twice."""

from collections.abc import Mapping, Sequence
from typing import Final

import pyarrow as pa
from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.io.pyarrow import _dataframe_to_data_files
from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update.snapshot import _ManifestMergeManager, _OverwriteFiles

from work_data_hub.domain.kernel.errors import PermanentError

_MANIFEST_BYTES: Final = 8 << 20
_MANIFESTS_TO_MERGE: Final = 100


class LakeTransaction(Transaction):
    """A transaction that works out the table's metadata once for each change, not at every look."""

    _seen: tuple[object, object, TableMetadata] | None = None

    @property
    def table_metadata(self) -> TableMetadata:
        """The metadata with what is staged so far."""
        base, updates = self._table.metadata, self._updates
        if not updates:
            return base
        if self._seen is None or self._seen[0] is not base or self._seen[1] is not updates:
            self._seen = (base, updates, super().table_metadata)
        return self._seen[2]


class _Replacement(_OverwriteFiles):
    """An overwrite that carries no manifest along whose files are all gone, and merges many small ones."""

    def _process_manifests(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        merging = _ManifestMergeManager(
            target_size_bytes=_MANIFEST_BYTES,
            min_count_to_merge=_MANIFESTS_TO_MERGE,
            merge_enabled=True,
            snapshot_producer=self,
        )
        return merging.merge_manifests([one for one in manifests if self._is_needed(one)])

    def _is_needed(self, manifest: ManifestFile) -> bool:
        own = manifest.added_snapshot_id == self.snapshot_id
        return own or manifest.has_added_files() or manifest.has_existing_files()


def whole_files(table: Table, rows: BooleanExpression) -> list[DataFile]:
    """Give the files that hold these rows and no others."""
    tasks = list(table.scan(row_filter=rows).plan_files())
    mixed = [task.file.file_path for task in tasks if task.residual != AlwaysTrue() or task.delete_files]
    if mixed:
        raise PermanentError(
            f"{'.'.join(table.name())}: {mixed[0]} holds rows of other parts, too",
            expected="each part in files of its own",
            fix="let nobody but the hub write to the table; restore it from a release or a back-up",
        )
    return [task.file for task in tasks]


def commit(table: Table, gone: Sequence[DataFile], rows: pa.Table, marks: Mapping[str, str]) -> int | None:
    """Put rows in the place of files in one snapshot and give its id; nothing to do is no snapshot."""
    if not gone and rows.num_rows == 0:
        head = table.current_snapshot()
        return head.snapshot_id if head else None
    transaction = LakeTransaction(table)
    change = _Replacement(
        operation=Operation.OVERWRITE if gone else Operation.APPEND,
        transaction=transaction,
        io=table.io,
        snapshot_properties=dict(marks),
    )
    with change:
        for file in gone:
            change.delete_data_file(file)
        if rows.num_rows:
            for file in _dataframe_to_data_files(table.metadata, rows, table.io, change.commit_uuid):
                change.append_data_file(file)
    transaction.commit_transaction()
    return int(change.snapshot_id)
