"""A receiver's Delta table: one commit that names the release, taken back when the count is not right."""

from types import ModuleType
from typing import Any, Final

import pyarrow as pa

from work_data_hub.application.release.ports import Batches
from work_data_hub.application.release.verify import Verified
from work_data_hub.domain.kernel.errors import ConfigurationError, ConservationError

_PREFIX: Final = "release."


class DeltaTarget:
    """One Delta table in a folder; its log says which release it holds."""

    def __init__(self, address: str) -> None:
        """Remember the folder; the library comes with the optional extra `delta`."""
        self._address, self._delta = address, _library()

    def holds(self, release: Verified) -> bool:
        """Say whether the last commit is this release, with all its rows."""
        table = self._table()
        if table is None:
            return False
        last, wanted = table.history(1)[0], _described(release)
        told = {name: last.get(name) for name in wanted}
        return told == wanted and int(table.count()) == release.manifest.row_count_total

    def load(self, release: Verified, batches: Batches) -> int:
        """Replace the rows in one commit; a wrong count is taken back."""
        before = self._table()
        schema = release.manifest.schema_of_table.arrow
        rows = (batch for table in batches() for batch in table.cast(schema).to_batches())
        self._delta.write_deltalake(
            self._address,
            pa.RecordBatchReader.from_batches(schema, rows),
            mode="overwrite",
            schema_mode="overwrite",
            name=release.manifest.table,
            commit_properties=self._delta.CommitProperties(custom_metadata=_described(release)),
        )
        return self._counted(release, None if before is None else int(before.version()))

    def _counted(self, release: Verified, before: int | None) -> int:
        table, expected = self._delta.DeltaTable(self._address), release.manifest.row_count_total
        counted = int(table.count())
        if counted == expected:
            return counted
        # a table that was not there before has nothing to go back to: it is emptied
        _ = table.delete() if before is None else table.restore(before)
        raise ConservationError(
            f"{self._address} would hold {counted:,} rows, the release has {expected:,}",
            fix="load the release again; what was there before is there again",
        )

    def _table(self) -> Any:
        known = self._delta.DeltaTable.is_deltatable(self._address)
        return self._delta.DeltaTable(self._address) if known else None


def _described(release: Verified) -> dict[str, str]:
    manifest = release.manifest
    said = {
        "dataset": manifest.dataset,
        "table": manifest.table,
        "version": manifest.version,
        "run_id": str(manifest.run_id),
        "schema_hash": manifest.table_schema.schema_hash,
        "rows": str(manifest.row_count_total),
    }
    return {f"{_PREFIX}{name}": value for name, value in said.items()}


def _library() -> ModuleType:
    try:
        import deltalake
    except ImportError:
        raise ConfigurationError(
            "Delta tables need the optional extra `delta`, which is not installed",
            expected="the package deltalake",
            fix="install work-data-hub[delta], or load into Postgres",
        ) from None
    return deltalake
