"""Lake tables whose rows Spark reads and writes; what is no row (schemas, snapshots, expiry) is the hub's own client's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from pyiceberg.expressions import BooleanExpression
from pyiceberg.table import Table

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import TransientError
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.catalog import LakeCatalog
from work_data_hub.io.lake.commits import whole_files
from work_data_hub.io.lake.filters import rows_of
from work_data_hub.io.lake.snapshots import RUN
from work_data_hub.io.lake.tables import LakeCommit, LakeTables
from work_data_hub.io.spark.adapter import SparkFrameAdapter
from work_data_hub.io.spark.catalog import table_path
from work_data_hub.io.spark.conditions import condition
from work_data_hub.io.spark.faults import spark_translated

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.readwriter import DataFrameWriterV2

_PROPERTY: Final = "snapshot-property."


class SparkLakeTables(LakeTables):
    """The tables of one lake in Spark's hands; each commit is one snapshot, as it is without Spark."""

    def __init__(self, catalog: LakeCatalog, session: "SparkSession", name: str) -> None:
        """Work through a catalog that the session knows by its name."""
        super().__init__(catalog)
        self._session, self._name = session, name

    def frame(
        self,
        contract: TableContract,
        scope: Scope | None = None,
        columns: Sequence[str] = (),
        *,
        snapshot_id: int | None = None,
    ) -> SparkFrameAdapter | None:
        """Give a scope's rows as a frame of Spark that is not worked out yet; None where there is no snapshot."""
        names = tuple(columns or contract.column_names)
        found = self._seen(contract, snapshot_id, None)
        return found and SparkFrameAdapter.from_spark(self._rows(contract, scope, names, found[1]))

    def read(
        self,
        contract: TableContract,
        scope: Scope | None = None,
        columns: Sequence[str] = (),
        *,
        snapshot_id: int | None = None,
        as_of: datetime | None = None,
    ) -> pa.Table:
        """Give a scope's rows in the contract's types: those of a snapshot, of a moment, or of now."""
        names = tuple(columns or contract.column_names)
        wanted = pa.schema([contract.arrow_schema.field(name) for name in names])
        found = self._seen(contract, snapshot_id, as_of)
        if found is None:
            return wanted.empty_table()
        with spark_translated(f"reading {contract.qualified_name}", contract.qualified_name):
            return self._rows(contract, scope, names, found[1]).toArrow().cast(wanted)

    def _rows(
        self, contract: TableContract, scope: Scope | None, names: Sequence[str], snapshot_id: int
    ) -> "DataFrame":
        from pyspark.sql import functions
        from pyspark.sql.pandas.types import from_arrow_type

        reader = self._session.read.option("versionAsOf", str(snapshot_id))
        rows = reader.table(table_path(self._name, contract)).where(condition(rows_of(scope or Scope())))
        # a column that is younger than the snapshot is empty
        return rows.select(
            *(
                functions.col(f"`{name}`")
                if name in rows.columns
                else functions.lit(None).cast(from_arrow_type(contract.column(name).dtype)).alias(name)
                for name in names
            )
        )

    def _commit(
        self,
        contract: TableContract,
        gone: BooleanExpression | None,
        rows: pa.Table,
        marks: Mapping[str, str],
    ) -> LakeCommit:
        table = self._ensured(contract)
        head = table.metadata.current_snapshot_id
        with self._changing(contract):
            files = [] if gone is None else whole_files(table, gone)
            if files or rows.num_rows:
                self._write(contract, gone, rows, marks, head)
                head = self._written(contract, marks[RUN])
        return LakeCommit(head, sum(file.record_count for file in files), rows.num_rows)

    def _write(
        self,
        contract: TableContract,
        gone: BooleanExpression | None,
        rows: pa.Table,
        marks: Mapping[str, str],
        head: int | None,
    ) -> None:
        with spark_translated(f"changing {contract.qualified_name}", contract.qualified_name):
            frame = self._session.createDataFrame(rows)
            writer = frame.writeTo(table_path(self._name, contract))
            for name, value in marks.items():
                writer = writer.option(_PROPERTY + name, value)
            if gone is None:
                writer.append()
            else:
                _guarded(writer, head).overwrite(condition(gone))

    def _written(self, contract: TableContract, run_id: str) -> int:
        """Give the snapshot of the commit just made; nobody else may have come after it."""
        table: Table | None = self._catalog.find(contract)
        made = table.current_snapshot() if table else None
        facts = made.summary.additional_properties if made and made.summary else {}
        if made is None or facts.get(RUN) != run_id:
            raise TransientError(
                f"somebody else changed {contract.qualified_name}",
                fix="try again; let nobody but the hub write there",
            )
        return int(made.snapshot_id)


def _guarded(writer: "DataFrameWriterV2", head: int | None) -> "DataFrameWriterV2":
    """Let an overwrite fail where somebody has put rows into its place since the head."""
    writer = writer.option("isolation-level", "serializable")
    return writer if head is None else writer.option("validate-from-snapshot-id", str(head))
