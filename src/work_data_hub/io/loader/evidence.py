"""What a publish writes beside its rows: quarantine, reconciliation and quality metrics."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import sqlalchemy as sa

from work_data_hub.application.ledgers import (
    CORRECTIONS,
    DATA_QUALITY_METRICS,
    LANDING_FILES,
    QUARANTINE,
    RECONCILIATION,
    WAIVERS,
)
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.quarantine.book import STANDING, rejection_id
from work_data_hub.domain.kernel.outcome import Outcome, Rejection
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session


def write_quarantine(session: Session, request: PublishRequest, seen_at: datetime) -> None:
    """Add rejections that are new, renew those seen before, reopen those that came back or whose waiver expired."""
    rows = [_quarantine_row(request, rejection, seen_at) for rejection in request.outcome.rejections]
    if not rows:
        return
    unique = {row["rejection_id"]: row for row in rows}
    session.upsert(QUARANTINE, pa.Table.from_pylist(list(unique.values()), QUARANTINE.arrow_schema))
    table = table_of(QUARANTINE)
    mine = sa.and_(*_where(table, request), table.c.last_run_id == request.run.run_id)
    state = sa.case((is_waived(table, seen_at.date()), "waived"), else_="open")
    session.execute(sa.update(table).where(mine, table.c.state != state).values(state=state))
    files = table_of(LANDING_FILES)
    name = (
        sa.select(sa.func.min(files.c.name))
        .where(files.c.file_id == table.c.file_id, files.c.domain == request.contract.domain)
        .scalar_subquery()
    )
    session.execute(sa.update(table).where(mine, table.c.file_name.is_(None)).values(file_name=name))


def settle_quarantine(session: Session, request: PublishRequest) -> None:
    """Close the lines of this scope that this publish no longer shows: replayed where a correction was the reason."""
    table, corrections = table_of(QUARANTINE), table_of(CORRECTIONS)
    gone = sa.and_(
        *_where(table, request), table.c.state.in_(STANDING), table.c.last_run_id != request.run.run_id
    )
    # a line of a content that is no longer there went with its file
    was_corrected = sa.exists().where(
        corrections.c.rejection_id == table.c.rejection_id, table.c.file_id.in_(_contents(request.outcome))
    )
    state = sa.case((was_corrected, "replayed"), else_="fixed")
    session.execute(sa.update(table).where(gone).values(state=state))


def _contents(outcome: Outcome) -> tuple[str, ...]:
    """Give the file contents that an outcome was made from."""
    accepted = outcome.accepted
    files = set(accepted["file_id"].unique()) if "file_id" in accepted else set()
    return tuple(sorted(files | {found.file_id for found in outcome.rejections if found.file_id}))


def is_waived(lines: sa.Table, today: date) -> sa.ColumnElement[bool]:
    """Hold for lines that a waiver covers on a day."""
    waivers = table_of(WAIVERS)
    return sa.exists().where(waivers.c.rejection_id == lines.c.rejection_id, waivers.c.expires_on >= today)


def write_reconciliation(session: Session, request: PublishRequest) -> None:
    """Replace the comparisons of this scope."""
    rows = [
        {
            "table_key": request.contract.key,
            "scope_key": request.scope.key,
            "comparison": line.name,
            "subject": line.subject,
            "expected": _amount(line.expected),
            "actual": _amount(line.actual),
            "tolerance": _amount(line.tolerance),
            "verdict": str(line.verdict),
            "note": line.note,
            "run_id": request.run.run_id,
        }
        for line in request.outcome.comparisons
    ]
    scope = Scope((("table_key", request.contract.key), ("scope_key", request.scope.key)))
    session.replace_scope(RECONCILIATION, scope, pa.Table.from_pylist(rows, RECONCILIATION.arrow_schema))


def write_metrics(session: Session, request: PublishRequest, measured_at: datetime) -> None:
    """Append the numbers that the build tells about itself."""
    metrics = request.outcome.facts.get("metrics")
    if not isinstance(metrics, dict) or not metrics:
        return
    rows = [
        {
            "run_id": request.run.run_id,
            "table_key": request.contract.key,
            "scope_key": request.scope.key,
            "metric": name,
            "value": float(value),
            "measured_at": measured_at,
        }
        for name, value in metrics.items()
    ]
    session.append(DATA_QUALITY_METRICS, pa.Table.from_pylist(rows, DATA_QUALITY_METRICS.arrow_schema))


def _quarantine_row(request: PublishRequest, rejection: Rejection, seen_at: datetime) -> dict[str, object]:
    return {
        "rejection_id": rejection_id(request.contract.key, rejection),
        "table_key": request.contract.key,
        "scope_key": request.scope.key,
        "file_id": rejection.file_id,
        "file_name": None,
        "sheet": rejection.sheet,
        "row_number": rejection.row_number,
        "column_name": rejection.column,
        "rule": rejection.rule,
        "value": rejection.value,
        "reason": rejection.reason,
        "expected": rejection.expected,
        "state": "open",
        "first_run_id": request.run.run_id,
        "last_run_id": request.run.run_id,
        "first_seen_at": seen_at,
        "last_seen_at": seen_at,
    }


def _where(table: sa.Table, request: PublishRequest) -> Iterable[sa.ColumnElement[bool]]:
    return (table.c.table_key == request.contract.key, table.c.scope_key == request.scope.key)


def _amount(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("1e-10"))
