"""Figures held against the sheet's own totals, against each other and against the month before."""

from decimal import Decimal
from typing import Any

import pandas as pd
from tests.unit.annuity.rows import NOVEMBER, check_law, config, detail, fact_rows

from work_data_hub.domain.annuity.contracts import SCALE_FACT
from work_data_hub.domain.annuity.facts import make_scale_fact
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Comparison, Outcome, Verdict

AMOUNTS = (
    *("opening_aum", "closing_aum", "contributions", "outflow_incl_benefits"),
    *("outflow", "benefits_paid", "investment_result"),
)
NO_AMOUNTS: dict[str, Any] = dict.fromkeys(AMOUNTS)


def totals_row(kind: str, **amounts: str) -> dict[str, Any]:
    return {**NO_AMOUNTS, "row_kind": kind, "reporting_month": "合计", "business_type": None, **amounts}


def opening(value: str, **cells: Any) -> dict[str, Any]:
    return {**NO_AMOUNTS, "opening_aum": value, **cells}


def lines(outcome: Outcome, name: str) -> dict[str, Comparison]:
    return {line.subject: line for line in outcome.comparisons if line.name == name}


def test_a_subtotal_stands_for_the_rows_since_the_one_before_and_the_total_for_all() -> None:
    outcome = detail(
        opening("100"),
        opening("20.5"),
        totals_row("subtotal", opening_aum="120.50"),
        opening("(3)"),
        totals_row("subtotal", opening_aum="-3"),
        totals_row("total", opening_aum="117.5"),
    )
    subtotals, whole = lines(outcome, "workbook_subtotal"), lines(outcome, "workbook_total")
    assert [(line.expected, line.actual) for line in subtotals.values()] == [
        (Decimal("120.5"), Decimal("120.5")),
        (Decimal(-3), Decimal(-3)),
    ]
    assert list(subtotals) == ["opening_aum_yuan row 4", "opening_aum_yuan row 6"]
    assert [line.verdict for line in (*subtotals.values(), *whole.values())] == [Verdict.TIES] * 3
    assert outcome.counts.skipped == 3
    assert not any("totals rows" in warning for warning in outcome.warnings)


def test_rejected_rows_count_in_the_workbook_total_but_not_in_what_is_published() -> None:
    outcome = detail(
        opening("100"), opening("7", business_type="企年托管"), totals_row("total", opening_aum="107")
    )
    (line,) = lines(outcome, "workbook_total").values()
    assert line.verdict is Verdict.TIES
    (control,) = [total for total in outcome.totals if total.column == "opening_aum_yuan"]
    assert [control.read, control.published, control.rejected] == [107, 100, 7]


def test_a_wrong_total_is_a_warning_with_both_figures() -> None:
    outcome = detail(opening("100"), totals_row("total", opening_aum="100.02"))
    (line,) = lines(outcome, "workbook_total").values()
    assert (line.verdict, line.difference) == (Verdict.DIFFERS, Decimal("-0.0200"))
    (warning,) = [w for w in outcome.warnings if "totals rows" in w]
    assert "100.0200" in warning
    assert "100.0000" in warning


def test_a_cent_of_difference_to_a_total_is_tolerated() -> None:
    outcome = detail(opening("100"), totals_row("total", opening_aum="100.01"))
    assert lines(outcome, "workbook_total")["opening_aum_yuan row 3"].verdict is Verdict.TIES


def test_a_total_that_can_not_be_read_is_not_comparable() -> None:
    outcome = detail(opening("100"), totals_row("total", opening_aum="见附表"))
    (line,) = lines(outcome, "workbook_total").values()
    assert line.verdict is Verdict.NOT_COMPARABLE
    assert "row 3" in line.note


def test_unreadable_cells_are_counted_and_not_guessed() -> None:
    outcome = detail(opening("100"), opening("待定", closing_aum="5"), totals_row("total", opening_aum="x"))
    by_column = {total.column: total for total in outcome.totals}
    assert by_column["opening_aum_yuan"].unreadable_cells == 1
    assert by_column["opening_aum_yuan"].read == 100
    assert by_column["closing_aum_yuan"].rejected == 5


def test_rows_whose_flows_do_not_lead_to_their_closing_are_counted() -> None:
    off = {"opening_aum": "100", "closing_aum": "115.52"}
    nearly = {"opening_aum": "100", "closing_aum": "115.51"}
    outcome = detail({}, off, nearly, {"closing_aum": None})
    (line,) = lines(outcome, "opening_and_flows_give_closing").values()
    assert (line.expected, line.actual) == (Decimal("346.5"), Decimal("346.53"))
    assert outcome.facts["metrics"]["rows_off_by_more_than_a_cent"] == 1  # type: ignore[index]
    assert any(warning.startswith("1 rows where opening") for warning in outcome.warnings)


def test_blank_flows_are_nothing() -> None:
    outcome = detail({**NO_AMOUNTS, "opening_aum": "5", "closing_aum": "5"})
    assert outcome.facts["metrics"]["rows_off_by_more_than_a_cent"] == 0  # type: ignore[index]


def fact(rows: pd.DataFrame, before: pd.DataFrame | None) -> Outcome:
    frames = {"scale_detail": rows} | ({} if before is None else {"scale_detail@-1": before})
    outcome = make_scale_fact(BuildContext(NOVEMBER, frames, config()))
    check_law(SCALE_FACT, outcome)
    return outcome


def plan(code: str, opening_yuan: float | None = None, closing_yuan: float | None = None) -> dict[str, Any]:
    return {"plan_code": code, "opening_aum_yuan": opening_yuan, "closing_aum_yuan": closing_yuan}


def test_the_fact_is_the_cleaned_rows_as_they_are() -> None:
    rows = fact_rows(plan("A", 1, 2), plan("A", 1, 2))
    outcome = fact(rows, None)
    pd.testing.assert_frame_equal(outcome.accepted, rows.drop(columns="run_id"))


def test_opening_ties_with_the_closing_of_the_month_before_by_plan() -> None:
    now = fact_rows(plan("A", 60), plan("A", 40), plan("B", 9.99), plan("NEW", 5), plan("EMPTY", 0))
    before = fact_rows(
        plan("A", None, 100), plan("B", None, 10), plan("GONE", None, 3), plan("DONE", None, 0)
    )
    outcome = fact(now, before)
    found = lines(outcome, "opening_is_previous_closing")
    assert {subject: line.difference for subject, line in found.items()} == {
        "all plans": Decimal("1.99"),
        "number of plans that differ": 2,
        "plan NEW": 5,
        "plan GONE": -3,
    }
    assert found["plan NEW"].note == "the plan is new this month"
    assert found["plan GONE"].note == "the plan has no row this month"
    (warning,) = outcome.warnings
    assert "2 of 6 plans; most for NEW: 5.0000 yuan" in warning


def test_at_most_fifty_plans_are_listed_the_worst_first() -> None:
    before = fact_rows(*(plan(f"P{at:03d}", None, at) for at in range(1, 61)))
    found = lines(fact(fact_rows(plan("X", 0)), before), "opening_is_previous_closing")
    assert [subject for subject in found if subject.startswith("plan ")][:2] == ["plan P060", "plan P059"]
    assert len(found) == 52
    assert found["number of plans that differ"].actual == 60


def test_without_the_month_before_nothing_is_compared_and_nothing_warned() -> None:
    for before in (None, fact_rows()):
        outcome = fact(fact_rows(plan("A", 60)), before)
        (line,) = outcome.comparisons
        assert line.verdict is Verdict.NOT_COMPARABLE
        assert outcome.warnings == ()
