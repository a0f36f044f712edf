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
from work_data_hub.domain.kernel.contract import Store, TableContract
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session

PublishId = tuple[str, str]
_WHOLE = Scope().key


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
    _, named, month = source.scope.partition("=")
    slices = newest_slices(session, source.name) if named else None
    return None if slices is None else slices.get(month, EMPTY)


def newest_slice(session: Session, table_key: str, month: Scope) -> PublishId | None:
    """Give what identifies the rows of a month of a table that is published as a whole."""
    version = (newest_slices(session, table_key) or {}).get(str(month.values[0][1]))
    return (SLICES, version) if version else None


def publishes_before(
    session: Session, contract: TableContract, scope: Scope
) -> list[tuple[Scope, PublishId]]:
    """Give the months before one that hold rows, in order, each with its newest publish."""
    publishes, (column, first) = table_of(PUBLISHES), scope.before or ("", None)
    query = (
        sa.select(
            publishes.c.scope_key, publishes.c.run_id, publishes.c.identity_hash, publishes.c.rows_published
        )
        .ext(distinct_on(publishes.c.scope_key))
        .where(publishes.c.table_key == contract.key, publishes.c.scope_key < f"{column}={first}")
        .order_by(publishes.c.scope_key, publishes.c.published_at.desc())
    )
    found = [row for row in session.fetch(query) if row["rows_published"]]
    return [(_month(row["scope_key"]), (row["run_id"], row["identity_hash"])) for row in found]


def _month(scope_key: str) -> Scope:
    column, _, day = scope_key.partition("=")
    return Scope(((column, date.fromisoformat(day)),))


def newest_slices(session: Session, table_key: str) -> Mapping[str, str] | None:
    """Give the versions of a table's months as its newest publish left them; None for a table without such."""
    publishes = table_of(PUBLISHES)
    found = session.fetch(_newest(table_key, _WHOLE, publishes.c.facts))
    return _slices(found[0]["facts"]) if found else None


def slices_before(session: Session, request: PublishRequest) -> Mapping[str, str]:
    """Give the versions of the months that a publish finds in its store; in another store it finds none."""
    publishes = table_of(PUBLISHES)
    query = _newest(request.contract.key, _WHOLE, publishes.c.facts, publishes.c.snapshot_id)
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
