"""The income sheet's truth: about four in ten scale rows, mostly blank customers, fees that are never null."""

from decimal import Decimal
from functools import cache

import pandas as pd
import pytest

from work_data_hub.domain.annuity.columns import FEES, INCOME_COLUMNS
from work_data_hub.domain.annuity.sample.book import Book, income_truth, make_book, month_book
from work_data_hub.domain.annuity.sample.cells import MONTH_FORMS, NEGATIVE_FORMS, POSITIVE_FORMS
from work_data_hub.domain.annuity.sample.facts import COLLECTIVE, OVERRIDE_PLANS, SINGLE
from work_data_hub.domain.annuity.sample.faults import INCOME_FAULTS
from work_data_hub.domain.annuity.sample.members import members_of
from work_data_hub.domain.annuity.sample.months import MONTHS, month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.truth import MonthTruth
from work_data_hub.domain.kernel.period import Period

OPTIONS = SampleOptions(seed=3, rows=4_000, layout_rows=150)
NOVEMBER = Period(2025, 11)


@cache
def truth_of(period: Period) -> MonthTruth:
    return income_truth(SampleOptions(rows=400, layout_rows=200), period)


@pytest.fixture(scope="module")
def book() -> Book:
    return month_book(OPTIONS, NOVEMBER)


@pytest.fixture(scope="module")
def november(book: Book) -> MonthTruth:
    return book.income_truth


def test_the_same_options_give_the_same_truth(november: MonthTruth) -> None:
    pd.testing.assert_frame_equal(income_truth(OPTIONS, NOVEMBER).frame, november.frame)


def test_the_truth_has_the_columns_that_silver_holds(november: MonthTruth) -> None:
    business = [column.name for column in INCOME_COLUMNS]
    assert list(november.accepted.columns) == ["period", "sheet", "row_number", *business]


def test_there_are_about_four_rows_for_ten_of_the_scale_sheet(book: Book) -> None:
    assert 0.37 < book.income_truth.counts.data / book.truth.counts.data < 0.43


def test_most_rows_are_collective_and_name_no_customer(november: MonthTruth) -> None:
    rows = november.accepted
    blank = rows["customer_name"].isna()
    assert 0.85 < blank.mean() < 0.91
    assert (rows["plan_type"] == COLLECTIVE).mean() > 0.7
    assert blank[rows["plan_type"] == COLLECTIVE].mean() > 0.98
    assert 0.1 < blank[rows["plan_type"] == SINGLE].mean() < 0.4


def test_counts_balance_in_every_month() -> None:
    for plan in MONTHS:
        counts = truth_of(plan.period).counts
        assert counts.read == counts.blank + counts.repeated_headers + counts.totals + counts.data


def test_the_smallest_month_too_keeps_to_its_reject_budget() -> None:
    counts = income_truth(SampleOptions(rows=120, layout_rows=120), MONTHS[0].period).counts
    assert 0 < counts.rejected < 0.1 * counts.data


def test_every_quirk_of_amounts_and_months_is_present(november: MonthTruth) -> None:
    seen = set(november.frame["quirks"].dropna().str.split(";").explode())
    forms = (*MONTH_FORMS, *POSITIVE_FORMS, *NEGATIVE_FORMS)
    wanted = {label for label, _ in forms} | {fault.label for fault in INCOME_FAULTS}
    wanted |= {"fee:clawback", "number:null_token", "row:exact_duplicate", "branch:alias", "name:null_token"}
    wanted |= {"plan_code:blank", "plan_code:known_mistake", "portfolio:leading_f", "text:spaces"}
    assert wanted - seen == set()


def test_each_fault_is_refused_for_its_rule_and_column(november: MonthTruth) -> None:
    rejected = november.rejected
    found = set(zip(rejected["quarantine_rule"], rejected["quarantine_column"], strict=True))
    assert found == {(fault.rule, fault.column) for fault in INCOME_FAULTS}
    for row in rejected.to_dict("records"):
        assert pd.isna(row[row["quarantine_column"]])


