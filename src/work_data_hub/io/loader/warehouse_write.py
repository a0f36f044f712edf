"""What a publish does to the rows of a warehouse table, and what only the write can tell about them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import pyarrow as pa
import sqlalchemy as sa

from work_data_hub.application.ports import PublishRequest
from work_data_hub.domain.kernel.contract import TableContract, WriteMode
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.arrow_rows import require_scope
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import LoadCounts, Session, inside

# a reference that grew by so many rows gets fresh statistics before facts are checked against it
GROWN_BY: Final = 500


def write_rows(
    session: Session, request: PublishRequest, table: pa.Table, months: Sequence[date | None] | None
) -> LoadCounts:
    """Write the rows the way the contract says, or those of these months alone."""
    if months is not None:
        return _replace_months(session, request.contract, request.scope, table, months)
    if request.contract.write_mode is WriteMode.UPSERT:
        counts = session.upsert(request.contract, table)
        if counts.inserted >= GROWN_BY:
            session.refresh_statistics(request.contract)
        return counts
    if request.contract.write_mode is WriteMode.APPEND:
        return session.append(request.contract, table)
    return session.replace_scope(request.contract, request.scope, table)


def _replace_months(
    session: Session,
    contract: TableContract,
    scope: Scope,
    table: pa.Table,
    months: Sequence[date | None],
) -> LoadCounts:
    if not months:
        return LoadCounts()
    if scope.values:
        require_scope(contract, scope, table)
    target = table_of(contract)
    column = target.c[str(contract.sliced_by)]
    named = column.in_([month for month in months if month is not None])
    wanted = sa.or_(named, column.is_(None)) if None in months else named
    deleted = session.execute(sa.delete(target).where(wanted, *inside(target, scope)))
    return LoadCounts(deleted=deleted, inserted=session.append(contract, table).inserted)


def with_told(request: PublishRequest, counts: LoadCounts, orphans: Mapping[str, int]) -> PublishRequest:
    """Add to a publish what only the write can tell: new members, and rows that point at nobody."""
    outcome = request.outcome
    facts = dict(outcome.facts)
    if request.contract.write_mode is WriteMode.UPSERT:
        facts["new_members"] = [{"key": key} for key in counts.new]
    if orphans:
        metrics = facts.get("metrics")
        facts["metrics"] = {**(metrics if isinstance(metrics, dict) else {}), **orphans}
    warnings = tuple(f"{n:,} rows: {name} leads nowhere" for name, n in orphans.items() if n)
    told = replace(outcome, facts=facts, warnings=(*outcome.warnings, *warnings))
    return replace(request, outcome=told)
