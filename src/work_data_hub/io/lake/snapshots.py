"""Snapshots of a lake table: which there are, which one a moment saw, and going back to one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pyiceberg.table import Table
from pyiceberg.table.refs import MAIN_BRANCH
from pyiceberg.table.snapshots import Snapshot, ancestors_of

from work_data_hub.io.lake.faults import SnapshotMissingError

RUN: Final = "wdh.run_id"
SCOPE: Final = "wdh.scope"
CONTRACT: Final = "wdh.contract"


@dataclass(frozen=True, slots=True)
class LakeSnapshot:
    """One state of a table: when it was made, by which run, for which scope, and how many rows it holds."""

    snapshot_id: int
    made_at: datetime
    operation: str
    rows: int
    run_id: str | None
    scope: str | None
    contract_version: str | None
    current: bool


def snapshots_of(table: Table) -> tuple[LakeSnapshot, ...]:
    """Give the snapshots that are kept, oldest first; one that nobody points to any more is among them."""
    return tuple(
        _snapshot(one, current=one.snapshot_id == table.metadata.current_snapshot_id)
        for one in sorted(table.snapshots(), key=lambda one: (one.timestamp_ms, one.sequence_number or 0))
    )


def snapshot_at(table: Table, head: int | None, moment: datetime) -> int | None:
    """Give the newest snapshot on the way to a head that was there at a moment; before the first there is none."""
    found = table.snapshot_by_id(head) if head is not None else None
    latest = int(moment.timestamp() * 1000)
    way = (one.snapshot_id for one in ancestors_of(found, table.metadata) if one.timestamp_ms <= latest)
    return next(way, None)


def require_snapshot(table: Table, snapshot_id: int) -> None:
    """Refuse a snapshot that is not there."""
    if table.snapshot_by_id(snapshot_id) is None:
        name = ".".join(table.name())
        raise SnapshotMissingError(
            f"{name} has no snapshot {snapshot_id}",
            expected="a snapshot that has not expired",
            fix="choose one of those that are kept",
            table=name,
        )


def roll_back_to(table: Table, snapshot_id: int | None) -> None:
    """Let a table be what it was at a snapshot, or empty; the snapshots after it stay until they expire."""
    if snapshot_id is None:
        table.manage_snapshots().remove_branch(MAIN_BRANCH).commit()
        return
    require_snapshot(table, snapshot_id)
    table.manage_snapshots().set_current_snapshot(snapshot_id=snapshot_id).commit()


def _snapshot(one: Snapshot, *, current: bool) -> LakeSnapshot:
    facts = one.summary.additional_properties if one.summary else {}
    return LakeSnapshot(
        one.snapshot_id,
        datetime.fromtimestamp(one.timestamp_ms / 1000, UTC),
        one.summary.operation.value if one.summary else "",
        int(facts.get("total-records", 0)),
        facts.get(RUN),
        facts.get(SCOPE),
        facts.get(CONTRACT),
        current,
    )
