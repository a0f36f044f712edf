"""The releases of all tables that may leave the house: build, promote, roll back, list, prune."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from uuid import UUID, uuid4

from work_data_hub.application.ports import Clock
from work_data_hub.application.release.build import Builder, Order, Tell, tell_nobody
from work_data_hub.application.release.manifest import Manifest, ManifestError, ScoreFacts, read_manifest
from work_data_hub.application.release.pointer import promoted, rolled_back
from work_data_hub.application.release.ports import GoldSource, Pointers, ReleaseLedger, Shelf
from work_data_hub.application.release.records import (
    BuildPlan,
    BuiltRelease,
    Found,
    Pointer,
    Releasable,
    ReleaseLine,
    ReleaseRecord,
    State,
)
from work_data_hub.application.release.verify import Inspect, verify
from work_data_hub.application.release.version import Version
from work_data_hub.domain.kernel.errors import ConfigurationError, UsageError


@dataclass(frozen=True, slots=True)
class Releases:
    """What the hub does with its releases; `items` are the tables by contract key."""

    items: Mapping[str, Releasable]
    gold: GoldSource
    shelf: Shelf
    pointers: Pointers
    ledger: ReleaseLedger
    inspect: Inspect
    clock: Clock
    keep_days: int = 7

    def build(
        self,
        table_key: str,
        *,
        until: date | None = None,
        run_id: str | None = None,
        scores: ScoreFacts | None = None,
        tell: Tell = tell_nobody,
    ) -> BuiltRelease:
        """Release a table's rows; where nothing changed since the newest release, give that one back."""
        order = self._order(table_key, until, run_id, scores)
        with self._writing(order.item) as (records, cleaned):
            built = self._builder(tell).build(order, records[-1] if records else None)
        return replace(built, cleaned=cleaned)

    def plan_build(self, table_key: str, *, until: date | None = None) -> BuildPlan:
        """Say what a build would do; nothing is written."""
        order = self._order(table_key, until, None, None)
        records = self._records(order.item)
        return self._builder(tell_nobody).plan(order, records[-1] if records else None)

    def promote(self, table_key: str, version: Version | None = None) -> ReleaseLine:
        """Verify a release, the newest by default, and let the pointer show it."""
        item = self.item(table_key)
        with self._writing(item) as (records, _):
            record = _chosen(item, records, version)
            verify(self.inspect, self.shelf.path(record.place))
            pointer = self.pointers.get(item.contract.name)
            if pointer is None or pointer.current.version != record.place.version:
                pointer = promoted(pointer, record, self.clock.now())
                self.pointers.set(pointer)
            record = _settled(record, pointer)
            self.ledger.record(record)
        return _line(record, pointer)

    def rollback(self, table_key: str) -> ReleaseLine:
        """Let the pointer show the release that was current before, which must still be whole."""
        item = self.item(table_key)
        with self._writing(item) as (records, _):
            pointer = self.pointers.get(item.contract.name)
            back = rolled_back(pointer, table_key, self.clock.now())
            record = _chosen(item, records, back.current.version)
            verify(self.inspect, self.shelf.path(record.place))
            self.pointers.set(back)
            self.ledger.record(_settled(record, back))
            for left in (r for r in records if pointer and r.place.version == pointer.current.version):
                now = self.clock.now()
                self.ledger.record(replace(left, state=State.ROLLED_BACK, rolled_back_at=now))
        return _line(_settled(record, back), back)

    def list(self, table_key: str) -> tuple[ReleaseLine, ...]:
        """Give the releases of a table, pruned and incomplete ones among them, the newest first."""
        item = self.item(table_key)
        pointer = self.pointers.get(item.contract.name)
        lines = [_line(record, pointer) for record in self._records(item)]
        known = {line.version for line in lines}
        for found in self.shelf.found(item.contract.name):
            if not found.complete and found.place.version not in known:
                place = found.place
                path = str(place.path)
                lines.append(
                    ReleaseLine(
                        table_key, place.version, place.day, None, "incomplete", current=False, path=path
                    )
                )
        return tuple(sorted(lines, key=lambda line: line.version, reverse=True))

    def prune(self, table_key: str, *, plan: bool = False) -> tuple[ReleaseLine, ...]:
        """Remove releases older than the days kept, never the current one, its predecessor or the newest."""
        item = self.item(table_key)
        if plan:
            return tuple(_line(record, None) for record in self._old(item, self._records(item)))
        with self._writing(item) as (records, _):
            old = self._old(item, records)
            for record in old:
                self.shelf.remove(record.place)
                self._pruned(record)
        return tuple(_line(replace(record, state=State.PRUNED), None) for record in old)

    def item(self, table_key: str) -> Releasable:
        """Give a table that may be released."""
        if table_key not in self.items:
            raise UsageError(
                f"{table_key} is not released",
                expected=", ".join(self.items) or "a domain that names tables to release",
                fix="name one of these",
            )
        return self.items[table_key]

    def _order(
        self, table_key: str, until: date | None, run_id: str | None, scores: ScoreFacts | None
    ) -> Order:
        return Order(self.item(table_key), _uuid(run_id), until, scores)

    def _builder(self, tell: Tell) -> Builder:
        return Builder(self.gold, self.shelf, self.ledger, self.inspect, self.clock, tell)

    @contextmanager
    def _writing(self, item: Releasable) -> Iterator[tuple[tuple[ReleaseRecord, ...], tuple[str, ...]]]:
        with self.shelf.lock(item.contract.name) as cleaned:
            kept = self.ledger.records(item.contract.key)
            records = self._records(item)
            # a killed run may have left the ledger behind the folders
            for record in records:
                if record not in kept:
                    self.ledger.record(record)
            yield records, cleaned

    def _records(self, item: Releasable) -> tuple[ReleaseRecord, ...]:
        """Give what the ledger knows, corrected by what lies in the folders."""
        known = {record.place.version: record for record in self.ledger.records(item.contract.key)}
        there = {
            found.place.version: found for found in self.shelf.found(item.contract.name) if found.complete
        }
        for version, found in there.items():
            if version not in known:
                known[version] = self._adopted(item, found)
        for version, record in known.items():
            if version not in there and record.state is not State.PRUNED:
                known[version] = replace(record, state=State.PRUNED, pruned_at=self.clock.now())
        pointer = self.pointers.get(item.contract.name)
        return tuple(_settled(known[version], pointer) for version in sorted(known))

    def _adopted(self, item: Releasable, found: Found) -> ReleaseRecord:
        manifest = self._manifest(found)
        if manifest.dataset != item.dataset:
            raise ConfigurationError(
                f"{found.path} is a release of {manifest.dataset}, not of {item.dataset}",
                expected="a table name that only one data set releases",
                fix="rename the table, or give the data sets a RELEASE_ROOT each",
            )
        return ReleaseRecord(item.contract.key, found.place, manifest, manifest.created_utc)

    def _manifest(self, found: Found) -> Manifest:
        try:
            return read_manifest(self.inspect(found.path).manifest or "")
        except ManifestError as error:
            raise ConfigurationError(
                f"{found.path} is marked as complete, but its manifest can't be read: {error}",
                fix="remove the folder",
            ) from error

    def _old(self, item: Releasable, records: tuple[ReleaseRecord, ...]) -> tuple[ReleaseRecord, ...]:
        pointer = self.pointers.get(item.contract.name)
        last = self.clock.now().astimezone(UTC).date() - timedelta(days=self.keep_days)
        standing = [record for record in records if record.state is not State.PRUNED]
        kept = {record.place.version for record in standing[-1:]} | (pointer.kept if pointer else frozenset())
        return tuple(r for r in standing if r.place.day < last and r.place.version not in kept)

    def _pruned(self, record: ReleaseRecord) -> None:
        self.ledger.record(replace(record, state=State.PRUNED, pruned_at=self.clock.now()))


