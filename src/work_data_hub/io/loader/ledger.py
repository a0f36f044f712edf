"""The ledger port on the warehouse: attempts, publishes, landing files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from work_data_hub.application.ledgers import (
    LANDING_FILES,
    PIPELINE_EXECUTIONS,
    PUBLISHES,
    RECONCILIATION,
)
from work_data_hub.application.runs import Attempt, PublishRecord
from work_data_hub.application.sources import FoundFile
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Comparison
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader import records
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session, WarehouseLoader


class WarehouseLedger:
    """Reads and writes the hub's own tables."""

    def __init__(self, loader: WarehouseLoader) -> None:
        """Work through a loader."""
        self._loader = loader

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        """Give the newest publish of a scope."""
        found = self._loader.run(lambda session: _newest(session, [contract], scope.key))
        return found[0] if found else None

    def publishes(self, contracts: Sequence[TableContract]) -> tuple[PublishRecord, ...]:
        """Give the newest publish of every scope of these tables."""
        return self._loader.run(lambda session: _newest(session, contracts, None))

    def attempts(self, contracts: Sequence[TableContract]) -> tuple[Attempt, ...]:
        """Give the newest attempt at every scope of these tables."""
        table = table_of(PIPELINE_EXECUTIONS)
        query = (
            sa.select(table)
            .ext(distinct_on(table.c.table_key, table.c.scope_key))
            .where(table.c.table_key.in_([contract.key for contract in contracts]))
            .order_by(table.c.table_key, table.c.scope_key, table.c.started_at.desc())
        )
        rows = self._loader.run(lambda session: session.fetch(query))
        return tuple(records.attempt(row) for row in rows)

    def record(self, attempt: Attempt) -> None:
        """Write an attempt, or bring it up to date."""
        row = records.attempt_row(attempt)
        statement = insert(table_of(PIPELINE_EXECUTIONS)).values(row)
        keys = PIPELINE_EXECUTIONS.primary_key
        changed = {name: statement.excluded[name] for name in row if name not in keys}
        upsert = statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
        self._loader.run(lambda session: _record(session, upsert))

    def record_file(self, domain: str, period: Period | None, file: FoundFile, seen_at: datetime) -> None:
        """Remember that a file was seen, for a month or as part of a drop."""
        row = {
            "domain": domain,
            "name": file.name,
            "sha256": file.sha256,
            "file_id": file.file_id,
            "size_bytes": file.size_bytes,
            "version": file.version,
            "period": str(period) if period else Scope().key,
            "modified_at": file.modified_at,
            "first_seen_at": seen_at,
            "last_seen_at": seen_at,
        }
        table = pa.Table.from_pylist([row], LANDING_FILES.arrow_schema)
        self._loader.run(lambda session: session.upsert(LANDING_FILES, table))


def _record(session: Session, upsert: sa.Executable) -> None:
    # no wait for the disk: a power cut may cost the word of the last attempts, never a publish
    session.execute(sa.text("SET LOCAL synchronous_commit = off"))
    session.execute(upsert)


def _newest(
    session: Session, contracts: Sequence[TableContract], scope_key: str | None
) -> tuple[PublishRecord, ...]:
    table, keys = table_of(PUBLISHES), [contract.key for contract in contracts]
    query = (
        sa.select(table)
        .ext(distinct_on(table.c.table_key, table.c.scope_key))
        .where(_one_of(table.c.table_key, keys))
        .order_by(table.c.table_key, table.c.scope_key, table.c.published_at.desc())
    )
    compared_with = table_of(RECONCILIATION)
    lines = sa.select(compared_with).where(_one_of(compared_with.c.table_key, keys))
    if scope_key is not None:
        query = query.where(table.c.scope_key == scope_key)
        lines = lines.where(table_of(RECONCILIATION).c.scope_key == scope_key)
    compared = _by_scope(session.fetch(lines))
    return tuple(
        records.publish_record(row, tuple(compared.get((row["table_key"], row["scope_key"]), ())))
        for row in session.fetch(query)
    )


def _one_of(column: sa.Column[object], values: Sequence[str]) -> sa.ColumnElement[bool]:
    # a list has a text of its own for each length, which must be compiled each time
    return column == values[0] if len(values) == 1 else column.in_(values)


def _by_scope(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], list[Comparison]]:
    grouped: dict[tuple[str, str], list[Comparison]] = {}
    for row in rows:
        grouped.setdefault((row["table_key"], row["scope_key"]), []).append(records.comparison(row))
    return grouped
