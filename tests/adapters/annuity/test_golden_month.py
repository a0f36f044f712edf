"""The golden month, from the workbook to the mart: every value as it was worked out by hand."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.golden.golden import (
    COUNTS,
    EXPECTED_INCOME,
    EXPECTED_INCOME_MART,
    EXPECTED_INCOME_REJECTIONS,
    EXPECTED_MART,
    EXPECTED_REJECTIONS,
    EXPECTED_SILVER,
    EXPECTED_TOTALS,
    OVERRIDE_PLANS,
    PERIOD,
    SALT,
    write_golden,
)
from tests.unit.annuity.rows import check_law, config, records, stamped

from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import Conservation
from work_data_hub.domain.kernel.outcome import Outcome, Verdict
from work_data_hub.domain.pipelines.bronze import bronze_outcome
from work_data_hub.io.readers.excel_reader import ExcelReader

Chain = Mapping[str, Outcome]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    path: Path = write_golden(tmp_path_factory.mktemp("golden") / "book.xlsx")
    outcomes = {
        intake.contract.name: bronze_outcome(
            intake.contract, ExcelReader().read(path, intake.sheet), PERIOD, "f" * 16
        )
        for intake in INTAKES
    }
    frames = {
        intake.contract.name: stamped(intake.contract, outcomes[intake.contract.name].accepted)
        for intake in INTAKES
    }
    settings = config(salt=SALT, overrides={"plan_code": OVERRIDE_PLANS})
    for build in BUILDS:
        name = build.contract.name
        outcomes[name] = build.make(BuildContext(PERIOD, frames, settings))
        if build.contract.conservation is not Conservation.DERIVED:
            check_law(build.contract, outcomes[name])
        frames[name] = stamped(build.contract, outcomes[name].accepted)
    return outcomes


def shown(outcome: Outcome, expected: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in expected} for row in records(outcome.accepted)]


def test_every_row_of_the_sheet_has_its_fate(chain: Chain) -> None:
    bronze, detail = chain["scale_rows"].counts, chain["scale_detail"].counts
    assert (bronze.read, bronze.skipped) == (COUNTS["read"], COUNTS["blank"] + COUNTS["repeated_headers"])
    assert (detail.skipped, detail.rejected) == (COUNTS["totals"], COUNTS["rejected"])
    assert detail.published == COUNTS["data"] - COUNTS["rejected"]


def test_every_cleaned_value_is_the_golden_one(chain: Chain) -> None:
    for name in ("scale_detail", "scale_fact"):
        assert shown(chain[name], EXPECTED_SILVER[0]) == [dict(row) for row in EXPECTED_SILVER]


def test_every_rejection_is_the_golden_one(chain: Chain) -> None:
    found = [
        {"row_number": r.row_number, "rule": r.rule, "column": r.column, "value": r.value}
        for r in sorted(chain["scale_detail"].rejections, key=lambda r: r.row_number or 0)
    ]
    assert found == [dict(row) for row in EXPECTED_REJECTIONS]


def test_control_totals_are_the_golden_ones(chain: Chain) -> None:
    for control in chain["scale_detail"].totals:
        expected = EXPECTED_TOTALS[control.column]
        found = (control.read, control.published, control.rejected, control.unreadable_cells)
        assert found == tuple(expected[name] for name in ("read", "accepted", "rejected", "unreadable_cells"))


def test_the_totals_rows_of_the_workbook_tie_and_so_does_every_row(chain: Chain) -> None:
    lines = [line for line in chain["scale_detail"].comparisons if line.name.startswith("workbook_")]
    assert len({line.subject.split()[-1] for line in lines}) == COUNTS["totals"]
    assert {line.verdict for line in chain["scale_detail"].comparisons} == {Verdict.TIES}
    assert chain["scale_detail"].warnings == ()


def test_the_mart_is_the_golden_one(chain: Chain) -> None:
    outcome = chain["aum_flow_monthly"]
    assert shown(outcome, EXPECTED_MART[0]) == [dict(row) for row in EXPECTED_MART]
    assert outcome.accepted["closing_aum_change_yuan"].isna().all()
    assert outcome.accepted["closing_aum_yuan"].sum() == Decimal(
        EXPECTED_TOTALS["closing_aum_yuan"]["accepted"]
    )


def test_every_cleaned_income_row_is_the_golden_one(chain: Chain) -> None:
    for name in ("income_detail", "income_fact"):
        assert shown(chain[name], EXPECTED_INCOME[0]) == [dict(row) for row in EXPECTED_INCOME]
    assert shown(chain["fee_income_monthly"], EXPECTED_INCOME_MART[0]) == [
        dict(row) for row in EXPECTED_INCOME_MART
    ]


def test_every_income_rejection_is_the_golden_one_and_the_totals_rows_tie(chain: Chain) -> None:
    outcome = chain["income_detail"]
    found = [
        {"row_number": r.row_number, "rule": r.rule, "column": r.column, "value": r.value}
        for r in sorted(outcome.rejections, key=lambda r: r.row_number or 0)
    ]
    assert found == [dict(row) for row in EXPECTED_INCOME_REJECTIONS]
    assert {line.verdict for line in outcome.comparisons} == {Verdict.TIES}
    assert len(outcome.comparisons) == 5


def test_references_hold_the_keys_of_both_facts_and_no_others(chain: Chain) -> None:
    facts = [chain[table].accepted for table in ("scale_fact", "income_fact")]
    for name, key in (
        ("plan", "plan_code"),
        ("portfolio", "portfolio_code"),
        ("product_line", "product_line_code"),
        ("branch", "branch_code"),
        ("customer", "company_id"),
    ):
        known = {value for fact in facts for value in fact[key].dropna()}
        assert known == set(chain[name].accepted[key]), name
