"""Who is champion: what follows from the decisions in the ledger."""

from collections.abc import Iterable, Iterator, Sequence

from work_data_hub.application.models.book import Action, LedgerEntry
from work_data_hub.domain.kernel.period import Period


def in_force(
    entries: Sequence[LedgerEntry], period: Period | None = None, *, incumbent: bool = False
) -> str | None:
    """Give the version in force for a month, or of all months the last one; of an incumbent, before its training."""
    made = deciding(entries, period, incumbent=incumbent)
    return made[-1].decision.champion if made else None


def deciding(
    entries: Iterable[LedgerEntry], period: Period | None = None, *, incumbent: bool = False
) -> tuple[LedgerEntry, ...]:
    """Give the decisions that count for a month, the one that holds last.

    Of a month's trainings only the newest counts, and it decides nothing where it refused its challenger. As
    incumbent of a month counts what people said about it, not what its own training found.
    """
    known = [entry for entry in entries if period is None or entry.decision.effective_from <= period]
    newest = _newest_training(known)
    counted = [
        entry
        for entry in known
        if not entry.decision.automatic
        or (
            entry.entry_id == newest[entry.decision.effective_from]
            and entry.decision.action is not Action.JUDGED
            and not (incumbent and entry.decision.effective_from == period)
        )
    ]
    return tuple(sorted(counted, key=_order))


def withdrawn(entries: Sequence[LedgerEntry]) -> frozenset[str]:
    """Give the versions that people took out of force and did not put in again."""
    return _taken_out(entries, (Action.PROMOTED, Action.ROLLED_BACK))


def rolled_back(entries: Sequence[LedgerEntry]) -> frozenset[str]:
    """Give the versions that a roll-back took out of force and people did not put in again."""
    return _taken_out(entries, (Action.ROLLED_BACK,))


def _taken_out(entries: Sequence[LedgerEntry], actions: Sequence[Action]) -> frozenset[str]:
    out: set[str] = set()
    for entry in sorted(entries, key=lambda entry: entry.decided_at):
        decision = entry.decision
        if decision.automatic:
            continue
        if decision.incumbent and decision.action in actions:
            out.add(decision.incumbent)
        if decision.champion:
            out.discard(decision.champion)
    return frozenset(out)


def champion_before(entries: Sequence[LedgerEntry], period: Period) -> str | None:
    """Give the version to go back to: the last one in force before today's that was not rolled back itself."""
    spared = rolled_back(entries) | {in_force(entries, period)}
    return next((version for version in _champions(entries, period) if version not in spared), None)


def _champions(entries: Sequence[LedgerEntry], period: Period) -> Iterator[str | None]:
    return (entry.decision.champion for entry in reversed(deciding(entries, period)))


def _newest_training(entries: Iterable[LedgerEntry]) -> dict[Period, str]:
    trainings = (entry for entry in sorted(entries, key=_order) if entry.decision.automatic)
    return {entry.decision.effective_from: entry.entry_id for entry in trainings}


def _order(entry: LedgerEntry) -> tuple[object, ...]:
    return entry.decision.effective_from, entry.decided_at, entry.entry_id
