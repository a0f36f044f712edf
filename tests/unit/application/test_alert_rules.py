from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.application.shop import DETAIL, MART, MONTH, NEXT, RAW, Shop
from work_data_hub.application.alerts import rules
from work_data_hub.application.alerts.delivery import AlertKind
from work_data_hub.application.alerts.findings import Finding, Patience, Survey
from work_data_hub.application.quarantine.book import LineState, QuarantineLine
from work_data_hub.application.runs import Attempt, Result
from work_data_hub.domain.kernel.errors import (
    AmbiguousCandidatesError,
    DamagedInputError,
    HubError,
    Location,
    NoCandidateError,
    RejectBudgetExceededError,
)
from work_data_hub.domain.kernel.outcome import Comparison

NOW = datetime(2025, 12, 2, tzinfo=UTC)


def look(shop: Shop, lines: Sequence[QuarantineLine] = ()) -> Survey:
    shop.quarantine.lines = list(lines)
    return rules.look(shop.ports, shop.domain, NOW)


def found(shop: Shop) -> list[Finding]:
    return list(look(shop).findings)


def kinds(shop: Shop) -> list[str]:
    return [str(finding.alert.kind) for finding in found(shop)]


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.drop(MONTH, ["1", "2"], "first")
    return made


def broken(shop: Shop, error: HubError) -> None:
    """Let reading the sheet fail."""

    def fail(*_args: object, **_options: object) -> None:
        raise error

    shop.reader.read = fail  # type: ignore[assignment,method-assign]  # the port is what is replaced
    with pytest.raises(type(error)):
        shop.load(MONTH)


def test_a_month_in_order_is_silent(shop: Shop) -> None:
    shop.load(MONTH)
    assert found(shop) == []


def test_a_budget_that_is_exceeded_is_told_without_rows_and_values(shop: Shop) -> None:
    shop.drop(MONTH, ["1", "壹拾", "x-secret"], "bad")
    with pytest.raises(RejectBudgetExceededError):
        shop.load(MONTH)
    (finding,) = [f for f in found(shop) if f.alert.kind is AlertKind.REJECT_BUDGET]
    assert finding.alert.subject == "shop 2025-11: detail: too many rows rejected, nothing published"
    assert "2 of 3 rows rejected" in finding.alert.text
    assert "Expected: at most 50" in finding.alert.text
    assert "Fix: " in finding.alert.text
    assert "壹拾" not in finding.alert.text
    assert "x-secret" not in finding.alert.text
    assert (finding.alert.table, finding.alert.period) == (DETAIL.key, "2025-11")


def test_a_refused_file_is_told_once_though_two_sheets_read_it(shop: Shop) -> None:
    broken(
        shop, DamagedInputError("a.xlsx is no workbook", where=Location(value="secret"), fix="drop it again")
    )
    (attempt,) = [a for a in shop.ledger.attempts([]) if a.result is Result.REFUSED]
    shop.ledger.record(replace(attempt, table=DETAIL.key))
    (finding,) = found(shop)
    assert finding.alert.kind is AlertKind.REFUSED_INPUT
    assert finding.alert.subject == "shop 2025-11: lines, detail: the input was refused"
    assert finding.alert.text == "a.xlsx is no workbook\nFix: drop it again"
    assert finding.alert.facts["tables"] == f"{RAW.key}, {DETAIL.key}"


def test_an_ambiguous_month_is_told_though_nothing_was_tried_after_some_patience(shop: Shop) -> None:
    shop.finder.files[MONTH] = AmbiguousCandidatesError("several", fix="f", candidates=("a", "b"))
    (finding,) = found(shop)
    assert finding.alert.kind is AlertKind.REFUSED_INPUT
    assert finding.alert.text.startswith("2 candidates")
    assert (finding.happened_at, finding.patience) == (None, Patience().refused)


def test_a_failed_build_is_told_and_a_month_without_file_is_not(shop: Shop) -> None:
    shop.finder.files[NEXT] = NoCandidateError("no file", fix="f")
    broken(shop, HubError("the disk is full\nmore\n  row 1 a='b'", fix="make room"))
    (finding,) = found(shop)
    assert finding.alert.kind is AlertKind.FAILED_BUILD
    assert finding.alert.text == "the disk is full\nFix: make room"
    assert finding.alert.facts == {"run": "run-1", "error": "HubError"}
    assert finding.happened_at == shop.ledger.tries[-1].finished_at


def test_what_fails_for_want_of_another_table_is_told_with_its_cause_alone(shop: Shop) -> None:
    broken(shop, HubError("the disk is full", fix="make room"))
    for table in (DETAIL, MART):
        with pytest.raises(HubError):
            shop.run().build(shop.domain.table(table.key), MONTH)
    assert [f.alert.table for f in found(shop)] == [RAW.key]


def test_a_want_without_any_cause_is_told(shop: Shop) -> None:
    with pytest.raises(HubError):
        shop.run().build(shop.domain.table(DETAIL.key), MONTH)
    assert AlertKind.FAILED_BUILD in kinds(shop)


def test_a_failure_that_is_mended_is_silent_and_so_is_one_that_changed_nothing(shop: Shop) -> None:
    shop.load(MONTH)
    failed = replace(shop.ledger.tries[-1], result=Result.FAILED, message="lost", error_kind="TransientError")
    shop.ledger.record(failed)
    assert found(shop) == []


def running(shop: Shop, age: timedelta) -> None:
    attempt = Attempt("r", RAW.key, "period=2025-11-01", Result.RUNNING, "me", "code", NOW - age)
    shop.ledger.record(attempt)


