"""The search for queued names: budget, answers of every kind, and an outside that fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from work_data_hub.application.companies.search import (
    FIRST_WAIT,
    MOST_ATTEMPTS,
    NOBODY_WAIT,
    CompanySearch,
    Queued,
    QueueState,
    Rekey,
    search_metrics,
)
from work_data_hub.domain.annuity.ports import CompanyLookup, LookupAnswer
from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError
from work_data_hub.domain.kernel.period import Period

NOW = datetime(2025, 12, 1, tzinfo=UTC)


@dataclass
class FakeBook:
    """A queue in memory."""

    names: dict[str, Queued]
    learnt: int = 0

    def learn(self, now: datetime) -> int:
        return self.learnt

    def claim(self, now: datetime, limit: int) -> tuple[Queued, ...]:
        due = [name for name in self.names.values() if name.state is not QueueState.DONE][:limit]
        for name in due:
            self.names[name.customer_name] = Queued(
                name.customer_name, name.temporary_id, QueueState.PROCESSING, name.attempts
            )
        return tuple(self.names[name.customer_name] for name in due)

    def settle(self, name: Queued) -> None:
        self.names[name.customer_name] = name

    def rekeys(self) -> Mapping[Period, tuple[Rekey, ...]]:
        return {}

    def retire(self) -> int:
        return 0


@dataclass
class FakeLookup:
    """Answers by name; an error is raised, a name without an answer is unknown."""

    answers: dict[str, LookupAnswer | HubError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def find(self, name: str) -> LookupAnswer | None:
        self.asked.append(name)
        answer = self.answers.get(name)
        if isinstance(answer, HubError):
            raise answer
        return answer


def book(*names: str, attempts: int = 0) -> FakeBook:
    return FakeBook({n: Queued(n, f"IN{n}", QueueState.PENDING, attempts) for n in names}, learnt=2)


def answer(match: str = "exact") -> LookupAnswer:
    return LookupAnswer("600000001", "岚汐科技", match)


def test_an_answer_finishes_the_name() -> None:
    queue = book("a")
    report = CompanySearch(queue, FakeLookup({"a": answer("fuzzy")}), 5).run(NOW)
    done = queue.names["a"]
    assert (done.state, done.company_id, done.company_id_origin) == (QueueState.DONE, "600000001", "look_up")
    assert (done.matched_name, str(done.confidence), done.attempts) == ("岚汐科技", "0.8", 1)
    assert dict(search_metrics(report)) == {
        "learnt": 2,
        "asked": 1,
        "answered": 1,
        "nobody": 0,
        "postponed": 0,
    }


@pytest.mark.parametrize(("lookup", "budget"), [(None, 5), (FakeLookup(), 0)])
def test_without_a_look_up_or_a_budget_only_the_index_is_asked(
    lookup: CompanyLookup | None, budget: int
) -> None:
    queue = book("a")
    assert CompanySearch(queue, lookup, budget).run(NOW).learnt == 2
    assert queue.names["a"].state is QueueState.PENDING


def test_the_budget_bounds_the_calls_of_a_run() -> None:
    lookup = FakeLookup()
    report = CompanySearch(book(*"abcdefg"), lookup, 5).run(NOW)
    assert (report.asked, report.nobody, lookup.asked) == (5, 5, list("abcde"))


@pytest.mark.parametrize("attempts", range(MOST_ATTEMPTS))
def test_a_name_nobody_answers_to_is_asked_again_ever_later_and_then_no_more(attempts: int) -> None:
    queue = book("a", attempts=attempts)
    CompanySearch(queue, FakeLookup(), 5).run(NOW)
    failed = queue.names["a"]
    last = attempts == MOST_ATTEMPTS - 1
    assert failed.state is QueueState.FAILED
    assert failed.next_try_at == (None if last else NOW + NOBODY_WAIT * 2**attempts)
    assert failed.error == "nobody answers to the name"


def test_two_faults_of_the_outside_end_the_search_and_give_the_other_names_back() -> None:
    slow = TransientError("no answer in time", fix="wait")
    queue = book(*"abcd")
    report = CompanySearch(queue, FakeLookup({"a": slow, "b": slow}), 5).run(NOW)
    assert (report.asked, report.postponed) == (2, 2)
    assert {name.state for name in queue.names.values()} == {QueueState.PENDING}
    assert queue.names["a"].next_try_at == NOW + FIRST_WAIT
    assert queue.names["c"].next_try_at is None
    assert report.warnings == ("no answer in time (Fix: wait)",)


def test_a_refused_token_ends_the_search_at_once_and_never_raises() -> None:
    queue = book(*"abc")
    refused = PermanentError("the token was refused", fix="renew it")
    lookup = FakeLookup({"a": refused})
    report = CompanySearch(queue, lookup, 5).run(NOW)
    assert lookup.asked == ["a"]
    assert report.warnings == ("the token was refused (Fix: renew it)",)
    assert queue.names["a"].next_try_at == NOW + timedelta(minutes=10)
