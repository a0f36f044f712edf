from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from work_data_hub.application.alerts.delivery import MOST_AT_ONCE, Alert, AlertKind
from work_data_hub.application.alerts.findings import Finding, Survey
from work_data_hub.application.alerts.memory import AGAIN_AFTER, MOST_REMEMBERED, Memory, due_alerts

START = datetime(2025, 12, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def finding(
    name: str,
    at: datetime | None = START,
    patience: timedelta = timedelta(),
    *,
    once: bool = False,
    place: str | None = None,
) -> Finding:
    alert = Alert(AlertKind.FAILED_BUILD, name, f"text of {name}", "shop")
    return Finding(name, (place or name,), alert, at, patience, once)


class Talk:
    """Looks again and again, and remembers."""

    def __init__(self) -> None:
        self.memory = Memory()

    def at(self, now: datetime, *findings: Finding, undecided: frozenset[str] = frozenset()) -> list[str]:
        self.memory, alerts = due_alerts("shop", self.memory, Survey(findings, undecided), now)
        return [alert.subject for alert in alerts]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_each_thing_is_told_once_again_after_a_week_and_when_it_is_over(talk: Talk) -> None:
    assert talk.at(START, finding("a")) == ["a"]
    assert talk.at(START + DAY, finding("a"), finding("b", START + DAY)) == ["b"]
    assert talk.at(START + AGAIN_AFTER, finding("a"), finding("b", START + DAY)) == ["still so: a"]
    assert talk.at(START + AGAIN_AFTER + HOUR, finding("b", START + DAY)) == ["over: a"]
    assert talk.at(START + AGAIN_AFTER + 2 * HOUR, finding("b", START + DAY)) == []


def test_what_is_over_says_when_it_was_told(talk: Talk) -> None:
    talk.at(START, finding("a"))
    _, (alert,) = due_alerts("shop", talk.memory, Survey(()), START + HOUR)
    assert alert.resolved
    assert "told on 2025-12-01 00:00 UTC" in alert.text


def test_at_the_first_look_all_that_is_broken_is_told_but_no_old_figures(talk: Talk) -> None:
    old = START - timedelta(days=300)
    assert talk.at(START, finding("a", old), finding("b", old, once=True), finding("c", once=True)) == [
        "a",
        "c",
    ]
    assert talk.at(START + DAY, finding("b", old, once=True)) == ["over: a", "over: c"]


def test_a_check_is_never_repeated(talk: Talk) -> None:
    assert talk.at(START, finding("a", once=True)) == ["a"]
    assert talk.at(START + 3 * AGAIN_AFTER, finding("a", once=True)) == []


def test_what_may_pass_by_itself_must_hold_for_its_patience(talk: Talk) -> None:
    late = finding("late", None, DAY)
    assert talk.at(START, late) == []
    assert talk.at(START + 23 * HOUR, late) == []
    assert talk.at(START + DAY, late) == ["late"]
    assert talk.at(START + 2 * DAY, late) == []


def test_patience_begins_anew_when_it_passed_in_between(talk: Talk) -> None:
    late = finding("late", None, DAY)
    talk.at(START, late)
    assert talk.at(START + 12 * HOUR) == []
    assert talk.at(START + 25 * HOUR, late) == []


def test_what_happened_while_nobody_looked_is_told(talk: Talk) -> None:
    talk.at(START)
    assert talk.at(START + 30 * DAY, finding("a", START + 3 * DAY)) == ["a"]


def test_what_happened_during_the_last_look_is_told(talk: Talk) -> None:
    talk.at(START)
    assert talk.at(START + HOUR, finding("a", START - timedelta(seconds=1))) == ["a"]


def test_another_failure_at_the_same_place_is_news_but_the_first_is_not_over(talk: Talk) -> None:
    talk.at(START, finding("full", place="p"))
    assert talk.at(START + HOUR, finding("slow", START + HOUR, place="p")) == ["slow"]
    assert talk.at(START + 2 * HOUR) == ["over: slow"]


def test_a_build_that_works_again_is_not_over_yet_and_its_same_failure_is_no_news(talk: Talk) -> None:
    talk.at(START, finding("a", place="p"))
    assert talk.at(START + HOUR, undecided=frozenset({"p"})) == []
    assert talk.at(START + 2 * HOUR, finding("a", START + 2 * HOUR, place="p")) == []
    assert talk.at(START + 3 * HOUR, undecided=frozenset({"p"})) == []
    assert talk.at(START + 4 * HOUR) == ["over: a"]


def test_a_storm_is_one_alert_and_is_not_told_again(talk: Talk) -> None:
    storm = [finding(f"f{n}") for n in range(MOST_AT_ONCE + 5)]
    _, (alert,) = due_alerts("shop", talk.memory, Survey(tuple(storm)), START)
    assert alert.kind is AlertKind.DIGEST
    assert alert.subject == "shop: 15 alerts at once"
    assert alert.text.splitlines()[:2] == ["15 failed_build", "- f0"]
    assert "- and 5 more" in alert.text
    talk.at(START, *storm)
    assert talk.at(START + HOUR, *storm) == []
    (over,) = talk.at(START + 2 * HOUR)
    assert over == "shop: 15 alerts at once"


def test_as_many_as_fit_are_told_one_by_one(talk: Talk) -> None:
    assert len(talk.at(START, *(finding(f"f{n}") for n in range(MOST_AT_ONCE)))) == MOST_AT_ONCE


def test_memory_is_bounded_and_forgetting_tells_nothing_twice(talk: Talk) -> None:
    flood = [finding(f"f{n}") for n in range(3 * MOST_REMEMBERED)]
    assert len(talk.at(START, *flood)) == 1
    assert len(talk.memory.told) == MOST_REMEMBERED
    assert talk.at(START + 2 * HOUR, *flood) == []
    unripe = [finding(f"u{n}", None, DAY) for n in range(3 * MOST_REMEMBERED)]
    talk.at(START + 3 * HOUR, *flood, *unripe)
    assert len(talk.memory.seen) == MOST_REMEMBERED
    assert len(TypeAdapter(Memory).dump_json(talk.memory)) < 200_000


@given(
    looks=st.lists(
        st.tuples(st.integers(1, 60), st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef"))),
        max_size=25,
    )
)
def test_every_thing_alternates_between_told_and_over_whatever_happens(
    looks: list[tuple[int, set[str], set[str]]],
) -> None:
    """What stands was told within the last week; nothing is over that was not told; the cursor keeps all of it."""
    adapter, talk, now = TypeAdapter(Memory), Talk(), START
    last: dict[str, datetime] = {}
    for hours, broken, working in looks:
        now += timedelta(hours=hours)
        talk.memory = adapter.validate_json(adapter.dump_json(talk.memory))
        said = talk.at(now, *(finding(n, now) for n in sorted(broken)), undecided=frozenset(working))
        for subject in said:
            name = subject[-1]
            if subject.startswith("over: "):
                assert name not in broken | working
                del last[name]
                continue
            assert name in broken
            assert subject.startswith("still so: ") == (name in last)
            assert name not in last or now - last[name] >= AGAIN_AFTER
            last[name] = now
        assert broken <= set(last)
        assert set(last) <= broken | working
