"""What the hub tells people without being asked, the port it is told through, and how it is handed over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from work_data_hub.domain.kernel.errors import HubError, TransientError

MOST_AT_ONCE: Final = 10
GIVE_UP_AFTER: Final = timedelta(days=3)


class AlertKind(StrEnum):
    """What an alert is about."""

    REJECT_BUDGET = "reject_budget"
    REFUSED_INPUT = "refused_input"
    FAILED_BUILD = "failed_build"
    FAILED_CHECK = "failed_check"
    STALE_TABLE = "stale_table"
    OLD_REJECTION = "old_rejection"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that a person should know; `resolved` tells that it is over."""

    kind: AlertKind
    subject: str
    text: str
    domain: str
    table: str | None = None
    period: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)
    resolved: bool = False


class AlertSink(Protocol):
    """Hands alerts to people in one way."""

    @property
    def name(self) -> str:
        """The name under which its undelivered alerts wait."""

    def send(self, alert: Alert) -> None:
        """Hand over one alert; raises TransientError or PermanentError when it could not."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that a sink could not hand over yet."""

    alert: Alert
    since: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """How handing over went: what waits for the next time, what failed, and what is given up."""

    waiting: Mapping[str, tuple[Waiting, ...]]
    failures: tuple[tuple[str, HubError], ...]
    given_up: tuple[tuple[str, Alert], ...]


def digest(domain: str, alerts: Sequence[Alert]) -> Alert:
    """Say many alerts in one: how many of each kind, and the first subjects."""
    kinds = Counter("resolved" if alert.resolved else str(alert.kind) for alert in alerts)
    more = len(alerts) - MOST_AT_ONCE
    lines = [
        ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())),
        *(f"- {alert.subject}" for alert in alerts[:MOST_AT_ONCE]),
        *([f"- and {more} more"] if more > 0 else []),
        f"All of it: wdh status {domain}",
    ]
    return Alert(
        AlertKind.DIGEST,
        f"{domain}: {len(alerts)} alerts at once",
        "\n".join(lines),
        domain,
        facts=dict(kinds),
    )


def deliver(
    domain: str,
    alerts: Sequence[Alert],
    sinks: Sequence[AlertSink],
    waiting: Mapping[str, Sequence[Waiting]],
    now: datetime,
) -> Delivery:
    """Hand alerts to every sink, those first that wait for it; a sink that fails holds up no other."""
    left: dict[str, tuple[Waiting, ...]] = {}
    failures: list[tuple[str, HubError]] = []
    given_up: list[tuple[str, Alert]] = []
    for sink in sinks:
        old = [w for w in waiting.get(sink.name, ()) if now - w.since < GIVE_UP_AFTER]
        given_up += [
            (sink.name, w.alert) for w in waiting.get(sink.name, ()) if now - w.since >= GIVE_UP_AFTER
        ]
        queue = _bounded(domain, [*old, *(Waiting(alert, now) for alert in alerts)])
        unsent, errors = _hand_over(sink, queue)
        failures += [(sink.name, error) for error in errors]
        if unsent:
            left[sink.name] = unsent
    return Delivery(left, tuple(failures), tuple(given_up))


def _bounded(domain: str, queue: Sequence[Waiting]) -> Sequence[Waiting]:
    if len(queue) <= MOST_AT_ONCE:
        return queue
    return [Waiting(digest(domain, [item.alert for item in queue]), max(item.since for item in queue))]


def _hand_over(sink: AlertSink, queue: Sequence[Waiting]) -> tuple[tuple[Waiting, ...], list[HubError]]:
    unsent: list[Waiting] = []
    errors: list[HubError] = []
    for place, item in enumerate(queue):
        try:
            sink.send(item.alert)
        except TransientError as error:
            # the others would wait for the same time-out
            return (*unsent, *queue[place:]), [*errors, error]
        except HubError as error:
            unsent.append(item)
            errors.append(error)
    return tuple(unsent), errors
