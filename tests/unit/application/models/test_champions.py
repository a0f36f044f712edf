"""A model's way: trained, judged, put in force, scored with, taken back."""

from dataclasses import replace

import pytest

from tests.unit.application.models.pace import (
    DECEMBER,
    MODEL,
    NAIVE,
    NAME,
    NOVEMBER,
    OCTOBER,
    SCORE,
    Gym,
    version_of,
)
from work_data_hub.application.build import BuildRun
from work_data_hub.application.models.book import Action
from work_data_hub.application.models.decisions import going_back, promote, promotion, roll_back
from work_data_hub.application.models.inputs import ChampionInput
from work_data_hub.application.models.rules import in_force, withdrawn
from work_data_hub.application.runs import InputVersion, Result, RunInfo
from work_data_hub.application.status import State
from work_data_hub.domain.kernel.build import ModelRef
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.models import ModelVerdict
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.champions import recompute

WHY = {"actor": "ann", "reason": "it overcharges"}


@pytest.fixture
def gym() -> Gym:
    return Gym()


def champions(gym: Gym, *, incumbent: bool = False) -> list[str | None]:
    entries = gym.book.entries(NAME)
    return [in_force(entries, month, incumbent=incumbent) for month in (OCTOBER, NOVEMBER, DECEMBER)]


def test_the_first_model_must_beat_the_plain_rule(gym: Gym) -> None:
    gym.month(OCTOBER, "poor", NAIVE.loss)
    assert champions(gym) == [None] * 3
    assert gym.scored_with(OCTOBER) is None
    good = gym.month(NOVEMBER, "good", 1.0)
    assert champions(gym) == [None, good, good]
    assert gym.scored_with(NOVEMBER) == good


def test_a_worse_challenger_is_refused_and_stays_on_record(gym: Gym) -> None:
    good = gym.month(OCTOBER, "good", 1.0)
    worse = gym.month(NOVEMBER, "worse", 1.1)
    assert gym.scored_with(NOVEMBER) == good
    assert [kept.version for kept in gym.book.versions(NAME)] == [good, worse]
    entry = gym.book.entries(NAME)[-1].decision
    assert (entry.action, entry.verdict) == (Action.JUDGED, ModelVerdict.REFUSED)
    assert (entry.challenger, entry.incumbent, entry.champion) == (worse, good, good)
    assert recompute(entry.evidence).reason == entry.reason
    assert "10.00% above that of the incumbent" in entry.reason


def test_what_is_judged_is_the_champion_before_the_month(gym: Gym) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    second = gym.month(NOVEMBER, "second", 0.9)
    gym.trains("second", 0.9)
    gym.run(NOVEMBER, force=True)
    assert [e.decision.incumbent for e in gym.book.entries(NAME)] == [None, first, first]
    assert champions(gym) == [first, second, second]
    assert champions(gym, incumbent=True) == [None, first, second]


def test_an_old_month_run_again_has_its_own_answer(gym: Gym) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    third = gym.month(DECEMBER, "third", 0.5)
    worse = gym.month(NOVEMBER, "worse", 0.9995)
    assert gym.book.entries(NAME)[-1].decision.incumbent == first
    assert champions(gym) == [first, first, third]
    assert worse not in champions(gym)


def test_the_newest_training_of_a_month_is_the_one_that_counts(gym: Gym) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    gym.month(NOVEMBER, "by mistake", 0.5)
    gym.trains("corrected", 1.5)
    gym.run(NOVEMBER, force=True)
    assert champions(gym) == [first, first, first]


def test_a_decision_makes_scores_stale_and_status_says_why(gym: Gym) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    gym.month(NOVEMBER, "second", 0.9)
    assert {state.state for state in gym.states(OCTOBER, NOVEMBER).values()} == {State.FRESH}
    roll_back(gym.book, NAME, month=NOVEMBER, **WHY)
    states = gym.states(OCTOBER, NOVEMBER)
    assert states[SCORE.key, "2025-10"].state is State.FRESH
    stale = states[SCORE.key, "2025-11"]
    assert (stale.state, stale.reason) == (
        State.STALE,
        "hub.platform.champion_ledger:pace changed since",
    )
    # it was judged against the same incumbent as before
    assert states[MODEL.key, "2025-11"].state is State.FRESH
    _, scored = gym.run(NOVEMBER)
    assert scored.result is Result.PUBLISHED
    assert gym.scored_with(NOVEMBER) == first
    inputs = [i for i in scored.record.inputs if i.name.startswith("hub.")]
    assert inputs == [InputVersion("hub.platform.champion_ledger:pace", "period=2025-11-01", first)]


def test_a_hub_run_again_without_a_decision_changes_nothing(gym: Gym) -> None:
    gym.month(OCTOBER, "first", 1.0)
    assert [report.result for report in gym.run(OCTOBER)] == [Result.UNCHANGED] * 2
    assert len(gym.book.entries(NAME)) == 1


def test_what_people_took_back_is_not_promoted_by_itself_again(gym: Gym) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    bad = gym.month(NOVEMBER, "bad", 0.5)
    roll_back(gym.book, NAME, month=NOVEMBER, **WHY)
    trained, _ = gym.run(NOVEMBER, force=True)
    entry = gym.book.entries(NAME)[-1].decision
    assert (entry.verdict, entry.challenger, entry.champion) == (ModelVerdict.REFUSED, bad, first)
    assert "people took this version out of force" in entry.reason
    assert recompute(entry.evidence).verdict is ModelVerdict.REFUSED
    assert trained.result is Result.PUBLISHED
    assert gym.ports.store.published[-2].outcome.warnings[0].startswith(f"pace {bad} is not promoted")  # type: ignore[attr-defined]
    assert gym.scored_with(NOVEMBER) == first
    promote(gym.book, NAME, bad, month=NOVEMBER, actor="ann", reason="it was right after all")
    assert withdrawn(gym.book.entries(NAME)) == {first}


