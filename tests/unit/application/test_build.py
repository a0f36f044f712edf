from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.unit.application.shop import DETAIL, MART, MONTH, NEXT, RAW, Shop, make_detail, make_mart
from work_data_hub.application.inputs import UpstreamMissingError
from work_data_hub.application.quarantine.book import rejection_id
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.build import BuildContext, InputRef, TableBuild
from work_data_hub.domain.kernel.errors import (
    AmbiguousCandidatesError,
    ConservationError,
    InputChangedError,
    RejectBudgetExceededError,
)
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.scope import Scope


def results(shop: Shop, **more: bool) -> list[Result]:
    return [report.result for report in shop.load(MONTH, **more)]


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.drop(MONTH, ["1", "2", "x"], "first")
    return made


def test_a_new_file_is_loaded_through_all_tables(shop: Shop) -> None:
    raw, detail, mart = shop.load(MONTH)
    assert {raw.result, detail.result, mart.result} == {Result.PUBLISHED}
    assert detail.record.counts == Counts(3, 2, rejected=1)
    assert shop.store.read(MART, Scope.month(MONTH))["amount"].tolist() == [Decimal(3)]
    assert [f.sha256 for f in shop.ledger.files] == ["first"]


def test_an_unchanged_file_is_skipped_without_being_read(shop: Shop) -> None:
    shop.load(MONTH)
    assert results(shop) == [Result.UNCHANGED] * 3
    assert shop.reader.reads == 1
    assert len(shop.store.published) == 3


def test_a_changed_file_is_loaded_again(shop: Shop) -> None:
    shop.load(MONTH)
    shop.drop(MONTH, ["5"], "corrected")
    assert results(shop) == [Result.PUBLISHED] * 3
    assert shop.store.read(MART, Scope.month(MONTH))["amount"].tolist() == [Decimal(5)]


def test_a_correction_that_changes_nothing_stops_where_nothing_changes(shop: Shop) -> None:
    shop.drop(MONTH, ["1", "2"], "a")
    shop.load(MONTH)
    assert results(shop, force=True) == [Result.PUBLISHED] * 3
    assert results(shop) == [Result.UNCHANGED] * 3


@pytest.mark.parametrize("what", ["config", "code"])
def test_other_configuration_or_code_builds_again(shop: Shop, what: str) -> None:
    shop.load(MONTH)
    setattr(shop, what, "other")
    assert results(shop) == [Result.PUBLISHED] * 3


def test_an_earlier_month_corrected_changes_the_month_after(shop: Shop) -> None:
    shop.drop(NEXT, ["9"], "next")
    shop.load(NEXT)
    assert shop.store.read(MART, Scope.month(NEXT))["before"].isna().all()
    shop.load(MONTH)
    assert [r.result for r in shop.load(NEXT)] == [Result.UNCHANGED, Result.UNCHANGED, Result.PUBLISHED]
    assert shop.store.read(MART, Scope.month(NEXT))["before"].tolist() == [Decimal(3)]


def test_a_missing_upstream_is_named_with_what_to_do(shop: Shop) -> None:
    with pytest.raises(UpstreamMissingError, match="materialize shop/bronze/lines for 2025-11-01 first"):
        shop.run().build(shop.domain.table(DETAIL.key), MONTH)


def test_a_stale_gate_is_refused(shop: Shop) -> None:
    shop.load(MONTH)
    shop.drop(MONTH, ["5"], "corrected")
    run = shop.run()
    for key in (RAW.key, DETAIL.key):
        run.build(shop.domain.table(key), MONTH)
    mart = shop.domain.table(MART.key)
    assert isinstance(mart, TableBuild)
    gated = TableBuild(replace(MART, key="shop.gold.other"), mart.inputs, mart.make, gates=(MART,))
    with pytest.raises(Exception, match=r"shop_gold\.month is not up to date"):
        run.build(gated, MONTH)
    run.build(mart, MONTH)
    assert run.build(gated, MONTH).result is Result.PUBLISHED


def test_too_many_rejections_keep_the_evidence_and_publish_nothing(shop: Shop) -> None:
    shop.drop(MONTH, ["1", "x", "y"], "bad")
    shop.run().build(shop.domain.table(RAW.key), MONTH)
    with pytest.raises(
        RejectBudgetExceededError, match=r"2 of 3 rows rejected\n  row 3 amount='x'"
    ) as caught:
        shop.run().build(shop.domain.table(DETAIL.key), MONTH)
    assert caught.value.exit_status == 4
    assert [len(r.outcome.rejections) for r in shop.store.evidence] == [2]
    assert shop.ledger.latest(DETAIL, Scope.month(MONTH)) is None
    assert shop.ledger.tries[-1].result is Result.REFUSED


def lose_a_row(context: BuildContext) -> Outcome:
    honest = make_detail(context)
    return replace(honest, accepted=honest.accepted.iloc[1:])


def miscount(context: BuildContext) -> Outcome:
    return replace(make_detail(context), counts=Counts(3, 2, rejected=0))


def lose_money(context: BuildContext) -> Outcome:
    honest = make_detail(context)
    return replace(honest, totals=(replace(honest.totals[0], published=Decimal(1)),))


