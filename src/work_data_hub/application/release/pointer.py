"""The `current` pointer: promotion moves it on, rollback moves it back to the release before."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from work_data_hub.application.release.manifest import whole_seconds
from work_data_hub.application.release.records import Pointer, Promotion, ReleaseRecord
from work_data_hub.domain.kernel.errors import UsageError

REMEMBERED: Final = 50


def promoted(pointer: Pointer | None, record: ReleaseRecord, at: datetime) -> Pointer:
    """Give the pointer that shows a release; the one it showed becomes the one a rollback returns to."""
    place = record.place
    entry = Promotion(place.version, place.folder, str(record.manifest.run_id), whole_seconds(at))
    if pointer is None:
        return Pointer(place.table, entry)
    before = tuple(e for e in (pointer.current, *pointer.previous) if e.version != place.version)
    return Pointer(place.table, entry, before[:REMEMBERED])


def rolled_back(pointer: Pointer | None, table_key: str, at: datetime) -> Pointer:
    """Give the pointer that shows the release before."""
    if pointer is None or not pointer.previous:
        raise UsageError(
            f"{table_key} has no release to go back to",
            expected="two promoted releases",
            fix="promote another release by its version",
        )
    back, *rest = pointer.previous
    return Pointer(pointer.table, replace(back, promoted_utc=whole_seconds(at)), tuple(rest))
