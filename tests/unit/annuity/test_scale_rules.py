"""What each rule makes of a cell of the scale sheet, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.unit.annuity.rows import config, detail, values

A_MONTH = date(2025, 11, 1)


def silver(column: str, *rows: dict[str, Any]) -> list[Any]:
    outcome = detail(*rows)
    assert outcome.rejections == ()
    return values(outcome.accepted, column)


def cells(column: str, raw: str, table: list[tuple[str | None, Any]]) -> None:
    found = silver(column, *({raw: cell} for cell, _ in table))
    assert list(zip((cell for cell, _ in table), found, strict=True)) == table


def test_any_form_of_the_month_becomes_its_first_day() -> None:
    forms = (
        "202511",
        "202511.0",
        "20251115",
        "2025-11",
        "2025-11-01",
        "2025/11",
        "2025年11月",
        "25年11月",
        "45962",
    )
    cells("period", "reporting_month", [(form, A_MONTH) for form in (*forms, "２０２５１１")])


def test_amounts_are_exact_yuan_rounded_half_up() -> None:
    table = {
        "1234.5": "1234.5000",
        "1,234.50": "1234.5000",
        "¥1,234.5": "1234.5000",
        "(1,234.50)": "-1234.5000",
        "1234.50-": "-1234.5000",
        "3.2万": "32000.0000",
        "0.1亿": "10000000.0000",
        "１２": "12.0000",
        "0.00005": "0.0001",
        "-0.00005": "-0.0001",
        "0.00004999": "0.0000",
    }
    cells("opening_aum_yuan", "opening_aum", [(cell, Decimal(yuan)) for cell, yuan in table.items()])
    cells("opening_aum_yuan", "opening_aum", [("-", None), (None, None), ("暂无", None)])


def test_rates_are_fractions_whatever_their_size() -> None:
    table = {"0.0125": "0.0125", "5.5%": "0.055", "5.6％": "0.056", "5.5": "5.5", "-1": "-1", "10": "10"}
    cells("period_return", "period_return", [(cell, Decimal(rate)) for cell, rate in table.items()])


def test_plan_codes_are_corrected_and_defaulted_by_plan_type() -> None:
    table = [
        ("1P0290", "集合计划", "P0290"),
        ("1p0807", "集合计划", "P0807"),
        (" fp0001 ", "集合计划", "FP0001"),
        (None, "集合计划", "AN001"),
        ("暂无", "单一", "AN002"),
        ("12345.0", "单一计划", "12345"),
    ]
    found = silver("plan_code", *({"plan_code": code, "plan_type": kind} for code, kind, _ in table))
    assert found == [expected for *_, expected in table]


def test_plan_types_have_aliases() -> None:
    table = [
        ("集合", "集合计划"),
        ("单一", "单一计划"),
        ("职业年金", "职业年金"),
        (" 单一计划\u3000", "单一计划"),
    ]
    cells("plan_type", "plan_type", [*table])


def test_branches_without_a_code_go_to_head_office() -> None:
    known = [("北京", "G01"), ("北京\u3000", "G01"), ("内蒙", "G31"), ("北分", "G37"), ("广州", "G04")]
    unknown = [("海外事业部", "G00"), ("null", "G00"), ("(空白)", "G00"), (None, "G00")]
    cells("branch_code", "branch_name", [*known, *unknown])


def test_the_branch_code_of_the_source_is_not_believed() -> None:
    assert silver("branch_code", {"branch_name": "北京", "branch_code": "G99"}) == ["G01"]


def test_a_plan_may_have_a_branch_of_its_own_for_rows_without_one() -> None:
    settings = config(plan_branches={"S1001": "G05"})
    outcome = detail(
        {"branch_name": None}, {"branch_name": "北京"}, {"branch_name": "火星"}, settings=settings
    )
    assert values(outcome.accepted, "branch_code") == ["G05", "G01", "G05"]


def test_rows_that_went_to_head_office_by_default_are_counted() -> None:
    outcome = detail({"branch_name": None}, {"branch_name": "火星"}, {"branch_name": "总部"})
    assert outcome.facts["metrics"]["branch.defaulted_rows"] == 2  # type: ignore[index]


def test_portfolio_codes_lose_their_f_and_have_defaults() -> None:
    table = [
        ("F200003", "企年受托", "单一计划", "200003"),
        ("f200003", "企年受托", "单一计划", "200003"),
        ("200003.0", "企年受托", "单一计划", "200003"),
        (None, "企年受托", "集合计划", "QTAN001"),
        (None, "企年投资", "单一计划", "QTAN002"),
        ("-", "企年投资", "职业年金", "QTAN003"),
        (None, "职年受托", "集合计划", "QTAN003"),
    ]
    names = ("portfolio_code", "business_type", "plan_type")
    found = silver("portfolio_code", *(dict(zip(names, row, strict=False)) for row in table))
    assert found == [expected for *_, expected in table]


def test_the_business_type_gives_the_product_line() -> None:
    outcome = detail({"business_type": "企年受托"}, {"business_type": " 职年投资"}, {"business_type": "其他"})
    assert values(outcome.accepted, "product_line_code") == ["PL202", "PL203", "PL301"]


def test_the_account_is_the_group_customer_and_the_name_as_written() -> None:
    outcome = detail(
        {"group_customer_number": "C10000013", "customer_name": "（集团）岚汐 科技有限公司已转出"}
    )
    (row,) = outcome.accepted.to_dict("records")
    assert row["group_customer_number"] == row["account_number"] == "10000013"
    assert row["account_name"] == "（集团）岚汐 科技有限公司已转出"
    assert row["customer_name"] == "岚汐科技有限公司"


def test_a_blank_customer_of_a_collective_plan_has_neither_name_nor_id() -> None:
    outcome = detail({"plan_type": "集合计划", "customer_name": "(空白)"}, {"customer_name": " "})
    assert values(outcome.accepted, "customer_name") == [None, None]
    assert values(outcome.accepted, "company_id") == [None, None]
    assert values(outcome.accepted, "company_id_origin") == [None, None]
    assert values(outcome.accepted, "account_name") == ["(空白)", None]


FAULTS: list[tuple[dict[str, Any], str, str, str | None]] = [
    ({"contributions": "待定"}, "unreadable_number", "contributions_yuan", "待定"),
    ({"closing_aum": "12..5万"}, "unreadable_number", "closing_aum_yuan", "12..5万"),
    ({"period_return": "见附件"}, "unreadable_number", "period_return", "见附件"),
    ({"reporting_month": "2025-13"}, "unreadable_month", "period", "2025-13"),
    ({"reporting_month": None}, "unreadable_month", "period", None),
    ({"reporting_month": "2025-10"}, "period_mismatch", "period", "2025-10"),
    ({"reporting_month": "204511"}, "period_mismatch", "period", "204511"),
    ({"plan_code": None, "plan_type": "职业年金"}, "missing_plan_code", "plan_code", None),
    ({"business_type": "企年托管"}, "unknown_business_type", "business_type", "企年托管"),
    ({"business_type": None}, "unknown_business_type", "business_type", None),
    ({"plan_type": "混合"}, "unknown_plan_type", "plan_type", "混合"),
    ({"plan_type": None}, "unknown_plan_type", "plan_type", None),
    ({"period_return": "10.000001"}, "return_out_of_range", "period_return", "10.000001"),
    ({"period_return": "-150%"}, "return_out_of_range", "period_return", "-150%"),
    ({"portfolio_code": "1.2E+15"}, "unreadable_code", "portfolio_code", "1.2E+15"),
]


def test_a_row_that_can_not_be_right_is_rejected_with_its_place_and_reason() -> None:
    outcome = detail(*(change for change, *_ in FAULTS), {})
    found = {r.row_number: (r.rule, r.column, r.value) for r in outcome.rejections}
    assert found == {at: tuple(fault) for at, (_, *fault) in enumerate(FAULTS, start=2)}
    assert all((r.file_id, r.sheet) == ("f" * 16, "规模明细") for r in outcome.rejections)
    assert all(r.reason and r.expected for r in outcome.rejections)
    assert values(outcome.accepted, "row_number") == [len(FAULTS) + 2]
    assert (outcome.counts.published, outcome.counts.rejected) == (1, len(FAULTS))


def test_a_row_lists_all_its_unreadable_numbers_and_counts_once() -> None:
    outcome = detail({}, {"opening_aum": "x", "closing_aum": "y"}, {"opening_aum": "z"})
    assert [(r.row_number, r.column) for r in outcome.rejections] == [
        (3, "opening_aum_yuan"),
        (3, "closing_aum_yuan"),
        (4, "opening_aum_yuan"),
    ]
    assert outcome.counts.rejected == 2


def test_equal_rows_are_legitimate_and_both_stay() -> None:
    assert detail({}, {}).counts.published == 2


def test_a_month_without_data_rows_gives_an_empty_table() -> None:
    outcome = detail({"row_kind": "total", "reporting_month": "合计"})
    assert outcome.counts.published == 0
    assert outcome.counts.skipped == 1


def test_returns_above_one_without_a_percent_sign_are_pointed_out() -> None:
    outcome = detail({"period_return": "5.5"}, {"period_return": "550%"}, {"period_return": "12.5"})
    assert any("1 returns above 1" in warning for warning in outcome.warnings)


def test_the_blankest_columns_are_measured() -> None:
    metrics = detail({"remark": "x"}, {"plan_name": None}).facts["metrics"]
    assert metrics["null_ratio.subsidiary_name"] == 1.0  # type: ignore[index]
    assert sum(name.startswith("null_ratio.") for name in metrics) <= 5  # type: ignore[attr-defined]