def hide_the_total(context: BuildContext) -> Outcome:
    return replace(make_detail(context), totals=())


@pytest.mark.parametrize("dishonest", [lose_a_row, miscount, lose_money, hide_the_total])
def test_a_build_that_loses_something_is_stopped(
    shop: Shop, dishonest: Callable[[BuildContext], Outcome]
) -> None:
    shop.detail = dishonest
    shop.run().build(shop.domain.table(RAW.key), MONTH)
    with pytest.raises(ConservationError, match="does not conserve"):
        shop.run().build(shop.domain.table(DETAIL.key), MONTH)
    assert shop.ledger.latest(DETAIL, Scope.month(MONTH)) is None
    assert shop.ledger.tries[-1].result is Result.FAILED


def test_a_file_that_changes_while_it_is_loaded_is_not_published(shop: Shop) -> None:
    found = shop.finder.find(shop.domain.monthly_source, MONTH)
    shop.finder.contents[found.path] = "half written"
    with pytest.raises(InputChangedError, match="wait until the file is complete"):
        shop.run().build(shop.domain.table(RAW.key), MONTH)


def test_an_ambiguous_month_is_recorded_as_refused(shop: Shop) -> None:
    shop.finder.files[NEXT] = AmbiguousCandidatesError("2 candidates", fix="choose", candidates=("a", "b"))
    with pytest.raises(AmbiguousCandidatesError):
        shop.run().build(shop.domain.table(RAW.key), NEXT)
    last = shop.ledger.tries[-1]
    assert (last.result, last.error_kind) == (Result.REFUSED, "AmbiguousCandidatesError")
    assert last.finished_at is not None


def test_every_attempt_is_recorded_from_its_beginning(shop: Shop) -> None:
    shop.load(MONTH)
    assert [t.result for t in shop.ledger.tries] == [Result.RUNNING, Result.PUBLISHED] * 3
    assert all(t.seconds and t.seconds > 0 for t in shop.ledger.tries[1::2])


def test_corrections_change_what_a_build_reads_and_not_the_sheet_as_it_came(shop: Shop) -> None:
    shop.drop(MONTH, ["1", "x"], "bad")
    shop.load(MONTH)
    assert shop.store.read(DETAIL, Scope.month(MONTH))["amount"].tolist() == [Decimal(1)]
    bad = shop.store.read(RAW, Scope.month(MONTH)).iloc[1]
    place = (bad["file_id"], bad["sheet"], int(bad["row_number"]))
    shop.quarantine.made.append(
        Correction(RAW.key, *place, "amount", "41", "ann", "typo", shop.clock.now(), None)
    )
    assert [report.result for report in shop.load(MONTH)] == [
        Result.UNCHANGED,
        Result.PUBLISHED,
        Result.PUBLISHED,
    ]
    assert shop.store.read(DETAIL, Scope.month(MONTH))["amount"].tolist() == [Decimal(1), Decimal(41)]
    assert shop.store.read(RAW, Scope.month(MONTH))["amount"].tolist() == ["1", "x"]
    assert results(shop) == [Result.UNCHANGED] * 3


def test_waived_rows_do_not_count_against_the_budget_but_stay_out(shop: Shop) -> None:
    shop.drop(MONTH, ["1", "x", "y"], "bad")
    run = shop.run()
    run.build(shop.domain.table(RAW.key), MONTH)
    with pytest.raises(RejectBudgetExceededError):
        run.build(shop.domain.table(DETAIL.key), MONTH)
    (refused,) = shop.store.evidence
    shop.quarantine.waivers = {rejection_id(DETAIL.key, refused.outcome.rejections[0])}
    report = run.build(shop.domain.table(DETAIL.key), MONTH)
    assert (report.result, report.record.counts.published, report.record.counts.rejected) == (
        Result.PUBLISHED,
        1,
        2,
    )


def test_what_a_refused_attempt_left_open_is_settled_by_building_again(shop: Shop) -> None:
    shop.load(MONTH)
    shop.quarantine.unsettled.add(DETAIL.key)
    assert results(shop) == [Result.UNCHANGED, Result.PUBLISHED, Result.UNCHANGED]


def test_a_history_is_what_all_months_before_hold(shop: Shop) -> None:
    seen: list[list[Decimal]] = []

    def remember(context: BuildContext) -> Outcome:
        before = context.frames.get("detail@before")
        seen.append([] if before is None else before["amount"].tolist())
        return make_mart(context)

    history = TableBuild(MART, (InputRef(DETAIL), InputRef(DETAIL, history=True)), remember)
    for month, amount in ((MONTH, "1"), (NEXT, "9")):
        shop.drop(month, [amount], str(month))
        shop.load(month)
        shop.run().build(history, month)
    assert seen == [[], [Decimal(1)]]
    before = shop.ledger.latest(MART, Scope.month(NEXT))
    shop.drop(MONTH, ["2"], "corrected")
    shop.load(MONTH)
    assert shop.run().build(history, NEXT).result is Result.PUBLISHED
    assert seen[-1] == [Decimal(2)]
    assert shop.ledger.latest(MART, Scope.month(NEXT)) != before