def test_a_build_that_works_leaves_its_month_undecided(shop: Shop) -> None:
    running(shop, timedelta(minutes=5))
    seen = look(shop)
    assert AlertKind.FAILED_BUILD not in [f.alert.kind for f in seen.findings]
    assert seen.undecided == {f"{RAW.key}|2025-11|failed_build"}


def test_a_build_that_never_ended_is_told(shop: Shop) -> None:
    running(shop, timedelta(hours=7))
    (finding,) = [f for f in found(shop) if f.alert.kind is AlertKind.FAILED_BUILD]
    assert "began at 2025-12-01 17:00 UTC and has not ended" in finding.alert.text


def compared(shop: Shop, *lines: Comparison) -> None:
    shop.load(MONTH)
    shop.ledger.records[-1] = replace(shop.ledger.records[-1], comparisons=lines)


def test_figures_that_differ_are_told_once_by_name_and_without_amounts(shop: Shop) -> None:
    off = [Comparison("workbook_total", f"col{i}", Decimal(991), Decimal(772)) for i in range(7)]
    compared(shop, Comparison("fine", "x", Decimal(1), Decimal(1)), *off)
    (finding,) = found(shop)
    assert finding.alert.kind is AlertKind.FAILED_CHECK
    assert finding.alert.subject == "shop 2025-11: month: 7 comparisons differ"
    assert "- workbook_total: col4\n- and 2 more" in finding.alert.text
    assert "991" not in finding.alert.text
    assert finding.once


def test_the_same_differences_of_another_run_are_the_same_finding(shop: Shop) -> None:
    compared(shop, Comparison("total", "x", Decimal(1), Decimal(2)))
    (first,) = found(shop)
    shop.ledger.records[-1] = replace(shop.ledger.records[-1], run_id="another", published_at=NOW)
    (second,) = found(shop)
    assert first.key == second.key
    shop.ledger.records[-1] = replace(
        shop.ledger.records[-1], comparisons=(Comparison("total", "x", Decimal(1), Decimal(3)),)
    )
    (third,) = found(shop)
    assert third.key != first.key


def test_a_corrected_file_that_nobody_loads_is_told_at_its_root_after_patience(shop: Shop) -> None:
    shop.load(MONTH)
    shop.drop(MONTH, ["3"], "corrected")
    (finding,) = found(shop)
    assert finding.alert.kind is AlertKind.STALE_TABLE
    assert finding.alert.subject == "shop 2025-11: lines is stale"
    assert "2025-11.xlsx changed since" in finding.alert.text
    assert "Fix: wdh run shop --period 2025-11" in finding.alert.text
    assert (finding.happened_at, finding.patience) == (None, Patience().stale)


def test_a_file_that_was_never_loaded_is_told_too(shop: Shop) -> None:
    (finding,) = found(shop)
    assert finding.alert.subject == "shop 2025-11: lines has a file that is not loaded"


def test_a_mart_after_a_corrected_month_is_a_root_of_its_own(shop: Shop) -> None:
    shop.drop(NEXT, ["9"], "next")
    shop.load(MONTH)
    shop.load(NEXT)
    shop.drop(MONTH, ["3"], "corrected")
    shop.load(MONTH)
    (finding,) = found(shop)
    assert (finding.alert.table, finding.alert.period) == (MART.key, "2025-12")


def test_one_reason_for_many_months_is_one_finding_that_stays_the_same_while_they_are_built(
    shop: Shop,
) -> None:
    shop.drop(NEXT, ["9"], "next")
    shop.load(MONTH)
    shop.load(NEXT)
    shop.code = "newer"
    (both,) = found(shop)
    assert both.alert.subject == "shop: lines is stale for 2 months"
    assert "2025-11, 2025-12: the code changed since" in both.alert.text
    assert "wdh run shop --from 2025-11 --to 2025-12" in both.alert.text
    shop.load(MONTH)
    (one,) = [f for f in found(shop) if f.alert.table == RAW.key]
    assert one.key == both.key


def line(days: int, state: LineState = LineState.OPEN, rule: str = "unreadable_number") -> QuarantineLine:
    at = NOW - timedelta(days=days)
    return QuarantineLine(
        f"id-{days}", DETAIL.key, "period=2025-11-01", "f", "a.xlsx", "s", 3, "amount", rule, "1,2", "r", None,
        state, "run", "run", at, at,
    )  # fmt: skip


def test_rejections_that_wait_for_long_are_told_by_table(shop: Shop) -> None:
    shop.load(MONTH)
    lines = [line(3), line(20), line(40, rule="period_mismatch"), line(90, LineState.WAIVED)]
    (finding,) = look(shop, lines=lines).findings
    assert finding.alert.kind is AlertKind.OLD_REJECTION
    assert finding.alert.subject == "shop: detail: 2 rejections wait since 2025-10-23"
    assert "Rules: period_mismatch, unreadable_number" in finding.alert.text
    assert finding.alert.facts == {"open": 2, "oldest": "id-40"}
    assert "1,2" not in finding.alert.text


def test_young_rejections_are_not_told(shop: Shop) -> None:
    shop.load(MONTH)
    assert look(shop, lines=[line(3)]).findings == ()


def test_no_two_findings_of_a_bad_day_share_a_key(shop: Shop) -> None:
    shop.drop(NEXT, ["1", "x", "y"], "bad")
    with pytest.raises(RejectBudgetExceededError):
        shop.load(NEXT)
    seen = look(shop, lines=[line(20)]).findings
    assert {str(f.alert.kind) for f in seen} == {"reject_budget", "stale_table", "old_rejection"}
    assert len({f.key for f in seen}) == len(seen)
