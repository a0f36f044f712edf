"""Where lake and ledger meet: reads are pinned to the newest snapshot that the ledger knows, others are undone.

The lake commits by itself, so a crash between its commit and that of the ledger leaves a snapshot of nobody.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import sqlalchemy as sa

from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.application.ports import PublishRequest
from work_data_hub.domain.kernel.contract import Store, TableContract, WriteMode
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.retry import Listener, ignore_event
from work_data_hub.io.loader.session import LoadCounts
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session, WarehouseLoader

if TYPE_CHECKING:
    from work_data_hub.io.lake.expiry import Expired
    from work_data_hub.io.lake.tables import LakeTables

REPAIRED: Final = "lake_repaired"


class LakeShelf:
    """Publishes to, reads and tidies lake tables under the eyes of the ledger; the lake is opened when it is needed."""

    def __init__(
        self, loader: WarehouseLoader, lake: "Callable[[], LakeTables]", on_event: Listener = ignore_event
    ) -> None:
        """Take the ledger's loader and a way to the lake."""
        self._loader, self._open, self._tell = loader, lake, on_event
        self._opened: LakeTables | None = None
        self._looked_at: set[str] = set()

    def close(self) -> None:
        """Close the lake if anybody has touched it."""
        if self._opened is not None:
            self._opened.close()

    def load(
        self,
        session: Session,
        request: PublishRequest,
        rows: pa.Table,
        months: Collection[date | None] | None = None,
    ) -> tuple[LoadCounts, int | None]:
        """Commit a publish's rows, once what a crash left is undone; the table is locked by now."""
        contract, run = request.contract, request.run.run_id
        _require_fit(contract)
        self._repair(session, contract, request)
        lake = self._lake()
        if months is not None:
            done = lake.replace_months(contract, months, rows, run, request.scope)
        elif contract.write_mode is WriteMode.APPEND:
            done = lake.append(contract, rows, run)
        else:
            done = lake.replace(contract, request.scope, rows, run)
        return LoadCounts(deleted=done.deleted, inserted=done.inserted), done.snapshot_id

    def read(
        self, session: Session, contract: TableContract, scope: Scope, columns: Sequence[str] = ()
    ) -> pa.Table:
        """Give a scope's rows as the newest publish of the table left them."""
        snapshot = self._pinned(session, contract)
        if snapshot is None:
            names = columns or contract.column_names
            return contract.arrow_schema.empty_table().select(list(names))
        return self._lake().read(contract, scope, columns, snapshot_id=snapshot)

    def holds(self, session: Session, request: PublishRequest) -> bool:
        """Say whether the lake still has what the ledger showed before a publish; a lake that was lost has not."""
        shown = newest_snapshot(session, request.contract, request)
        return shown is None or self._lake().has(request.contract, shown)

    def files(self, contract: TableContract, scope: Scope | None = None) -> tuple[str, ...]:
        """Give the Parquet files of a scope as the newest publish of the table left them."""
        snapshot = self._loader.run(lambda session: self._pinned(session, contract))
        return () if snapshot is None else self._lake().planned_files(contract, scope, snapshot_id=snapshot)

    def expire(
        self, contract: TableContract, older_than: datetime, keep: int, *, dry_run: bool = False
    ) -> "Expired":
        """Forget old snapshots and remove their files; what the ledger shows as the table stays, whatever its age."""

        def work(session: Session) -> "Expired":
            session.execute(_lock(contract))
            shown = newest_snapshot(session, contract)
            needed = () if shown is None else (shown,)
            if not dry_run:
                self._repair(session, contract)
            return self._lake().expire(contract, older_than, keep, needed, dry_run=dry_run)

        return self._loader.run(work)

    def _lake(self) -> "LakeTables":
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _pinned(self, session: Session, contract: TableContract) -> int | None:
        shown = newest_snapshot(session, contract)
        if shown is not None and contract.key not in self._looked_at:
            if session.fetch(_try_lock(contract))[0]["free"]:
                self._repair(session, contract)
            self._looked_at.add(contract.key)
        return shown

    def _repair(self, session: Session, contract: TableContract, but: PublishRequest | None = None) -> None:
        """Roll a locked table back to what the ledger shows, if a crash has left it ahead."""
        lake = self._lake()
        shown, head = newest_snapshot(session, contract, but), lake.head(contract)
        if shown == head:
            return
        lake.roll_back(contract, shown)
        self._tell(REPAIRED, {"table": contract.key, "undone": head, "snapshot": shown})


def expire_snapshots(
    shelf: LakeShelf,
    contracts: Sequence[TableContract],
    older_than: datetime,
    keep: int,
    *,
    dry_run: bool = False,
) -> "tuple[Expired, ...]":
    """Expire the snapshots of those contracts that live in the lake; give what was removed by table."""
    kept = [contract for contract in contracts if contract.store is Store.LAKE]
    return tuple(shelf.expire(contract, older_than, keep, dry_run=dry_run) for contract in kept)


def _require_fit(contract: TableContract) -> None:
    """Refuse what the lake does not do, rather than leave it out."""
    wrong = "renews no single rows" if contract.write_mode is WriteMode.UPSERT else None
    wrong = wrong or ("checks no references" if contract.references else None)
    if wrong:
        raise ConfigurationError(
            f"{contract.qualified_name}: the lake {wrong}",
            expected="write mode replace_scope or append, and no references",
            fix="keep the table in the warehouse, or correct its contract",
        )


def newest_snapshot(
    session: Session, contract: TableContract, but: PublishRequest | None = None
) -> int | None:
    """Give the snapshot that the newest publish of any scope left; `but` is the publish that goes on."""
    publishes = table_of(PUBLISHES)
    query = (
        sa.select(publishes.c.snapshot_id)
        .where(publishes.c.table_key == contract.key)
        .order_by(publishes.c.published_at.desc())
        .limit(1)
    )
    if but is not None:
        own = sa.and_(publishes.c.run_id == but.run.run_id, publishes.c.scope_key == but.scope.key)
        query = query.where(~own)
    found = session.fetch(query)
    snapshot: int | None = found[0]["snapshot_id"] if found else None
    return snapshot


def _lock(contract: TableContract) -> sa.Select[tuple[object]]:
    return sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(contract.key, 0)))


def _try_lock(contract: TableContract) -> sa.Select[tuple[bool]]:
    free = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(contract.key, 0))
    return sa.select(free.label("free"))
