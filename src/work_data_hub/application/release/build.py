"""Build of one release: gates first, then staged, moved, marked; the same content is given back, not made again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pyarrow as pa

from work_data_hub.application.ports import Clock
from work_data_hub.application.release.errors import GateError, ReleaseRefusedError
from work_data_hub.application.release.gates import RowGate
from work_data_hub.application.release.manifest import Manifest, ScoreFacts, schema_entry, whole_seconds
from work_data_hub.application.release.manifest import write_manifest as manifest_text
from work_data_hub.application.release.place import Place
from work_data_hub.application.release.ports import GoldSource, ReleaseLedger, Shelf, Staging
from work_data_hub.application.release.records import (
    BuildPlan,
    BuiltRelease,
    GoldRows,
    PublishedInput,
    Releasable,
    ReleaseRecord,
    inputs_hash,
)
from work_data_hub.application.release.schema import ReleaseSchema
from work_data_hub.application.release.verify import Inspect, verify
from work_data_hub.application.release.version import FIRST, Change, Version, bump_of, changes
from work_data_hub.application.release.watermarks import LatestDay, date_column, watermark
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.kernel.errors import UsageError

Tell = Callable[[str], None]
TELL_EVERY: Final = 200_000


def tell_nobody(_text: str) -> None:
    """Take a word of progress and do nothing with it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be released, by which run; `until` leaves out the rows after a day."""

    item: Releasable
    run_id: UUID
    until: date | None = None
    scores: ScoreFacts | None = None

    @property
    def key(self) -> str:
        """Contract key of the table."""
        return self.item.contract.key

    @property
    def limit(self) -> tuple[str, date] | None:
        """The column that tells the day, and the last one."""
        if self.until is None:
            return None
        column = date_column(self.item.contract)
        if column is None:
            raise UsageError(f"{self.key} has no date, so no rows up to {self.until}", fix="leave --date out")
        return column, self.until

    def require_scores(self) -> None:
        """Refuse scores that do not say which model made them."""
        if self.item.contract.layer is Layer.SCORE and self.scores is None:
            raise GateError(
                f"{self.key} holds scores, and nothing says which model made them",
                expected="model and feature version, training and scoring run, bucket edges",
                fix="release it with its score facts",
            )


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes releases from gold tables."""

    gold: GoldSource
    shelf: Shelf
    ledger: ReleaseLedger
    inspect: Inspect
    clock: Clock
    tell: Tell = tell_nobody

    def build(self, order: Order, newest: ReleaseRecord | None) -> BuiltRelease:
        """Release the table's rows, or give the newest release back where nothing changed; only under the lock."""
        order.require_scores()
        schema = ReleaseSchema.of(order.item.contract)
        with self.gold.open(order.item.contract, order.limit) as rows:
            _require_published(order, rows.inputs)
            asked = inputs_hash(rows.inputs, schema.hash, order.until, order.scores)
            if newest is not None and newest.inputs_hash == asked and self._stands(newest):
                return self._given_back(newest)
            return self._release(order, rows, newest, schema, asked)

    def plan(self, order: Order, newest: ReleaseRecord | None) -> BuildPlan:
        """Say what a build would do; nothing is written."""
        order.require_scores()
        schema = ReleaseSchema.of(order.item.contract)
        with self.gold.open(order.item.contract, order.limit) as rows:
            _require_published(order, rows.inputs)
            asked, count = inputs_hash(rows.inputs, schema.hash, order.until, order.scores), rows.count()
            created = self._created(rows.inputs)
        version, found = _next(newest, schema)
        same = newest is not None and newest.inputs_hash == asked and self._stands(newest)
        place = Place(schema.table, created.date(), version)
        return BuildPlan(
            table_key=order.key,
            newest=newest.place.version if newest else None,
            next=None if same else version,
            path=None if same else str(place.path),
            rows=count,
            changes=_told(found),
            day=created.date(),
        )

    def _release(
        self,
        order: Order,
        rows: GoldRows,
        newest: ReleaseRecord | None,
        schema: ReleaseSchema,
        asked: str,
    ) -> BuiltRelease:
        version, found = _next(newest, schema)
        created = self._created(rows.inputs)
        place = Place(schema.table, created.date(), version)
        with self.shelf.stage(place, str(order.run_id), schema) as staging:
            manifest = self._stage(order, rows, staging, place, created)
            if newest is not None and newest.manifest.content == manifest.content and self._stands(newest):
                self.ledger.record(_renewed(newest, rows.inputs, asked))
                return self._given_back(newest)
            path = staging.publish(manifest_text(manifest))
        self.ledger.record(ReleaseRecord(order.key, place, manifest, created, rows.inputs, asked))
        return BuiltRelease(order.key, place, path, manifest, created=True, changes=_told(found))

    def _stage(
        self,
        order: Order,
        rows: GoldRows,
        staging: Staging,
        place: Place,
        created: datetime,
    ) -> Manifest:
        schema = ReleaseSchema.of(order.item.contract)
        gate, latest = RowGate(schema), LatestDay(date_column(order.item.contract))
        for batch in rows.batches():
            gate.see(batch)
            latest.see(batch)
            if gate.open:
                staging.write(batch)
            if gate.rows % TELL_EVERY < batch.num_rows:
                self.tell(f"{gate.rows:,} rows")
        staged = staging.close()
        held = schema if staged.schema is None else _held(schema, staged.schema)
        gate.require(order.key, held)
        return Manifest(
            dataset=order.item.dataset,
            table=schema.table,
            version=str(place.version),
            run_id=order.run_id,
            created_utc=created,
            row_count_total=gate.rows,
            files=staged.files,
            schema=schema_entry(schema),
            watermark=watermark(date_column(order.item.contract), latest.day, rows.inputs),
            scores=order.scores,
        )

    def _created(self, inputs: tuple[PublishedInput, ...]) -> datetime:
        # a server's clock may be ahead of ours; a release is never older than its rows
        times = (self.clock.now(), *(entry.published_at for entry in inputs))
        return whole_seconds(max(times).astimezone(UTC))

    def _stands(self, newest: ReleaseRecord) -> bool:
        try:
            verify(self.inspect, self._path(newest))
        except ReleaseRefusedError as error:
            self.tell(
                f"v{newest.place.version} is not what was released, so a new version is made: {error.what}"
            )
            return False
        return True

    def _given_back(self, newest: ReleaseRecord) -> BuiltRelease:
        path = self._path(newest)
        return BuiltRelease(newest.table_key, newest.place, path, newest.manifest, created=False)

    def _path(self, record: ReleaseRecord) -> Path:
        return self.shelf.path(record.place)


def _held(schema: ReleaseSchema, arrow: pa.Schema) -> ReleaseSchema:
    return ReleaseSchema.of_arrow(schema.table, arrow, schema.primary_key)


def _next(newest: ReleaseRecord | None, schema: ReleaseSchema) -> tuple[Version, tuple[Change, ...]]:
    if newest is None:
        return FIRST, ()
    found = changes(newest.manifest.schema_of_table, schema)
    return newest.place.version.next(bump_of(found)), found


def _told(found: tuple[Change, ...]) -> tuple[str, ...]:
    return tuple(change.what for change in found)


def _renewed(newest: ReleaseRecord, inputs: tuple[PublishedInput, ...], asked: str) -> ReleaseRecord:
    return replace(newest, inputs=inputs, inputs_hash=asked)


def _require_published(order: Order, inputs: tuple[PublishedInput, ...]) -> None:
    if not inputs:
        raise GateError(
            f"{order.key} was never published",
            expected="a table that a run has filled",
            fix=f"build it first: `wdh run {order.item.contract.domain} …`",
        )
