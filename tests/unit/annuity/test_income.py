"""Income rows: four fees, blank is zero, mostly nobody named; the fact and the mart over them."""

from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.annuity.rows import NOVEMBER, check_law, config, fact_rows, frame, records, values

from work_data_hub.domain.annuity.columns import FEES
from work_data_hub.domain.annuity.contracts import (
    FEE_INCOME_MONTHLY,
    INCOME_DETAIL,
    INCOME_FACT,
    INCOME_ROWS,
)
from work_data_hub.domain.annuity.facts import Fact
from work_data_hub.domain.annuity.flows import MonthlyMart
from work_data_hub.domain.annuity.income import INCOME
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome, Verdict

GOOD_ROW = {
    "row_kind": "data",
    "reporting_month": "202511",
    "business_type": "企年投资",
    "plan_type": "集合计划",
    "plan_code": "P0807",
    "portfolio_code": "F200003",
    "branch_name": "广州",
    "fixed_fee": "1,000.50",
}
PLACE = {"period": NOVEMBER.start, "file_id": "f" * 16, "sheet": "收入明细", "run_id": "run-0"}


def cleaned(*changes: dict[str, Any]) -> Outcome:
    rows = [{**PLACE, "row_number": at, **GOOD_ROW, **change} for at, change in enumerate(changes, start=2)]
    outcome = INCOME.make(BuildContext(NOVEMBER, {"income_rows": frame(INCOME_ROWS, rows)}, config()))
    check_law(INCOME_DETAIL, outcome)
    return outcome


def test_a_blank_fee_is_zero_and_a_clawback_may_be_negative() -> None:
    (row,) = records(cleaned({"clawback": "(20.00)", "tax": "-"}).accepted)
    assert [row[fee] for fee in FEES] == [Decimal("1000.5"), Decimal(0), Decimal(-20), Decimal(0)]


def test_nobody_named_on_a_collective_plan_is_no_fault_and_has_no_company() -> None:
    outcome = cleaned({}, {"customer_name": "(空白)"})
    assert values(outcome.accepted, "company_id") == [None, None]
    assert outcome.counts.rejected == 0


def test_codes_and_defaults_are_those_of_the_scale_sheet() -> None:
    (row,) = records(cleaned({"portfolio_code": None, "plan_code": "1P0807"}).accepted)
    assert (row["plan_code"], row["portfolio_code"], row["branch_code"]) == ("P0807", "QTAN001", "G04")
    assert row["product_line_code"] == "PL201"


def test_an_unreadable_fee_rejects_its_row_and_is_listed_not_guessed() -> None:
    outcome = cleaned({}, {"tax": "see mail"})
    assert [(r.column, r.rule, r.value) for r in outcome.rejections] == [
        ("tax_yuan", "unreadable_number", "see mail")
    ]
    assert {t.column: t.unreadable_cells for t in outcome.totals}["tax_yuan"] == 1


def test_a_totals_row_is_compared_with_every_fee() -> None:
    outcome = cleaned({}, {}, {"row_kind": "total", "fixed_fee": "2001.00", "tax": "1"})
    verdicts = {line.subject.split()[0]: line.verdict for line in outcome.comparisons}
    assert verdicts == {"fixed_fee_yuan": Verdict.TIES, "tax_yuan": Verdict.DIFFERS}


def test_the_fact_takes_the_cleaned_rows_over() -> None:
    rows = cleaned({}, {"fixed_fee": "7"}).accepted.assign(run_id="run-0")
    outcome = Fact(INCOME_DETAIL, INCOME_FACT).make(BuildContext(NOVEMBER, {"income_detail": rows}, config()))
    check_law(INCOME_FACT, outcome)
    assert values(outcome.accepted, "fixed_fee_yuan") == [Decimal("1000.5"), Decimal(7)]


fees = st.decimals(-(10**9), 10**9, places=4, allow_nan=False)
a_row = st.fixed_dictionaries({"branch_code": st.sampled_from(["G01", "G04"]), **dict.fromkeys(FEES, fees)})


@given(st.lists(a_row, min_size=1, max_size=12), st.none() | st.lists(a_row, min_size=1, max_size=12))
@settings(max_examples=25)
def test_the_mart_adds_up_the_fees_and_their_changes(
    now: list[dict[str, Any]], before: list[dict[str, Any]] | None
) -> None:
    def facts(rows: list[dict[str, Any]]) -> pd.DataFrame:
        return fact_rows(*rows, contract=INCOME_FACT)

    frames = {"income_fact": facts(now)} | ({} if before is None else {"income_fact@-1": facts(before)})
    outcome = MonthlyMart(INCOME_FACT, FEE_INCOME_MONTHLY).make(BuildContext(NOVEMBER, frames, config()))
    check_law(FEE_INCOME_MONTHLY, outcome)
    made = {row["branch_code"]: row for row in records(outcome.accepted)}
    for branch, row in made.items():
        for fee in FEES:
            here = sum((r[fee] for r in now if r["branch_code"] == branch), Decimal(0))
            there = sum((r[fee] for r in before or () if r["branch_code"] == branch), Decimal(0))
            assert row[fee] == here
            assert row[fee.replace("_yuan", "_change_yuan")] == (None if before is None else here - there)
