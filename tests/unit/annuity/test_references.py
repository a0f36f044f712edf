"""References made from cleaned rows: one row per key, values by rule, ties always broken the same way."""

from datetime import date
from typing import Any

import pytest
from tests.unit.annuity.rows import NOVEMBER, config, fact_rows, records, stamped

from work_data_hub.domain.annuity.columns import FEES
from work_data_hub.domain.annuity.contracts import INCOME_DETAIL
from work_data_hub.domain.annuity.references import REFERENCES
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.validation import validate

DECLARED = {reference.contract.name: reference for reference in REFERENCES}


def built(
    name: str, *rows: dict[str, Any], shuffled: bool = False, income: tuple[dict[str, Any], ...] = ()
) -> Outcome:
    frame = fact_rows(*rows)
    if shuffled:
        frame = frame.iloc[::-1]
    frames = {"scale_detail": frame}
    if income:
        places = {"sheet": "收入明细", **dict.fromkeys(FEES, 0)}
        frames["income_detail"] = fact_rows(*({**places, **row} for row in income), contract=INCOME_DETAIL)
    context = BuildContext(NOVEMBER, frames, config())
    outcome = DECLARED[name].make(context)
    whole = stamped(DECLARED[name].contract, outcome.accepted)
    validate(DECLARED[name].contract, whole)
    to_arrow(DECLARED[name].contract, whole)
    return outcome


SINGLE = (
    {
        "plan_name": "旧名",
        "customer_name": "小",
        "company_id": "1",
        "closing_aum_yuan": 1,
        "branch_code": "G01",
    },
    {
        "plan_name": "新名",
        "customer_name": None,
        "company_id": None,
        "closing_aum_yuan": 9,
        "branch_code": "G31",
    },
    {
        "plan_name": None,
        "business_type": "企年投资",
        "customer_name": "中",
        "company_id": "2",
        "closing_aum_yuan": 5,
    },
    {"plan_name": "无规模", "portfolio_code": "200010", "customer_name": "无", "company_id": "3"},
)


def test_a_plan_takes_its_values_from_the_row_with_the_largest_assets() -> None:
    assert records(built("plan", *SINGLE).accepted) == [
        {
            "plan_code": "S1001",
            "plan_name": "新名",
            "plan_type": "单一计划",
            "main_branch_code": "G31",
            "main_branch_name": "内蒙古",
            "customer_name": "中",
            "company_id": "2",
            "qualifications": "企年受托,企年投资",
            "portfolio_count": 2,
            "remark": "2025-11规模明细补录",
            "first_seen_period": date(2025, 11, 1),
            "record_origin": "backfilled",
        }
    ]


def test_a_collective_plan_has_no_employer() -> None:
    (row,) = records(built("plan", *({**row, "plan_type": "集合计划"} for row in SINGLE)).accepted)
    assert (row["customer_name"], row["company_id"]) == (None, None)


def test_what_only_the_income_sheet_names_is_a_member_too_known_by_its_largest_fee() -> None:
    income = (
        {"plan_code": "S9", "plan_name": "小", "fixed_fee_yuan": 1},
        {"plan_code": "S9", "plan_name": "大", "fixed_fee_yuan": 7},
        {"plan_code": "S1001", "plan_name": "收入", "fixed_fee_yuan": 99},
    )
    rows = records(built("plan", *SINGLE, income=income).accepted)
    assert [(row["plan_code"], row["plan_name"], row["remark"]) for row in rows] == [
        ("S1001", "新名", "2025-11规模明细补录"),
        ("S9", "大", "2025-11收入明细补录"),
    ]


def test_rows_of_both_sheets_are_counted() -> None:
    outcome = built("customer", {"company_id": "7"}, income=({"company_id": None}, {"company_id": "8"}))
    assert (outcome.counts.read, outcome.counts.published, outcome.counts.skipped) == (3, 2, 1)


def test_among_equal_assets_the_first_row_of_the_sheet_decides_in_whatever_order_rows_come() -> None:
    rows = ({"plan_name": "一", "closing_aum_yuan": 5}, {"plan_name": "二", "closing_aum_yuan": 5})
    found = [
        records(built("plan", *rows, shuffled=shuffled).accepted)[0]["plan_name"]
        for shuffled in (False, True)
    ]
    assert found == ["一", "一"]


def test_a_portfolio_points_at_the_plan_with_the_largest_assets_and_keeps_its_first_name() -> None:
    rows = (
        {"plan_code": "A", "closing_aum_yuan": -3, "portfolio_name": None},
        {"plan_code": "B", "closing_aum_yuan": 2, "portfolio_name": "二"},
        {"plan_code": "C", "closing_aum_yuan": 1, "portfolio_name": "三"},
        {"plan_code": "D", "portfolio_code": "100001"},
    )
    first, second = records(built("portfolio", *rows, shuffled=True).accepted)
    assert (first["portfolio_code"], first["plan_code"]) == ("100001", "D")
    assert (second["portfolio_code"], second["plan_code"], second["portfolio_name"]) == ("200003", "B", "二")


def test_product_lines_and_branches_carry_their_own_name_whatever_rows_say() -> None:
    rows = ({"branch_code": "G00", "branch_name": "火星"}, {"branch_code": "G31", "branch_name": "内蒙"})
    assert [(r["branch_code"], r["branch_name"]) for r in records(built("branch", *rows).accepted)] == [
        ("G00", "总部"),
        ("G31", "内蒙古"),
    ]
    (line,) = records(built("product_line", *rows).accepted)
    assert (line["product_line_code"], line["product_line_name"]) == ("PL202", "企年受托")


def test_a_customer_lists_its_plans_and_is_tagged_as_new() -> None:
    rows = (
        {"company_id": "7", "company_id_origin": "temporary", "plan_code": "S2", "closing_aum_yuan": 1},
        {
            "company_id": "7",
            "company_id_origin": "source",
            "plan_code": "S1",
            "closing_aum_yuan": 2,
            "branch_code": "G05",
        },
        {"company_id": "7", "company_id_origin": "source", "plan_code": "S2", "customer_name": "岚汐"},
        {"company_id": None, "plan_code": "P1"},
    )
    outcome = built("customer", *rows)
    (row,) = records(outcome.accepted)
    assert row == {
        "company_id": "7",
        "company_id_origin": "source",
        "customer_name": "岚汐",
        "main_branch_code": "G05",
        "plan_codes": "S1,S2",
        "plan_count": 2,
        "tags": '["2511新建"]',
        "replaced_by": None,
        "first_seen_period": date(2025, 11, 1),
        "record_origin": "backfilled",
    }
    assert outcome.counts.skipped == 1
    assert outcome.facts["metrics"] == {"rows_without_key": 1, "keys": 1}


@pytest.mark.parametrize("name", list(DECLARED))
def test_no_rows_make_no_references(name: str) -> None:
    assert built(name).counts.published == 0


def test_every_reference_fills_every_column_of_its_contract() -> None:
    for reference in REFERENCES:
        filled = {reference.key, "first_seen_period", "record_origin", "run_id"}
        filled |= set(reference.rules(config().mappings))
        assert filled == set(reference.contract.column_names), reference.contract.name
