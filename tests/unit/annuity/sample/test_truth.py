"""The sample's truth: deterministic, complete, and consistent in itself."""

from decimal import Decimal

import pandas as pd
import pytest

from work_data_hub.domain.annuity.columns import AMOUNTS
from work_data_hub.domain.annuity.sample.book import make_book, month_truth
from work_data_hub.domain.annuity.sample.breaks import opening_breaks
from work_data_hub.domain.annuity.sample.cells import MONTH_FORMS, NEGATIVE_FORMS, POSITIVE_FORMS, RATE_FORMS
from work_data_hub.domain.annuity.sample.facts import BRANCH_CODES, OVERRIDE_PLANS, PRODUCT_LINES
from work_data_hub.domain.annuity.sample.faults import SCALE_FAULTS
from work_data_hub.domain.annuity.sample.months import MONTHS, month_plan
from work_data_hub.domain.annuity.sample.names import NAME_NOISE, SPECIAL_NAMES
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.population import population
from work_data_hub.domain.annuity.sample.truth import MonthTruth
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period

OPTIONS = SampleOptions(seed=3, rows=2_000, layout_rows=150)
NOVEMBER, DECEMBER = Period(2025, 11), Period(2025, 12)


@pytest.fixture(scope="module")
def november() -> MonthTruth:
    return month_truth(OPTIONS, NOVEMBER)


def test_the_same_options_give_the_same_truth(november: MonthTruth) -> None:
    pd.testing.assert_frame_equal(month_truth(OPTIONS, NOVEMBER).frame, november.frame)


def test_another_seed_gives_other_rows(november: MonthTruth) -> None:
    other = month_truth(SampleOptions(seed=4, rows=2_000, layout_rows=150), NOVEMBER)
    assert other.totals != november.totals


def test_counts_balance_in_every_month() -> None:
    for plan in MONTHS:
        counts = month_truth(SampleOptions(rows=400, layout_rows=150), plan.period).counts
        assert counts.read == counts.blank + counts.repeated_headers + counts.totals + counts.data
        assert counts.blank > 0
        assert counts.repeated_headers > 0


def test_full_months_hold_about_as_many_rows_as_asked_for(november: MonthTruth) -> None:
    assert 0.97 * OPTIONS.rows < november.counts.data < 1.03 * OPTIONS.rows


def test_every_quirk_is_present_and_labelled(november: MonthTruth) -> None:
    seen = set(november.frame["quirks"].dropna().str.split(";").explode())
    forms = (*MONTH_FORMS, *POSITIVE_FORMS, *NEGATIVE_FORMS, *RATE_FORMS, *NAME_NOISE)
    wanted = {label for label, _ in forms} | {fault.label for fault in SCALE_FAULTS}
    wanted |= {
        *("plan_code:known_mistake", "plan_code:blank", "plan_code:lower_case", "plan_code:full_width"),
        *("portfolio:number", "portfolio:leading_f", "portfolio:blank", "branch:alias", "branch:head_office"),
        *("company:number", "company:text", "company:no_id_token", "group_number:with_c", "name:blank"),
        *("name:null_token", "number:null_token", "rate:null_token", "row:exact_duplicate"),
        *("amount:negative_adjustment", "balance:flow_differs"),
    }
    assert wanted - seen == set()


def test_every_business_type_branch_and_override_is_present(november: MonthTruth) -> None:
    accepted = november.accepted
    assert set(accepted["business_type"]) == set(PRODUCT_LINES)
    assert set(accepted["branch_code"]) == set(BRANCH_CODES.values())
    assert set(OVERRIDE_PLANS) <= set(accepted["plan_code"])
    assert set(accepted["company_id_origin"].dropna()) == {"override", "source", "temporary"}
    assert accepted["company_id_origin"].isna().any()
    assert set(SPECIAL_NAMES) <= set(accepted["customer_name"].dropna())


def test_each_fault_is_refused_for_its_rule_and_few_rows_are(november: MonthTruth) -> None:
    rejected = november.rejected
    assert set(zip(rejected["quarantine_rule"], rejected["quarantine_column"], strict=True)) == {
        (fault.rule, fault.column) for fault in SCALE_FAULTS
    }
    assert 0 < november.counts.rejected < 0.01 * november.counts.data


def test_a_faulty_column_has_no_true_value(november: MonthTruth) -> None:
    for row in november.rejected.to_dict("records"):
        assert pd.isna(row[row["quarantine_column"]])


