from dataclasses import dataclass, field
from datetime import UTC, datetime

from work_data_hub.application.alerts.delivery import (
    GIVE_UP_AFTER,
    MOST_AT_ONCE,
    Alert,
    AlertKind,
    Waiting,
    deliver,
)
from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError

NOW = datetime(2025, 12, 1, tzinfo=UTC)


def alert(name: str) -> Alert:
    return Alert(AlertKind.FAILED_BUILD, name, "text", "shop")


@dataclass
class FakeSink:
    """Keeps what it is sent; fails where it is told to."""

    name: str
    failing: dict[str, HubError] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    tried: int = 0

    def send(self, alert: Alert) -> None:
        self.tried += 1
        for error in (self.failing.get(alert.subject), self.failing.get("*")):
            if error:
                raise error
        self.sent.append(alert.subject)


DOWN = TransientError("does not answer", fix="wait")
NO = PermanentError("refuses", fix="look")


def test_a_sink_that_fails_holds_up_no_other_and_is_tried_again() -> None:
    down, fine = FakeSink("down", {"*": DOWN}), FakeSink("fine")
    first = deliver("shop", [alert("a"), alert("b")], [down, fine], {}, NOW)
    assert fine.sent == ["a", "b"]
    assert down.tried == 1
    assert first.failures == (("down", DOWN),)
    assert [w.alert.subject for w in first.waiting["down"]] == ["a", "b"]
    assert "fine" not in first.waiting
    down.failing.clear()
    second = deliver("shop", [alert("c")], [down, fine], first.waiting, NOW)
    assert down.sent == ["a", "b", "c"]
    assert fine.sent == ["a", "b", "c"]
    assert second.waiting == {}


def test_one_alert_that_is_refused_does_not_keep_the_next_from_going() -> None:
    sink = FakeSink("s", {"a": NO})
    done = deliver("shop", [alert("a"), alert("b")], [sink], {}, NOW)
    assert sink.sent == ["b"]
    assert [w.alert.subject for w in done.waiting["s"]] == ["a"]


def test_what_waits_keeps_its_age_and_is_given_up_by_name() -> None:
    sink = FakeSink("s", {"*": DOWN})
    waiting = deliver("shop", [alert("a")], [sink], {}, NOW).waiting
    later = deliver("shop", [alert("b")], [sink], waiting, NOW + GIVE_UP_AFTER / 2).waiting
    assert [w.since for w in later["s"]] == [NOW, NOW + GIVE_UP_AFTER / 2]
    last = deliver("shop", [], [sink], later, NOW + GIVE_UP_AFTER)
    assert [(name, a.subject) for name, a in last.given_up] == [("s", "a")]
    assert [w.alert.subject for w in last.waiting["s"]] == ["b"]


def test_what_waits_is_bounded_and_becomes_one() -> None:
    sink = FakeSink("s", {"*": DOWN})
    waiting = deliver("shop", [alert(f"a{n}") for n in range(MOST_AT_ONCE)], [sink], {}, NOW).waiting
    assert len(waiting["s"]) == MOST_AT_ONCE
    more = deliver("shop", [alert("more")], [sink], waiting, NOW).waiting
    (one,) = more["s"]
    assert one.alert.kind is AlertKind.DIGEST
    assert one.alert.facts == {"failed_build": MOST_AT_ONCE + 1}


def test_nothing_to_tell_is_nothing_sent() -> None:
    sink = FakeSink("s")
    assert deliver("shop", [], [sink], {"gone": [Waiting(alert("a"), NOW)]}, NOW).waiting == {}
    assert sink.tried == 0