def test_a_promotion_is_not_undone_by_the_same_model_trained_again(gym: Gym) -> None:
    gym.month(OCTOBER, "first", 1.0)
    plain = gym.month(NOVEMBER, "plain", 1.2)
    second = gym.month(DECEMBER, "second", 0.7)
    promote(gym.book, NAME, plain, month=DECEMBER, **WHY)
    reports = gym.run(DECEMBER)
    # the incumbent is another one, so December is judged again
    assert [report.result for report in reports] == [Result.PUBLISHED] * 2
    last = gym.book.entries(NAME)[-1].decision
    assert (last.challenger, last.incumbent, last.verdict) == (second, plain, ModelVerdict.REFUSED)
    assert gym.scored_with(DECEMBER) == plain


def test_rolling_back_twice_goes_back_two_champions_and_then_to_none(gym: Gym) -> None:
    first, second, third = (
        gym.month(OCTOBER, "first", 1.0), gym.month(NOVEMBER, "second", 0.8), gym.month(DECEMBER, "third", 0.6),
    )  # fmt: skip
    assert champions(gym)[-1] == third
    for back in (second, first, None):
        entry = roll_back(gym.book, NAME, month=DECEMBER, **WHY)
        assert (entry.decision.champion, entry.decision.action) == (back, Action.ROLLED_BACK)
        assert champions(gym) == [first, second, back]
    with pytest.raises(UsageError, match="pace has no champion for 2025-12"):
        roll_back(gym.book, NAME, month=DECEMBER, **WHY)


def test_going_back_from_a_promotion_leads_to_the_champion_that_it_replaced(gym: Gym) -> None:
    first, second = gym.month(OCTOBER, "first", 1.0), gym.month(NOVEMBER, "second", 0.8)
    promote(gym.book, NAME, first, month=DECEMBER, **WHY)
    for back in (second, None):
        assert roll_back(gym.book, NAME, month=DECEMBER, **WHY).decision.champion == back
    assert champions(gym) == [first, second, None]


def test_a_version_may_not_be_put_in_force_for_months_it_has_seen(gym: Gym) -> None:
    gym.month(OCTOBER, "first", 1.0)
    second = gym.month(NOVEMBER, "second", 0.9)
    with pytest.raises(UsageError, match="trained for 2025-11 and knows what 2025-10 could not know"):
        promotion(gym.book, NAME, second, month=OCTOBER, **WHY)


@pytest.mark.parametrize(
    ("name", "version", "reason", "said"),
    [
        ("nobody", "0" * 12, "why", "there is no model 'nobody'\nExpected: pace"),
        (NAME, "0" * 12, "why", f"pace has no version '{'0' * 12}'\nExpected: "),
        (NAME, "first", " ", "a decision needs a reason"),
        (NAME, "first", "why", "is the champion of 2025-12 already"),
    ],
)
def test_a_promotion_that_makes_no_sense_is_a_usage_error(
    gym: Gym, name: str, version: str, reason: str, said: str
) -> None:
    known = {"first": gym.month(OCTOBER, "first", 1.0)}
    if said.startswith("a decision"):
        gym.month(NOVEMBER, "second", 0.5)
    with pytest.raises(UsageError) as caught:
        promotion(gym.book, name, known.get(version, version), month=DECEMBER, actor="ann", reason=reason)
    assert said in str(caught.value)
    assert gym.book.entries(NAME)[-1].decision.automatic


def test_looking_at_a_roll_back_writes_nothing(gym: Gym) -> None:
    gym.month(OCTOBER, "first", 1.0)
    assert going_back(gym.book, NAME, month=OCTOBER, **WHY).champion is None
    assert len(gym.book.entries(NAME)) == 1


@pytest.mark.parametrize("incumbent", [True, False])
@pytest.mark.parametrize("period", [OCTOBER, None])
def test_an_input_tells_whose_champion_it_is(period: Period | None, incumbent: bool) -> None:
    wanted = ChampionInput("price_rec_BU1", period, incumbent and period is not None)
    assert ChampionInput.read(wanted.version(())) == wanted
    assert ChampionInput.read(InputVersion("pricing.silver.order_line", "all", "x")) is None


def test_members_have_champions_of_their_own(gym: Gym) -> None:
    trains, scores = (
        replace(build, contract=replace(build.contract, member="version")) for build in gym.builds
    )
    run = BuildRun(gym.ports, gym.domain, RunInfo("run", gym.ports.clock.now(), "tester", "code"))
    run.build(trains, OCTOBER, "BU1")
    read = [run.build(scores, OCTOBER, member).record.inputs for member in ("BU1", "BU2")]
    assert read == [
        (InputVersion("hub.platform.champion_ledger:pace_BU1", "period=2025-10-01", version_of("first")),),
        (InputVersion("hub.platform.champion_ledger:pace_BU2", "period=2025-10-01", "absent"),),
    ]
    assert gym.book.names() == ("pace_BU1",)
    assert ChampionInput.of(ModelRef("price_rec"), OCTOBER, "BU1").name == "price_rec_BU1"


def test_a_hub_without_a_book_says_so() -> None:
    gym = Gym()
    gym.ports = type(gym.ports)(
        gym.ports.finder, gym.ports.reader, gym.ports.store, gym.ports.ledger, gym.ports.quarantine, gym.ports.clock
    )  # fmt: skip
    with pytest.raises(UsageError, match="this hub keeps no models"):
        gym.run(OCTOBER)