def test_totals_are_the_exact_sums_of_the_rows(november: MonthTruth) -> None:
    for column in AMOUNTS:
        total = november.totals[column]
        assert total.read == sum(november.frame[column].dropna(), Decimal(0))
        assert total.read == total.accepted + total.rejected
    assert november.totals["closing_aum_yuan"].unreadable_cells > 0


def test_stated_subtotals_add_up_to_the_stated_grand_total(november: MonthTruth) -> None:
    *blocks, grand = november.stated
    assert grand.business_type is None
    assert [block.business_type for block in blocks] == [*PRODUCT_LINES, "企年托管"]
    for column in AMOUNTS:
        assert sum(block.amounts[column] for block in blocks) == grand.amounts[column]
        assert grand.amounts[column] == november.totals[column].read


def test_at_full_size_totals_fit_into_the_fifteen_digits_that_a_sheet_keeps() -> None:
    positions = population(SampleOptions().seed, SampleOptions().rows)
    ticks = int(positions["base"].sum())
    assert ticks * 1.1 < 10**15
    assert 7_000 < positions["customer_name"].nunique() < 9_000


def test_one_month_states_no_totals() -> None:
    assert month_truth(OPTIONS, Period(2023, 11)).stated == ()


def test_openings_continue_the_month_before_but_for_deliberate_plans(november: MonthTruth) -> None:
    found = opening_breaks(november, month_truth(OPTIONS, DECEMBER))
    assert {item.plan_code for item in found} == set(month_plan(DECEMBER).broken_plans)


def test_flows_lead_from_opening_to_closing_in_nearly_all_rows(november: MonthTruth) -> None:
    rows = november.accepted.fillna({column: Decimal(0) for column in AMOUNTS})
    flows = rows["contributions_yuan"] - rows["outflow_incl_benefits_yuan"] + rows["investment_result_yuan"]
    off = (rows["opening_aum_yuan"] + flows != rows["closing_aum_yuan"]).mean()
    assert 0 < off < 0.01


def test_outflow_and_benefits_add_up(november: MonthTruth) -> None:
    rows = november.accepted.fillna({column: Decimal(0) for column in AMOUNTS})
    assert (rows["outflow_yuan"] + rows["benefits_paid_yuan"] == rows["outflow_incl_benefits_yuan"]).all()


def test_duplicated_rows_are_equal_in_everything_but_their_place(november: MonthTruth) -> None:
    twins = november.frame[november.frame["quirks"].str.contains("row:exact_duplicate", na=False)]
    values = twins.drop(columns=["row_number", "quirks"]).astype("string").fillna("")
    assert len(twins) >= 2
    assert values.duplicated(keep=False).all()


def test_a_draft_holds_a_kind_of_rows_that_its_correction_dropped() -> None:
    draft, final = (month_truth(OPTIONS, Period(2025, 9), version) for version in (1, 2))
    kinds = [
        set(zip(t.accepted["business_type"], t.accepted["plan_type"], strict=True)) for t in (draft, final)
    ]
    assert kinds[0] - kinds[1] == {("企康", "集合计划")}
    assert final.counts.data < draft.counts.data
    assert month_truth(OPTIONS, Period(2025, 9)).version == 2


def test_row_numbers_rise_and_skip_rows_that_are_no_data(november: MonthTruth) -> None:
    numbers = november.frame["row_number"]
    assert numbers.is_monotonic_increasing
    assert numbers.is_unique
    others = november.counts.read - november.counts.data
    assert numbers.iloc[-1] - numbers.iloc[0] + 1 > november.counts.data
    # the grand total and the blank row above it, and the last subtotal, stand below the last data row
    assert numbers.iloc[-1] == november.header_row + november.counts.data + others - 3


def test_merged_cells_stand_only_in_the_two_declared_columns() -> None:
    plan = month_plan(DECEMBER)
    book = make_book(OPTIONS, plan, plan.deliveries[0])
    headers = {book.scale.headers[merge.column - book.scale.first_column] for merge in book.scale.merges}
    assert headers == {"业务类型", "计划类型"}


def test_an_unknown_month_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="2023-11, 2024-11"):
        month_truth(OPTIONS, Period(2020, 1))


def test_too_small_a_month_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 120"):
        SampleOptions(rows=50)