def test_small_months_show_all_faults_in_turn() -> None:
    small = [truth_of(plan.period) for plan in MONTHS if not plan.full_size]
    labels = [{quirks.split(";")[0] for quirks in truth.rejected["quirks"]} for truth in small]
    assert set().union(*labels) == {fault.label for fault in INCOME_FAULTS}
    assert all(len(found) < len(INCOME_FAULTS) for found in labels)


def test_fees_are_never_null_and_clawbacks_go_both_ways(november: MonthTruth) -> None:
    rows = november.accepted
    assert not rows[list(FEES)].isna().any(axis=None)
    assert (rows["clawback_yuan"] < 0).sum() > (rows["clawback_yuan"] > 0).sum() > 0
    assert (rows["fixed_fee_yuan"] > 0).mean() > 0.9


def test_blank_cells_are_zero(book: Book) -> None:
    place = book.income.headers.index("回\t补")
    blank = [cell is None for cell in book.income.columns[place]]
    fees = book.income_truth.frame["clawback_yuan"]
    good = book.income_truth.frame["quarantine_rule"].isna()
    assert sum(blank) > 100
    assert (fees[blank] == Decimal(0))[good[blank]].all()


def test_totals_are_the_exact_sums_of_the_rows(november: MonthTruth) -> None:
    for column in FEES:
        total = november.totals[column]
        assert total.read == sum(november.frame[column].dropna(), Decimal(0))
        assert total.read == total.accepted + total.rejected
    unreadable = [fault.column for fault in INCOME_FAULTS if fault.column in FEES]
    assert {column for column in FEES if november.totals[column].unreadable_cells} == set(unreadable)


def test_stated_totals_are_right_but_for_one_figure_of_one_month() -> None:
    wrong = [
        (str(plan.period), total.wrong)
        for plan in MONTHS
        for total in truth_of(plan.period).stated
        if total.wrong
    ]
    assert wrong == [("2025-01", ("fixed_fee_yuan",))]
    *blocks, grand = truth_of(Period(2025, 1)).stated
    excess = sum(block.amounts["fixed_fee_yuan"] for block in blocks) - grand.amounts["fixed_fee_yuan"]
    assert excess == Decimal(10_000)
    assert sum(block.amounts["tax_yuan"] for block in blocks) == grand.amounts["tax_yuan"]


def test_some_plans_and_portfolios_stand_in_the_income_sheet_alone(book: Book) -> None:
    alone = members_of([book.income_truth]) - members_of([book.truth])
    assert {"S80001", "P80001", "XNP80001", "S82511"} <= alone.plans
    assert {"P0809N2511", "S82511A"} <= alone.portfolios


def test_overrides_are_the_only_ids_that_the_workbook_alone_gives(november: MonthTruth) -> None:
    rows = november.accepted
    assert set(rows["company_id_origin"].dropna()) == {"override", "temporary"}
    overridden = rows["company_id"].notna()
    assert set(rows["plan_code"][overridden]) <= set(OVERRIDE_PLANS)
    nameless = rows["customer_name"].isna() & ~overridden
    assert rows["company_id_origin"][nameless].isna().all()


def test_the_sheet_is_dressed_as_the_scale_sheet() -> None:
    plan = month_plan(Period(2025, 12))
    made = make_book(OPTIONS, plan, plan.deliveries[0])
    headers = {made.income.headers[merge.column] for merge in made.income.merges}
    assert headers == {"业务类型", "计划类型"}
    assert set(made.income.headers) >= {"月度", "计划号", "机构", "固费", "浮费", "回补", "税"}
    assert not set(made.income.headers) & {"公司代码", "期初资产规模", "机构代码"}


def test_the_same_positions_have_fees_from_month_to_month(book: Book) -> None:
    def kinds(truth: MonthTruth) -> set[tuple[str, str]]:
        rows = truth.accepted
        return set(zip(rows["plan_code"], rows["portfolio_code"], strict=True))

    later = kinds(income_truth(OPTIONS, Period(2025, 12)))
    assert len(kinds(book.income_truth) & later) > 0.95 * len(later)
