"""The queue of names without a company, and what their answers replace, in the warehouse."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from work_data_hub.application.companies.search import ABANDONED_AFTER, Queued, QueueState, Rekey
from work_data_hub.domain.annuity.contracts import (
    COMPANY_INDEX,
    COMPANY_QUEUE,
    CUSTOMER,
    INCOME_DETAIL,
    PLAN,
    SCALE_DETAIL,
)
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.references import BACKFILLED
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

_QUEUE: Final = table_of(COMPANY_QUEUE)
_FIELDS: Final = tuple(Queued.__dataclass_fields__)
_WAITING: Final = (QueueState.PENDING, QueueState.FAILED)


class WarehouseCompanies:
    """Keeps the company queue, and finds and retires temporary ids."""

    def __init__(self, loader: WarehouseLoader) -> None:
        """Work through a loader."""
        self._loader = loader

    def learn(self, now: datetime) -> int:
        """Finish the names that the company index knows by now; give how many."""
        known = _newest_by_name()
        done = (
            sa.update(_QUEUE)
            .where(_QUEUE.c.customer_name == known.c.lookup_key, _QUEUE.c.state != QueueState.DONE)
            .values(
                state=QueueState.DONE,
                company_id=known.c.company_id,
                company_id_origin=known.c.origin,
                matched_name=known.c.lookup_key,
                confidence=known.c.confidence,
                last_tried_at=now,
                next_try_at=None,
                error=None,
            )
        )
        return self._loader.run(lambda session: session.execute(done))

    def claim(self, now: datetime, limit: int) -> tuple[Queued, ...]:
        """Take names that are due, so that no other worker takes them too."""
        due = (
            sa.select(_QUEUE.c.customer_name)
            .where(_is_due(now))
            .order_by(_QUEUE.c.attempts, _QUEUE.c.customer_name)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        take = (
            sa.update(_QUEUE)
            .where(_QUEUE.c.customer_name.in_(due))
            .values(state=QueueState.PROCESSING, last_tried_at=now)
            .returning(*(_QUEUE.c[name] for name in _FIELDS))
        )
        rows = self._loader.run(lambda session: session.fetch(take))
        return tuple(sorted(map(_queued, rows), key=lambda name: (name.attempts, name.customer_name)))

    def settle(self, name: Queued) -> None:
        """Write how the search for a name went."""
        values = {field: getattr(name, field) for field in _FIELDS if field != "customer_name"}
        row = sa.update(_QUEUE).where(_QUEUE.c.customer_name == name.customer_name).values(values)
        self._loader.run(lambda session: session.execute(row))

    def rekeys(self) -> Mapping[Period, tuple[Rekey, ...]]:
        """Give, for every month, the temporary ids of its cleaned rows whose company is known."""
        carried = sa.union(*(_temporary(table_of(contract)) for contract in (SCALE_DETAIL, INCOME_DETAIL)))
        rows = carried.subquery()
        query = (
            sa.select(
                rows.c.period,
                _QUEUE.c.temporary_id,
                _QUEUE.c.company_id,
                _QUEUE.c.company_id_origin,
                _QUEUE.c.customer_name,
                _QUEUE.c.confidence,
                _QUEUE.c.last_tried_at,
            )
            .join(_QUEUE, sa.and_(_QUEUE.c.temporary_id == rows.c.company_id, _is_done()))
            .order_by(rows.c.period, _QUEUE.c.temporary_id)
        )
        found: dict[Period, list[Rekey]] = {}
        for row in self._loader.run(lambda session: session.fetch(query)):
            found.setdefault(Period.of(row.pop("period")), []).append(_rekey(row))
        return {period: tuple(rekeys) for period, rekeys in found.items()}

    def retire(self) -> int:
        """Mark customers of temporary ids as replaced, and give backfilled plans the real id; count them."""
        customer, plan = table_of(CUSTOMER), table_of(PLAN)
        marked = (
            sa.update(customer)
            .where(
                customer.c.company_id == _QUEUE.c.temporary_id,
                _is_done(),
                customer.c.replaced_by.is_distinct_from(_QUEUE.c.company_id),
            )
            .values(replaced_by=_QUEUE.c.company_id)
        )
        renewed = (
            sa.update(plan)
            .where(plan.c.company_id == _QUEUE.c.temporary_id, _is_done(), plan.c.record_origin == BACKFILLED)
            .values(company_id=_QUEUE.c.company_id)
        )
        return self._loader.run(lambda session: session.execute(marked) + session.execute(renewed))


def _newest_by_name() -> sa.Subquery:
    index = table_of(COMPANY_INDEX)
    return (
        sa.select(index.c.lookup_key, index.c.company_id, index.c.origin, index.c.confidence)
        .ext(distinct_on(index.c.lookup_key))
        .where(index.c.lookup_type == "customer_name")
        .order_by(index.c.lookup_key, index.c.period.desc())
        .subquery()
    )


def _is_done() -> sa.ColumnElement[bool]:
    return _QUEUE.c.state == QueueState.DONE


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    waiting = sa.and_(
        _QUEUE.c.state.in_(_WAITING),
        sa.or_(
            _QUEUE.c.next_try_at <= now,
            # a pending name without a time was never tried; a failed one without a time is given up
            sa.and_(_QUEUE.c.next_try_at.is_(None), _QUEUE.c.state == QueueState.PENDING),
        ),
    )
    abandoned = sa.and_(
        _QUEUE.c.state == QueueState.PROCESSING, _QUEUE.c.last_tried_at < now - ABANDONED_AFTER
    )
    return sa.or_(waiting, abandoned)


def _temporary(rows: sa.Table) -> sa.Select[Any]:
    return sa.select(rows.c.period, rows.c.company_id).where(rows.c.company_id_origin == "temporary")


def _queued(row: Mapping[str, Any]) -> Queued:
    return Queued(**{**row, "state": QueueState(row["state"])})


def _rekey(row: dict[str, Any]) -> Rekey:
    return Rekey(learnt_at=row.pop("last_tried_at"), **row)
