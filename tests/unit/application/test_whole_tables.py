"""Tables that are built as a whole beside months: what is built again, what stands, and what a plan says."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeDropBox
from tests.unit.application.market import (
    DECEMBER,
    GIFTS,
    GOODS,
    NOVEMBER,
    SALES,
    TAKINGS,
    YEARS,
    Line,
    Market,
    frame_of,
    make_goods,
)
from work_data_hub.application.inputs import ABSENT, EMPTY, UpstreamMissingError, input_hash, table_inputs
from work_data_hub.application.plan import plan_all
from work_data_hub.application.runs import InputVersion, Result
from work_data_hub.application.status import State, StatusReader
from work_data_hub.domain.kernel.build import BuildContext, InputRef, TableBuild
from work_data_hub.domain.kernel.errors import (
    AmbiguousCandidatesError,
    InputChangedError,
    UsageError,
)
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import WHOLE, Scope

TEA, CUP = ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")
GIFT = ("2025-12-01", "card", "1")


@pytest.fixture
def market() -> Market:
    made = Market()
    made.drop("sales", TEA, CUP)
    return made


def sell_nothing(_: BuildContext) -> Outcome:
    """Give a month without a row."""
    return Outcome(frame_of(TAKINGS, {"period": [], "amount": [], "goods": []}), Counts(0, 0))


def amounts(market: Market) -> dict[str, Decimal]:
    """Give the takings by month."""
    rows = market.store.read(TAKINGS, Scope())
    return {str(month)[:7]: amount for month, amount in zip(rows["period"], rows["amount"], strict=True)}


def versions(market: Market, ref: InputRef, month: Period | None) -> list[InputVersion]:
    """Give what a build that reads this alone would be made from."""
    return list(table_inputs(TableBuild(GOODS, (ref,), make_goods), month, market.ledger))


def test_a_drop_is_loaded_through_whole_tables_and_months(market: Market) -> None:
    assert market.published() == [
        ("sales", "all"),
        ("goods", "all"),
        ("takings", "2025-11"),
        ("takings", "2025-12"),
        ("years", "all"),
    ]
    assert amounts(market) == {"2025-11": Decimal(4), "2025-12": Decimal(7)}
    assert market.store.read(YEARS, Scope())["amount"].tolist() == [Decimal(11)]
    assert [file.name for file in market.ledger.files] == ["sales/drop.csv"]
    assert market.published() == []


def test_a_month_is_built_again_only_when_its_slice_has_changed(market: Market) -> None:
    market.load()
    market.drop("sales", TEA, ("2025-12-24", "cup", "8"))
    # goods are named again, and are the same
    assert market.published() == [
        ("sales", "all"),
        ("goods", "all"),
        ("takings", "2025-12"),
        ("years", "all"),
    ]
    assert amounts(market) == {"2025-11": Decimal(4), "2025-12": Decimal(8)}


def test_a_whole_table_that_changed_is_read_by_every_month(market: Market) -> None:
    market.load()
    market.drop("sales", TEA, CUP, ("2025-12-24", "pot", "0"))
    assert [name for name, _ in market.published()] == ["sales", "goods", "takings", "takings", "years"]
    assert market.store.read(TAKINGS, Scope())["goods"].tolist() == [3, 3]


def test_the_same_rows_under_another_name_build_nothing_that_follows(market: Market) -> None:
    market.load()
    market.drop("sales", TEA, CUP, content="another file", name="renamed.csv")
    assert market.published() == [("sales", "all")]


def test_a_new_month_of_a_drop_is_built_and_a_lost_one_is_built_empty(market: Market) -> None:
    market.load()
    market.drop("sales", TEA, CUP, ("2026-01-02", "tea", "3"))
    assert ("takings", "2026-01") in market.published()
    market.drop("sales", CUP, ("2026-01-02", "tea", "3"))
    assert ("takings", "2025-11") in market.published()
    assert amounts(market)["2025-11"] == Decimal(0)


def test_a_month_without_a_row_is_empty_and_a_table_that_never_was_is_absent(market: Market) -> None:
    march = Period(2025, 3)
    with pytest.raises(UpstreamMissingError, match=r"materialize market/bronze/sales first"):
        versions(market, InputRef(SALES), march)
    market.load()
    assert [v.version for v in versions(market, InputRef(SALES), march)] == [EMPTY]
    assert [v.version for v in versions(market, InputRef(GIFTS, optional=True), march)] == [ABSENT]


def test_an_empty_month_gives_a_frame_without_rows_and_an_absent_table_gives_none(market: Market) -> None:
    seen: list[tuple[int, bool]] = []

    def remember(context: BuildContext) -> Outcome:
        seen.append((len(context.frame("sales")), "gifts" in context.frames))
        return Outcome(
            frame_of(TAKINGS, {"period": [context.period.start], "amount": [Decimal(0)], "goods": [0]}),
            Counts(1, 1),
        )

    market.takings = remember
    market.build(SALES)
    market.build(GOODS)
    market.build(TAKINGS, Period(2025, 3))
    assert seen == [(0, False)]
    market.drop("gifts", GIFT)
    market.build(GIFTS)
    assert market.build(TAKINGS, Period(2025, 3)) is Result.PUBLISHED
    assert seen[-1] == (0, True)


def test_columns_that_a_build_does_not_name_are_not_read(market: Market) -> None:
    seen: list[list[str]] = []

    def remember(context: BuildContext) -> Outcome:
        seen.append(list(context.frame("sales").columns))
        return make_goods(context)

    market.goods = remember
    market.load()
    assert seen == [["good"]]


def test_an_earlier_slice_and_all_slices_before_are_versions_of_their_own(market: Market) -> None:
    market.load()
    record = market.ledger.latest(SALES, Scope())
    assert record is not None
    (month_before,) = versions(market, InputRef(SALES, -1), DECEMBER)
    assert month_before.version == record.slices["2025-11-01"]
    before = InputRef(SALES, history=True)
    (first,) = versions(market, before, NOVEMBER)
    (second,) = versions(market, before, DECEMBER)
    market.drop("sales", TEA, ("2025-12-24", "cup", "9"))
    market.build(SALES)
    assert [first, second] == [*versions(market, before, NOVEMBER), *versions(market, before, DECEMBER)]
    market.drop("sales", ("2025-11-03", "tea", "5"), ("2025-12-24", "cup", "9"))
    market.build(SALES)
    assert versions(market, before, DECEMBER) != [second]
    assert versions(market, before, NOVEMBER) == [first]


def test_a_table_over_all_months_is_stale_once_a_month_has_changed(market: Market) -> None:
    market.load()
    assert set(market.words().values()) == {"fresh", "missing"}
    market.drop("sales", TEA, ("2025-12-24", "cup", "8"))
    market.build(SALES)
    market.build(GOODS)
    assert market.words()["years", WHOLE] == "stale"
    market.build(TAKINGS, DECEMBER)
    state = market.states()["years", WHOLE]
    assert (state.state, state.reason) == (State.STALE, "market.gold.takings changed since")
    market.build(YEARS)
    assert market.words()["years", WHOLE] == "fresh"


def test_a_table_over_all_months_does_not_mind_a_month_without_rows(market: Market) -> None:
    market.load()
    (before,) = versions(market, InputRef(TAKINGS), None)
    market.takings = sell_nothing
    market.build(TAKINGS, Period(2025, 3))
    assert versions(market, InputRef(TAKINGS), None) == [before]


def test_months_that_are_all_without_rows_are_no_missing_table(market: Market) -> None:
    market.takings = sell_nothing
    market.load()
    assert [v.version for v in versions(market, InputRef(TAKINGS), None)] == [EMPTY]
    assert market.words()["years", WHOLE] == "fresh"


def test_an_optional_drop_that_never_fell_leaves_everything_else_fresh(market: Market) -> None:
    market.load()
    words = market.words()
    assert words.pop(("gifts", WHOLE)) == "missing"
    assert set(words.values()) == {"fresh"}
    market.drop("gifts", GIFT)
    assert market.words()["gifts", WHOLE] == "missing"
    market.build(GIFTS)
    assert market.states()["takings", "2025-12"].reason == "market.bronze.gifts changed since"
    market.load()
    assert amounts(market)["2025-12"] == Decimal(6)


def test_status_tells_months_and_whole_tables_and_what_a_build_would_be_made_from(market: Market) -> None:
    assert list(market.words()) == [(name, WHOLE) for name in ("sales", "gifts", "goods", "years")]
    assert market.states()["goods", WHOLE].reason == "its inputs are not built yet"
    assert market.states()["goods", WHOLE].expected is None
    file = InputVersion("sales/drop.csv", WHOLE, repr((TEA, CUP)))
    told = market.states()["sales", WHOLE].expected
    assert told == input_hash(SALES, [file], config="config", code_version="code")
    for report in market.load():
        assert (
            report.record.input_hash
            == market.states()[report.table.split(".")[2], report.scope.removeprefix("period=")[:7]].expected
        )


def test_status_of_certain_months_tells_of_these_alone(market: Market) -> None:
    market.load()
    states = StatusReader(market.ports, market.domain).read((NOVEMBER,))
    assert [(state.table, state.when) for state in states] == [("market.gold.takings", "2025-11")]


def test_a_refused_drop_is_told_at_all_that_waits_for_it(market: Market) -> None:
    assert isinstance(market.box, FakeDropBox)
    market.box.drops["sales"] = AmbiguousCandidatesError("two files", fix="f", candidates=("a", "b"))
    words = market.words()
    assert [words[name, WHOLE] for name in ("sales", "goods")] == ["refused", "refused"]
    assert market.states()["goods", WHOLE].reason == "2 candidates"


def test_a_failed_whole_table_is_told_as_failed_until_it_is_built(market: Market) -> None:
    def fail(_: BuildContext) -> Outcome:
        raise InputChangedError("another run was here", fix="wait")

    market.build(SALES)
    market.goods = fail
    with pytest.raises(InputChangedError):
        market.build(GOODS)
    state = market.states()["goods", WHOLE]
    assert (state.state, state.reason) == (State.FAILED, "another run was here")
    assert state.expected is not None
    market.goods = make_goods
    market.build(GOODS)
    assert market.words()["goods", WHOLE] == "fresh"


def test_a_drop_that_changes_while_it_is_loaded_is_not_published(market: Market) -> None:
    assert isinstance(market.box, FakeDropBox)
    market.box.contents = dict.fromkeys(market.box.contents, "half written")
    with pytest.raises(InputChangedError, match="wait until the file is complete"):
        market.build(SALES)
    assert market.ledger.latest(SALES, Scope()) is None


def test_a_month_is_asked_for_by_name_and_a_whole_table_is_not(market: Market) -> None:
    market.build(SALES)
    market.build(GOODS, NOVEMBER)
    assert market.ledger.latest(GOODS, Scope()) is not None
    with pytest.raises(UsageError, match="built month by month"):
        market.build(TAKINGS)


def test_a_plan_of_everything_names_files_refusals_and_tables(market: Market) -> None:
    assert isinstance(market.box, FakeDropBox)
    market.box.drops["gifts"] = AmbiguousCandidatesError("two files answer", fix="f", candidates=("a", "b"))
    plan = plan_all(market.ports, market.domain)
    assert [file.name for file in plan.files] == ["sales/drop.csv"]
    assert plan.refused == ("two files answer",)
    assert [(t.table, t.scope, t.state) for t in plan.tables] == [
        ("market_bronze.sales", WHOLE, State.MISSING),
        ("market_bronze.gifts", WHOLE, State.REFUSED),
        ("market_silver.goods", WHOLE, State.MISSING),
        ("market_gold.years", WHOLE, State.MISSING),
    ]
    assert (market.ledger.tries, market.ledger.files, market.store.published) == ([], [], [])
    assert market.box.reads == 0


def test_a_plan_after_a_load_says_that_nothing_is_to_do(market: Market) -> None:
    market.drop("gifts", GIFT)
    market.load()
    plan = plan_all(market.ports, market.domain)
    assert {table.state for table in plan.tables} == {State.FRESH}
    assert ("market_gold.takings", "period=2025-11-01", 1) in [
        (table.table, table.scope, table.rows_now) for table in plan.tables
    ]


_DAYS = st.sampled_from(("2025-10-01", "2025-10-31", "2025-11-15", "2025-12-01"))
_LINES = st.lists(
    st.tuples(_DAYS, st.sampled_from(("tea", "cup")), st.integers(0, 3).map(str)), min_size=1, max_size=6
)


@given(before=_LINES, after=_LINES)
def test_only_months_whose_lines_differ_are_built_again(before: list[Line], after: list[Line]) -> None:
    same_goods = ("2025-09-01", "tea", "1"), ("2025-09-01", "cup", "1")
    market = Market()
    market.drop("sales", *same_goods, *before, content="before")
    market.load()
    market.drop("sales", *same_goods, *after, content="after")
    built = {month for name, month in market.published() if name == "takings"}

    def by_month(lines: list[Line]) -> dict[str, list[Line]]:
        return {month: [line for line in lines if line[0][:7] == month] for month in _MONTHS}

    old, new = by_month(before), by_month(after)
    assert built >= {month for month in _MONTHS if sorted(old[month]) != sorted(new[month])}
    assert built <= {month for month in _MONTHS if old[month] != new[month]}
    assert set(market.words().values()) == {"fresh", "missing"}


_MONTHS = ("2025-10", "2025-11", "2025-12")
