"""What the book of publishes says last: about a scope, about the months of a table, and about a build's inputs."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from work_data_hub.application.inputs import EMPTY
from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import SLICES, InputVersion
from work_data_hub.application.scopes import month_in, month_of_key, whole_of_key, without_month
from work_data_hub.domain.kernel.contract import Store, TableContract
from work_data_hub.domain.kernel.scope import WHOLE, Scope
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session

PublishId = tuple[str, str]


def newest_publish(session: Session, table_key: str, scope_key: str) -> PublishId | None:
    """Give run and identity of the newest publish of a scope."""
    publishes = table_of(PUBLISHES)
    query = _newest(table_key, scope_key, publishes.c.run_id, publishes.c.identity_hash)
    found = session.fetch(query)
    return (found[0]["run_id"], found[0]["identity_hash"]) if found else None


def current_version(session: Session, source: InputVersion) -> str | None:
    """Give the version that an input has by now; None where no publish tells."""
    found = newest_publish(session, source.name, source.scope)
    if found is not None:
        return found[1]
    month = month_of_key(source.scope)
    slices = None if month is None else newest_slices(session, source.name, whole_of_key(source.scope))
    return None if slices is None else slices.get(str(month), EMPTY)


def newest_slice(session: Session, contract: TableContract, scope: Scope) -> PublishId | None:
    """Give what identifies the rows of a month of a table, or of its member, that is published as a whole."""
    month, whole = month_in(scope, contract.month_column), without_month(scope, contract.month_column)
    if month is None or scope.before is not None:
        return None
    version = (newest_slices(session, contract.key, whole.key) or {}).get(str(month))
    return (SLICES, version) if version else None


def publishes_before(
    session: Session, contract: TableContract, scope: Scope
) -> list[tuple[Scope, PublishId]]:
    """Give the months before one that hold rows, in order, each with its newest publish."""
    publishes, (column, first) = table_of(PUBLISHES), scope.before or ("", None)
    # keys of one member's months differ in nothing but the month
    whose = f"{Scope(scope.values).key}," if scope.values else ""
    query = (
        sa.select(
            publishes.c.scope_key, publishes.c.run_id, publishes.c.identity_hash, publishes.c.rows_published
        )
        .ext(distinct_on(publishes.c.scope_key))
        .where(
            publishes.c.table_key == contract.key,
            publishes.c.scope_key.startswith(f"{whose}{column}=", autoescape=True),
            publishes.c.scope_key < f"{whose}{column}={first}",
        )
        .order_by(publishes.c.scope_key, publishes.c.published_at.desc())
    )
    found = [row for row in session.fetch(query) if row["rows_published"]]
    months = [(Scope((*scope.values, (column, _day(row["scope_key"])))), row) for row in found]
    return [(month, (row["run_id"], row["identity_hash"])) for month, row in months]


def _day(scope_key: str) -> date:
    return date.fromisoformat(scope_key.rpartition("=")[2])


def newest_slices(session: Session, table_key: str, whole: str = WHOLE) -> Mapping[str, str] | None:
    """Give the versions of months as the newest publish of all of them left them; None for a table without such."""
    publishes = table_of(PUBLISHES)
    found = session.fetch(_newest(table_key, whole, publishes.c.facts))
    return _slices(found[0]["facts"]) if found else None


def slices_before(session: Session, request: PublishRequest) -> Mapping[str, str]:
    """Give the versions of the months that a publish finds in its store; in another store it finds none."""
    publishes = table_of(PUBLISHES)
    query = _newest(request.contract.key, request.scope.key, publishes.c.facts, publishes.c.snapshot_id)
    found = session.fetch(query.where(publishes.c.run_id != request.run.run_id))
    if not found or (found[0]["snapshot_id"] is not None) != in_lake(request.contract):
        return {}
    return _slices(found[0]["facts"]) or {}


def in_lake(contract: TableContract) -> bool:
    """Say whether a table lives in the lake."""
    return contract.store is Store.LAKE


def same_publish(request: PublishRequest) -> tuple[sa.ColumnElement[bool], ...]:
    """Hold for the ledger row of a publish."""
    publishes = table_of(PUBLISHES)
    return (
        publishes.c.run_id == request.run.run_id,
        publishes.c.table_key == request.contract.key,
        publishes.c.scope_key == request.scope.key,
    )


def _newest(table_key: str, scope_key: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    publishes = table_of(PUBLISHES)
    return (
        sa.select(*columns)
        .where(publishes.c.table_key == table_key, publishes.c.scope_key == scope_key)
        .order_by(publishes.c.published_at.desc())
        .limit(1)
    )


def _slices(facts: str) -> Mapping[str, str] | None:
    found = json.loads(facts).get(SLICES)
    return found if isinstance(found, dict) else None
