"""Tables that are published for one member after the other: who takes part, what is built again, what a failure stops."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeDropBox, FakeLedger
from tests.unit.application.market import Line
from tests.unit.application.stalls import (
    DECEMBER,
    EAST,
    NORTH,
    NOVEMBER,
    OCTOBER,
    SALES,
    SO_FAR,
    SOUTH,
    TAKINGS,
    TOTALS,
    WHOLESALE,
    Stalls,
    make_takings,
    short,
)
from work_data_hub.application.alerts.failures import failing
from work_data_hub.application.alerts.findings import Ledgers, Patience
from work_data_hub.application.inputs import ABSENT, EMPTY, table_inputs
from work_data_hub.application.members import PassedOver, told, worst_of
from work_data_hub.application.plan import plan_all
from work_data_hub.application.quarantine.places import scope_named
from work_data_hub.application.runs import BuildReport, Result
from work_data_hub.application.status import State, StatusReader
from work_data_hub.domain.kernel.build import BuildContext, InputRef, TableBuild
from work_data_hub.domain.kernel.errors import (
    AmbiguousCandidatesError,
    ConfigurationError,
    NoCandidateError,
    PermanentError,
    UsageError,
)
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import WHOLE, Scope

TEA, CUP = ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")
JAR, PAN = ("2025-10-09", "jar", "2"), ("2025-11-30", "pan", "3")


@pytest.fixture
def stalls() -> Stalls:
    """EAST sells in November and December, NORTH in October and November, SOUTH lives on wholesale."""
    made = Stalls()
    made.drop("sales.EAST", TEA, CUP)
    made.drop("sales.NORTH", JAR, PAN)
    made.wholesale(NOVEMBER)
    return made


def fail_for(member: str, error: Exception) -> Callable[[BuildContext], Outcome]:
    def make(context: BuildContext) -> Outcome:
        if context.member == member:
            raise error
        return make_takings(context)

    return make


def amounts(stalls: Stalls, scope: Scope) -> dict[str, Decimal]:
    rows = stalls.ports.store.read(TAKINGS, scope)
    return {
        f"{stall} {str(month)[:7]}": amount
        for stall, month, amount in zip(rows["stall"], rows["period"], rows["amount"], strict=True)
    }


def versions(stalls: Stalls, ref: InputRef, month: Period | None, member: str) -> dict[str, str]:
    build = TableBuild(TOTALS, (ref,), make_takings)
    return {v.scope: v.version for v in table_inputs(build, month, stalls.ledger, member)}


def of_member(member: str, month: Period | None = None) -> Scope:
    whole = Scope() if month is None else Scope.month(month)
    return whole.of_member("stall", member)


def test_each_member_is_built_for_its_own_months(stalls: Stalls) -> None:
    assert stalls.published() == [
        ("sales", "EAST"),
        ("sales", "NORTH"),
        ("takings", "NORTH 2025-10"),
        ("so_far", "NORTH 2025-10"),
        ("takings", "EAST 2025-11"),
        ("takings", "NORTH 2025-11"),
        ("takings", "SOUTH 2025-11"),
        ("so_far", "EAST 2025-11"),
        ("so_far", "NORTH 2025-11"),
        ("so_far", "SOUTH 2025-11"),
        ("takings", "EAST 2025-12"),
        ("so_far", "EAST 2025-12"),
        ("totals", "EAST"),
        ("totals", "NORTH"),
        ("totals", "SOUTH"),
    ]
    assert amounts(stalls, Scope()) == {
        "EAST 2025-11": Decimal(4),
        "EAST 2025-12": Decimal(7),
        "NORTH 2025-10": Decimal(2),
        "NORTH 2025-11": Decimal(3),
        "SOUTH 2025-11": Decimal(5),
    }
    assert stalls.published() == []
    assert set(stalls.words().values()) == {"fresh"}


def test_rows_of_a_drop_say_whose_they_are(stalls: Stalls) -> None:
    stalls.load()
    assert set(stalls.ports.store.read(SALES, of_member(NORTH))["stall"]) == {NORTH}
    assert list(stalls.ports.store.read(SALES, of_member(EAST, NOVEMBER))["good"]) == ["tea"]


def test_a_member_that_changes_leaves_the_others_as_they_are(stalls: Stalls) -> None:
    stalls.load()
    before = stalls.ledger.latest(TAKINGS, of_member(NORTH, NOVEMBER))
    stalls.drop("sales.EAST", TEA, ("2025-12-24", "cup", "8"))
    assert stalls.published() == [
        ("sales", "EAST"),
        ("takings", "EAST 2025-12"),
        ("so_far", "EAST 2025-12"),
        ("totals", "EAST"),
    ]
    assert stalls.ledger.latest(TAKINGS, of_member(NORTH, NOVEMBER)) == before


def test_a_history_holds_the_months_of_its_member_alone(stalls: Stalls) -> None:
    stalls.load()
    ref = InputRef(TAKINGS, history=True)
    before = versions(stalls, ref, DECEMBER, EAST)
    assert list(before) == ["stall=EAST,period<2025-12-01"]
    stalls.drop("sales.NORTH", JAR, ("2025-11-30", "pan", "4"))
    stalls.load()
    assert versions(stalls, ref, DECEMBER, EAST) == before
    assert versions(stalls, ref, OCTOBER, EAST)["stall=EAST,period<2025-10-01"] == ABSENT
    rows = stalls.ports.store.read(SO_FAR, of_member(EAST, DECEMBER))
    assert rows["amount"].tolist() == [Decimal(4)]


def test_a_month_before_its_member_began_is_empty_in_the_drop_and_absent_in_what_is_made_of_it(
    stalls: Stalls,
) -> None:
    stalls.load()
    assert list(versions(stalls, InputRef(SALES), OCTOBER, EAST).values()) == [EMPTY]
    assert list(versions(stalls, InputRef(TAKINGS, optional=True), OCTOBER, EAST).values()) == [ABSENT]
    (north,) = versions(stalls, InputRef(SALES), OCTOBER, NORTH).values()
    assert north not in (EMPTY, ABSENT)


def test_an_input_without_members_is_read_as_it_is(stalls: Stalls) -> None:
    stalls.load()
    record = stalls.ledger.latest(TAKINGS, of_member(SOUTH, NOVEMBER))
    assert record is not None
    assert [(i.name, i.scope) for i in record.inputs] == [(WHOLESALE.key, "period=2025-11-01")]
    stalls.wholesale(NOVEMBER, amount=6)
    assert [short for _, short in stalls.published()] == ["SOUTH 2025-11", "SOUTH 2025-11", "SOUTH"]


def test_months_between_the_first_and_the_last_are_active_and_bounds_cut_them() -> None:
    stalls = Stalls(bounds={EAST: (NOVEMBER, None), NORTH: (None, NOVEMBER)})
    stalls.drop("sales.EAST", JAR, TEA, ("2026-01-01", "cup", "1"))
    stalls.drop("sales.NORTH", JAR, CUP)
    months = [(scope) for name, scope in stalls.published() if name == "takings"]
    assert months == ["NORTH 2025-10", "EAST 2025-11", "EAST 2025-12", "EAST 2026-01"]
    assert {key[1] for key in stalls.words()} == {WHOLE, "2025-10", "2025-11", "2025-12", "2026-01"}


def test_a_month_that_lost_its_rows_is_emptied_and_then_out_of_sight(stalls: Stalls) -> None:
    stalls.load()
    stalls.drop("sales.EAST", TEA)
    assert ("takings", "EAST 2025-12") in stalls.published()
    assert "EAST 2025-12" not in amounts(stalls, Scope())
    assert ("takings", "2025-12", EAST) not in stalls.words()
    # what was made without the month's own rows is kept up to date as long as it has any
    assert stalls.words()["so_far", "2025-12", EAST] == "fresh"


def test_a_member_without_files_is_passed_over_and_told_so() -> None:
    stalls = Stalls()
    stalls.drop("sales.NORTH", JAR)
    stalls.load()
    passed = [str(event) for event in stalls.events if isinstance(event, PassedOver)]
    assert "stalls.bronze.sales for stall=EAST: passed over, nothing to build it from" in passed
    assert isinstance(stalls.ledger, FakeLedger)
    assert {attempt.scope.split(",")[0] for attempt in stalls.ledger.tries} == {"stall=NORTH"}
    assert set(stalls.words().values()) == {"fresh"}
    assert {key[2] for key in stalls.words()} == {NORTH}
    assert plan_all(stalls.ports, stalls.domain).refused == ()


def test_nothing_at_all_is_told_as_missing() -> None:
    stalls = Stalls()
    assert stalls.published() == []
    assert stalls.words() == {(name, WHOLE, None): "missing" for name in ("sales", "gifts", "totals")}
    state = stalls.states()["sales", WHOLE, None]
    assert (state.reason, state.expected) == ("no stall has anything to build it from", None)


def test_a_member_whose_files_are_gone_is_no_longer_passed_over(stalls: Stalls) -> None:
    stalls.load()
    assert isinstance(stalls.box, FakeDropBox)
    del stalls.box.drops["sales.NORTH"]
    with pytest.raises(NoCandidateError):
        stalls.build(SALES)
    state = stalls.states()["sales", WHOLE, NORTH]
    assert (state.state, state.reason) == (State.STALE, "its file is gone")
    assert len(plan_all(stalls.ports, stalls.domain).refused) == 1


def test_a_member_that_fails_does_not_stop_the_others(stalls: Stalls) -> None:
    stalls.build(SALES)
    stalls.takings = fail_for(EAST, PermanentError("no way", fix="mend it"))
    done: list[BuildReport] = []
    with pytest.raises(PermanentError, match="no way") as caught:
        stalls.run().build_members(stalls.domain.table(TAKINGS.key), NOVEMBER, done)
    assert [(short(report.scope), report.result) for report in done] == [
        ("NORTH 2025-11", Result.PUBLISHED),
        ("SOUTH 2025-11", Result.PUBLISHED),
    ]
    assert told(caught.value).splitlines()[-1] == "Of: EAST"
    state = stalls.states()["takings", "2025-11", EAST]
    assert (state.state, state.reason) == (State.FAILED, "no way")
    assert stalls.words()["takings", "2025-11", NORTH] == "fresh"


def test_of_several_failures_the_one_that_is_no_refused_input_is_raised_with_notes() -> None:
    refused = AmbiguousCandidatesError("two files", fix="f")
    failed = PermanentError("no way\nat all", fix="f")
    error = worst_of({EAST: refused, NORTH: failed, SOUTH: NoCandidateError("none", fix="f")})
    assert error is failed
    assert error.__notes__ == ["Of: NORTH", "Also EAST: two files", "Also SOUTH: none"]
    assert worst_of({EAST: refused}) is refused


def test_what_waits_for_a_refused_member_is_refused_for_that_member_alone(stalls: Stalls) -> None:
    assert isinstance(stalls.box, FakeDropBox)
    stalls.box.drops["sales.EAST"] = AmbiguousCandidatesError("two", fix="f", candidates=("a", "b"))
    with pytest.raises(AmbiguousCandidatesError):
        stalls.build(SALES)
    words = stalls.words()
    assert (words["sales", WHOLE, EAST], words["sales", WHOLE, NORTH]) == ("refused", "fresh")
    assert words["takings", "2025-11", NORTH] == "missing"
    assert ("takings", "2025-11", EAST) not in words


def test_a_stale_member_is_told_by_its_own_reason(stalls: Stalls) -> None:
    stalls.load()
    stalls.drop("sales.EAST", ("2025-11-03", "tea", "5"), CUP)
    states = stalls.states()
    assert states["takings", "2025-11", EAST].reason == "stalls.bronze.sales is not fresh"
    assert states["takings", "2025-11", NORTH].state is State.FRESH
    assert states["takings", "2025-11", SOUTH].state is State.FRESH


def test_the_configuration_of_one_member_makes_its_tables_stale(stalls: Stalls) -> None:
    stalls.load()
    stalls.configs = {NORTH: "another"}
    stale = {key for key, word in stalls.words().items() if word == "stale"}
    assert {key[2] for key in stale} == {NORTH}
    assert all(scope.startswith(NORTH) for _, scope in stalls.published())
    assert set(stalls.words().values()) == {"fresh"}


def test_status_and_builds_agree_about_what_would_be_built(stalls: Stalls) -> None:
    for report in stalls.load():
        member, _, month = short(report.scope).partition(" ")
        state = stalls.states()[report.table.split(".")[2], month or WHOLE, member]
        assert state.expected == report.record.input_hash


def test_status_of_certain_months_tells_members_that_take_part(stalls: Stalls) -> None:
    stalls.load()
    states = StatusReader(stalls.ports, stalls.domain).read((OCTOBER,))
    assert [(state.table, state.member) for state in states] == [(TAKINGS.key, NORTH), (SO_FAR.key, NORTH)]


def test_one_scope_is_asked_for_by_its_member(stalls: Stalls) -> None:
    run = stalls.run()
    with pytest.raises(UsageError, match="one stall after the other"):
        run.build(stalls.domain.table(SALES.key))
    assert run.build(stalls.domain.table(SALES.key), member=NORTH).scope == "stall=NORTH"


def test_a_plan_names_the_scope_of_each_member(stalls: Stalls) -> None:
    plan = plan_all(stalls.ports, stalls.domain)
    assert [(t.scope, t.shared_scope, t.member) for t in plan.tables][:2] == [
        ("stall=EAST", "all", EAST),
        ("stall=NORTH", "all", NORTH),
    ]
    assert sorted(file.name for file in plan.files) == ["sales.EAST/drop.csv", "sales.NORTH/drop.csv"]


@pytest.mark.parametrize("name", ["", "A,B", "A=B", "2025-11-01", "A B"])
def test_a_member_whose_name_would_blur_scopes_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="name of a member"):
        replace(Stalls().domain, members=(EAST, name))


@pytest.mark.parametrize(
    ("key", "scope"),
    [
        ("all", Scope()),
        ("period=2025-11-01", Scope.month(NOVEMBER, "month")),
        ("stall=EAST,period=2025-11-01", Scope.month(NOVEMBER, "month").of_member("stall", EAST)),
        ("stall=EAST", of_member(EAST)),
    ],
)
def test_the_source_of_a_line_is_found_in_its_members_rows(key: str, scope: Scope) -> None:
    assert scope_named(key, "month", "stall") == scope


def test_an_alert_is_not_silenced_by_another_member_that_is_fresh(stalls: Stalls) -> None:
    stalls.build(SALES)
    stalls.takings = fail_for(EAST, PermanentError("no way", fix="mend it"))
    with pytest.raises(PermanentError):
        stalls.build(TAKINGS, NOVEMBER)
    states = StatusReader(stalls.ports, stalls.domain).read()
    ledgers = Ledgers(stalls.ledger.attempts(()), stalls.ledger.publishes(()), states)
    (finding,) = failing(stalls.domain, ledgers, stalls.clock.now(), Patience())
    assert finding.alert.subject == "stalls 2025-11: takings of EAST: the build failed"


_DAYS = st.sampled_from(("2025-10-01", "2025-11-15", "2025-12-01"))
_LINES = st.lists(st.tuples(_DAYS, st.just("tea"), st.integers(1, 3).map(str)), min_size=1, max_size=5)


@given(mine=_LINES, others=st.tuples(_LINES, _LINES))
@settings(max_examples=20)
def test_what_one_member_is_worth_never_depends_on_the_others(
    mine: list[Line], others: tuple[list[Line], list[Line]]
) -> None:
    found = []
    for theirs in others:
        stalls = Stalls()
        stalls.drop("sales.EAST", *mine)
        stalls.drop("sales.NORTH", *theirs)
        found.append({r.scope: r.record.identity_hash for r in stalls.load() if "EAST" in r.scope})
    assert found[0] == found[1]
