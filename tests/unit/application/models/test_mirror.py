"""The tracker follows the ledger."""

from tests.unit.application.models.pace import DECEMBER, NAME, NOVEMBER, OCTOBER, Gym
from work_data_hub.application.models.decisions import roll_back
from work_data_hub.application.models.mirror import Mirrored, mirror, missing
from work_data_hub.application.runs import Result


def test_a_training_is_told_with_its_verdict() -> None:
    gym = Gym()
    first = gym.month(OCTOBER, "first", 1.0)
    worse = gym.month(NOVEMBER, "worse", 1.5)
    told = {model.kept.version: model for model in gym.tracker.models[NAME]}
    assert {version: model.verdict for version, model in told.items()} == {
        first: "promoted",
        worse: "refused",
    }
    assert told[worse].evidence["candidates"]["challenger"]["loss"] == 1.5
    assert gym.tracker.champions == {NAME: first}


def test_a_version_is_told_once() -> None:
    gym = Gym()
    first = gym.month(OCTOBER, "first", 1.0)
    gym.run(OCTOBER, force=True)
    assert mirror(gym.book, gym.tracker) == (Mirrored(NAME, (), first),)
    assert [model.kept.version for model in gym.tracker.models[NAME]] == [first]


def test_a_tracker_that_is_away_is_a_warning_and_caught_up_with() -> None:
    gym = Gym()
    gym.tracker.broken = True
    first = gym.trains("first", 1.0)
    trained, scored = gym.run(OCTOBER)
    assert trained.result is Result.PUBLISHED
    assert trained.record.warnings == (
        "pace is not in the experiment tracker yet, the next run tries again: the tracker is away",
    )
    assert scored.record.warnings == ()
    assert gym.scored_with(OCTOBER) == first
    gym.tracker.broken = False
    assert missing(gym.book, gym.tracker) == (Mirrored(NAME, (first,), first),)
    second = gym.month(NOVEMBER, "second", 0.5)
    assert [model.kept.version for model in gym.tracker.models[NAME]] == [first, second]
    assert gym.tracker.champions == {NAME: second}


def test_the_champion_shown_follows_a_roll_back() -> None:
    gym = Gym()
    first, second = gym.month(OCTOBER, "first", 1.0), gym.month(NOVEMBER, "second", 0.5)
    assert gym.tracker.champions == {NAME: second}
    for wanted in (first, None):
        roll_back(gym.book, NAME, month=DECEMBER, actor="ann", reason="why")
        mirror(gym.book, gym.tracker)
        assert gym.tracker.champions == {NAME: wanted}
