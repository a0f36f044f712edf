"""The quarantine book on the warehouse: lines, corrections and waivers."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa

from work_data_hub.application.ledgers import CORRECTIONS, QUARANTINE, WAIVERS
from work_data_hub.application.quarantine.book import (
    STANDING,
    LineState,
    QuarantineChanges,
    QuarantineLine,
    QuarantineQuery,
)
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.domain.kernel.contract import Store, TableContract
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.evidence import is_waived
from work_data_hub.io.loader.quarantine_rows import (
    correction,
    correction_row,
    joined_columns,
    line,
    waiver_row,
)
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session, WarehouseLoader

_IDS_AT_ONCE: Final = 5_000


class WarehouseQuarantine:
    """Reads the quarantine and keeps what people decide about it."""

    def __init__(self, loader: WarehouseLoader) -> None:
        """Work through a loader."""
        self._loader = loader

    def corrections(self, contract: TableContract, scope: Scope) -> tuple[Correction, ...]:
        """Give the corrections of the file contents that a bronze table's scope holds."""
        # the cells of a lake table are corrected where they come from
        if "file_id" not in contract.column_names or contract.store is Store.LAKE:
            return ()
        made, rows = table_of(CORRECTIONS), table_of(contract)
        inside = [rows.c[column] == value for column, value in scope.values]
        held = sa.exists().where(rows.c.file_id == made.c.file_id, *inside)
        query = sa.select(made).where(made.c.table_key == contract.key, held)
        return tuple(correction(row) for row in self._fetch(query.order_by(*made.primary_key)))

    def waived(self, contract: TableContract, scope: Scope, today: date) -> frozenset[str]:
        """Give the rejection ids of a table's scope that a waiver covers on a day."""
        lines = table_of(QUARANTINE)
        query = sa.select(lines.c.rejection_id).where(*_of(lines, contract, scope), is_waived(lines, today))
        return frozenset(row["rejection_id"] for row in self._fetch(query))

    def disturbed(self, contract: TableContract, scope: Scope, run_id: str) -> bool:
        """Say whether lines stand that another run than this one saw last: a refused attempt left them."""
        lines = table_of(QUARANTINE)
        others = sa.and_(lines.c.state.in_(STANDING), lines.c.last_run_id != run_id)
        query = sa.select(lines.c.rejection_id).where(*_of(lines, contract, scope), others).limit(1)
        return bool(self._fetch(query))

    def find(self, query: QuarantineQuery) -> tuple[QuarantineLine, ...]:
        """Give lines by table, scope, file, sheet and row; a waiver that has expired waives nothing."""
        rows = [row for statement in _statements(query) for row in self._fetch(statement)]
        return tuple(sorted((line(row) for row in rows), key=_place))

    def keep(self, changes: QuarantineChanges) -> None:
        """Write decisions in one transaction."""
        self._loader.run(lambda session: _keep(session, changes))

    def _fetch(self, query: sa.Executable) -> list[dict[str, Any]]:
        return self._loader.run(lambda session: session.fetch(query))


def _keep(session: Session, changes: QuarantineChanges) -> None:
    made, lines = table_of(CORRECTIONS), table_of(QUARANTINE)
    for some in _in_parts(changes.withdrawn):
        session.execute(sa.delete(made).where(made.c.rejection_id.in_(some)))
    corrections = [correction_row(change) for change in changes.corrections]
    session.upsert(CORRECTIONS, pa.Table.from_pylist(corrections, CORRECTIONS.arrow_schema))
    waivers = [waiver_row(change) for change in changes.waivers]
    session.upsert(WAIVERS, pa.Table.from_pylist(waivers, WAIVERS.arrow_schema))
    for some in _in_parts(tuple(change.rejection_id for change in changes.waivers)):
        mine = sa.and_(lines.c.rejection_id.in_(some), lines.c.state == LineState.OPEN)
        session.execute(sa.update(lines).where(mine).values(state=LineState.WAIVED))


def _statements(query: QuarantineQuery) -> Iterator[sa.Select[Any]]:
    lines, waivers, made = table_of(QUARANTINE), table_of(WAIVERS), table_of(CORRECTIONS)
    state = sa.case(
        (lines.c.state.not_in(STANDING), lines.c.state),
        (waivers.c.expires_on >= query.today, LineState.WAIVED),
        else_=LineState.OPEN,
    )
    answered = sa.and_(made.c.rejection_id == lines.c.rejection_id, made.c.file_id == lines.c.file_id)
    statement = (
        sa.select(*joined_columns(lines, waivers, made), state.label("state"))
        .join_from(lines, waivers, waivers.c.rejection_id == lines.c.rejection_id, isouter=True)
        .join(made, answered, isouter=True)
        .where(*_conditions(query, lines, state))
    )
    if not query.ids:
        yield statement
    for some in _in_parts(query.ids):
        yield statement.where(lines.c.rejection_id.in_(some))


def _conditions(
    query: QuarantineQuery, lines: sa.Table, state: sa.ColumnElement[str]
) -> Iterator[sa.ColumnElement[bool]]:
    chosen = (
        (lines.c.table_key, query.tables),
        (lines.c.scope_key, query.scopes),
        (lines.c.rule, query.rules),
        (state, tuple(map(str, query.states))),
    )
    for column, values in chosen:
        if values:
            yield column.in_(values)
    if query.domain:
        yield lines.c.table_key.startswith(f"{query.domain}.", autoescape=True)
    if query.prefix:
        yield lines.c.rejection_id.startswith(query.prefix, autoescape=True)


def _of(lines: sa.Table, contract: TableContract, scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    return (lines.c.table_key == contract.key, lines.c.scope_key == scope.key)


def _in_parts(ids: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[start : start + _IDS_AT_ONCE]


def _place(found: QuarantineLine) -> tuple[str, str, str, str, int, str, str]:
    return (
        found.table,
        found.scope,
        found.file_name or "",
        found.sheet or "",
        found.row_number or 0,
        found.column or "",
        found.rule,
    )
