"""Lets an experiment tracker follow the champion ledger; what failed once is caught up with the next time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from work_data_hub.application.models.book import ChampionBook, KeptVersion, LedgerEntry
from work_data_hub.application.models.ports import ExperimentTracker, TrackedModel
from work_data_hub.application.models.rules import in_force
from work_data_hub.domain.kernel.errors import HubError


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a tracker was told about a model: versions that it did not have, and the champion."""

    name: str
    logged: tuple[str, ...]
    champion: str | None


def mirror(
    book: ChampionBook, tracker: ExperimentTracker, names: Iterable[str] | None = None
) -> tuple[Mirrored, ...]:
    """Tell a tracker what it does not know yet of these models, or of all."""
    return tuple(_mirror(book, tracker, name) for name in (book.names() if names is None else names))


def missing(book: ChampionBook, tracker: ExperimentTracker) -> tuple[Mirrored, ...]:
    """Give what a mirror would tell the tracker."""
    return tuple(
        Mirrored(name, _untracked(book, tracker, name), in_force(book.entries(name))) for name in book.names()
    )


def mirror_or_warn(book: ChampionBook, tracker: ExperimentTracker, name: str) -> tuple[str, ...]:
    """Mirror a model after its training; the ledger has it already, so a fault of the tracker is a warning."""
    try:
        mirror(book, tracker, (name,))
    except HubError as error:
        return (f"{name} is not in the experiment tracker yet, the next run tries again: {error.what}",)
    return ()


def _mirror(book: ChampionBook, tracker: ExperimentTracker, name: str) -> Mirrored:
    entries, untracked = book.entries(name), _untracked(book, tracker, name)
    for version in untracked:
        # one at a time: a content may be large
        kept = next(kept for kept in book.versions(name, (version,)) if kept.version == version)
        tracker.track(_told(kept, entries))
    champion = in_force(entries)
    tracker.show_champion(name, champion)
    return Mirrored(name, untracked, champion)


def _untracked(book: ChampionBook, tracker: ExperimentTracker, name: str) -> tuple[str, ...]:
    known = tracker.tracked(name)
    return tuple(kept.version for kept in book.versions(name) if kept.version not in known)


def _told(kept: KeptVersion, entries: Sequence[LedgerEntry]) -> TrackedModel:
    """Add the newest verdict about a version."""
    verdicts = [entry.decision for entry in entries if entry.decision.automatic]
    mine = [decision for decision in verdicts if decision.challenger == kept.version]
    if not mine:
        return TrackedModel(kept)
    return TrackedModel(kept, mine[-1].evidence, str(mine[-1].verdict), mine[-1].reason)
