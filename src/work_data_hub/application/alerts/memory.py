"""What was told when, so that each thing is told once, again after a while, and when it is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from work_data_hub.application.alerts.delivery import MOST_AT_ONCE, Alert, Waiting, digest
from work_data_hub.application.alerts.findings import Finding, Survey

AGAIN_AFTER: Final = timedelta(days=7)
LOOK_BACK: Final = timedelta(days=7)
# clocks differ, and a build may end while the ledgers are read
OVERLAP: Final = timedelta(hours=1)
MOST_REMEMBERED: Final = 200
_EVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """When an alert was told last, and what has to be in order again for it to be over."""

    at: datetime
    alert: Alert
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What one look leaves for the next: bounded, and losing it costs no more than telling things again."""

    at: datetime | None = None
    told: Mapping[str, Told] = field(default_factory=dict)
    seen: Mapping[str, datetime] = field(default_factory=dict)
    waiting: Mapping[str, tuple[Waiting, ...]] = field(default_factory=dict)


def due_alerts(
    domain: str, memory: Memory, survey: Survey, now: datetime
) -> tuple[Memory, tuple[Alert, ...]]:
    """Say what to tell now, and what to remember of it; many at once become one."""
    standing = {finding.key: finding for finding in survey.findings}
    seen = {
        f.key: memory.seen.get(f.key, now)
        for f in standing.values()
        if f.happened_at is None and f.key not in memory.told
    }
    fresh = [f for f in standing.values() if f.key not in memory.told and _is_due(f, memory, seen, now)]
    again = [
        f
        for f in standing.values()
        if f.key in memory.told and not f.once and now - memory.told[f.key].at >= AGAIN_AFTER
    ]
    held = {place for f in standing.values() for place in f.places}
    gone = {key: told for key, told in memory.told.items() if key not in standing}
    over = [t for t in gone.values() if not (held | survey.undecided).intersection(t.places)]
    unclear = {key: t for key, t in gone.items() if survey.undecided.intersection(t.places)}
    kept = {key: told for key, told in memory.told.items() if key in standing} | unclear
    new = {f.key: Told(now, _short(f.alert), f.places) for f in (*fresh, *again)}
    alerts = (*(f.alert for f in fresh), *(_still(f.alert) for f in again), *(_resolved(t) for t in over))
    told = _newest(kept | new)
    unripe = dict([(key, at) for key, at in seen.items() if key not in new][:MOST_REMEMBERED])
    return Memory(now, told, unripe, memory.waiting), _calm(domain, alerts)


def _is_due(finding: Finding, memory: Memory, seen: Mapping[str, datetime], now: datetime) -> bool:
    if finding.happened_at is None:
        return now - seen[finding.key] >= finding.patience
    if memory.at is not None:
        # a full memory has forgotten some of what was told
        overlap = OVERLAP if len(memory.told) < MOST_REMEMBERED else timedelta()
        return finding.happened_at > memory.at - overlap
    # at the first look everything that is broken is told, but not each figure that ever differed
    return finding.happened_at >= (now - LOOK_BACK if finding.once else _EVER)


def _calm(domain: str, alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    return alerts if len(alerts) <= MOST_AT_ONCE else (digest(domain, alerts),)


def _newest(told: Mapping[str, Told]) -> dict[str, Told]:
    return dict(sorted(told.items(), key=lambda item: item[1].at, reverse=True)[:MOST_REMEMBERED])


def _short(alert: Alert) -> Alert:
    return replace(alert, text="", facts={})


def _still(alert: Alert) -> Alert:
    return replace(alert, subject=f"still so: {alert.subject}")


def _resolved(told: Told) -> Alert:
    since = f"It was told on {told.at:%Y-%m-%d %H:%M} UTC and does not hold any more."
    return replace(told.alert, subject=f"over: {told.alert.subject}", text=since, resolved=True)