def _settled(record: ReleaseRecord, pointer: Pointer | None) -> ReleaseRecord:
    """Let a record say that the release is promoted, where the pointer shows it."""
    current = pointer is not None and pointer.current.version == record.place.version
    if pointer is None or not current or record.state in (State.PROMOTED, State.PRUNED):
        return record
    return replace(record, state=State.PROMOTED, promoted_at=pointer.current.promoted_utc)


def _chosen(item: Releasable, records: tuple[ReleaseRecord, ...], version: Version | None) -> ReleaseRecord:
    standing = [record for record in records if record.state is not State.PRUNED]
    wanted = [record for record in standing if version in (None, record.place.version)]
    if not wanted:
        raise UsageError(
            f"{item.contract.key} has no release{f' {version}' if version else ''}",
            expected=", ".join(str(record.place.version) for record in standing)
            or "a release that was built",
            fix=f"build one: `wdh release build {item.contract.key}`",
        )
    return wanted[-1]


def _line(record: ReleaseRecord, pointer: Pointer | None) -> ReleaseLine:
    place = record.place
    return ReleaseLine(
        table_key=record.table_key,
        version=place.version,
        day=place.day,
        rows=record.manifest.row_count_total,
        state=record.state,
        current=pointer is not None and pointer.current.version == place.version,
        path=str(place.path),
    )


def _uuid(run_id: str | None) -> UUID:
    if run_id is None:
        return uuid4()
    try:
        return UUID(run_id)
    except ValueError:
        raise UsageError(f"{run_id!r} is no run id", expected="a UUID", fix="leave it out") from None
