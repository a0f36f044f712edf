from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest
from tests.unit.annuity.rows import frame

from work_data_hub.application.preview import preview
from work_data_hub.application.runs import BuildReport, InputVersion, PublishRecord, Result
from work_data_hub.domain.annuity.contracts import AUM_FLOW_MONTHLY, CUSTOMER, SCALE_DETAIL, SCALE_FACT
from work_data_hub.domain.kernel.contract import PersonalData
from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Counts, Outcome
from work_data_hub.orchestration.checks import check_results, check_specs
from work_data_hub.orchestration.metadata import definition_metadata, run_metadata

D = Decimal
TIES = Comparison("workbook_totals", "row 9", D("1234567.80"), D("1234567.8"))
DIFFERS = Comparison("opening_is_previous_closing", "plan P1", D(100), D("92.5"), D("0.01"))
UNKNOWN = Comparison("opening_is_previous_closing", "all plans", None, D(7))
COUNTS = Counts(read=1000, published=985, rejected=10, deduplicated=2, skipped=3)
RECORD = PublishRecord(
    "run-1", SCALE_DETAIL.key, "period=2025-11-01", "1.0.0", "code", "input", "identity",
    (InputVersion("annuity.bronze.scale_rows", "period=2025-11-01", "f" * 64),), COUNTS, 7,
    (ControlTotal("closing_aum_yuan", D(30), D(20), D(8), D(2)),), (TIES,), (),
    {"metrics": {"n": 1}, "at": datetime(2025, 12, 1, tzinfo=UTC)}, 0.5, datetime(2025, 12, 1, tzinfo=UTC),
)  # fmt: skip


def report(record: PublishRecord = RECORD, **more: Any) -> BuildReport:
    return BuildReport(record.table, record.scope, Result.PUBLISHED, record, **more)


def rows(value: Any) -> list[dict[str, Any]]:
    return [dict(record.data) for record in value.records]


def checks(record: PublishRecord, before: PublishRecord | None = None) -> dict[str, dg.AssetCheckResult]:
    results = check_results(SCALE_DETAIL, [report(record)], [before])
    return {str(result.check_name): result for result in results}


def test_counts_come_as_numbers_that_the_ui_can_draw() -> None:
    shown = run_metadata(report())
    names = ("rows_read", "rows_rejected", "rows_deduplicated", "rows_skipped", "rows_replaced")
    assert shown["dagster/partition_row_count"] == 985
    assert [shown[name] for name in names] == [1000, 10, 2, 3, 7]
    assert (shown["duration_s"], shown["rows_per_s"]) == (0.5, 2000)
    assert shown["identity_hash"] == "identity"


def test_a_publish_that_took_no_time_divides_by_nothing() -> None:
    assert run_metadata(report(replace(RECORD, seconds=0.0)))["rows_per_s"] == 0


def test_reconciliation_is_a_table_of_totals_and_comparisons() -> None:
    record = replace(RECORD, comparisons=(TIES, DIFFERS, UNKNOWN))
    table = rows(run_metadata(report(record))["reconciliation"])
    assert [(r["subject"], r["expected"], r["actual"], r["verdict"]) for r in table] == [
        ("plan P1", "100", "92.5", "differs"),
        ("closing_aum_yuan", "30", "30", "ties"),
        ("row 9", "1,234,567.8", "1,234,567.8", "ties"),
        ("all plans", "", "7", "not_comparable"),
    ]


def test_a_total_that_lost_something_is_told() -> None:
    record = replace(RECORD, totals=(ControlTotal("closing_aum_yuan", D(30), D(20), D(8)),))
    assert rows(run_metadata(report(record))["reconciliation"])[0]["verdict"] == "differs"
    assert not checks(record)["reconciliation"].passed


def test_at_most_fifty_lines_are_shown_and_inputs_are_named_with_their_versions() -> None:
    shown = run_metadata(report(replace(RECORD, comparisons=(DIFFERS,) * 60)))
    assert len(rows(shown["reconciliation"])) == 50
    assert rows(shown["inputs"]) == [
        {"input": "annuity.bronze.scale_rows", "scope": "period=2025-11-01", "version": "f" * 16}
    ]
    nothing = run_metadata(report(replace(RECORD, totals=(), comparisons=(), inputs=())))
    assert nothing["reconciliation"].value == nothing["inputs"].value == "none"


def test_facts_are_json_whatever_they_hold() -> None:
    assert run_metadata(report())["facts"].value == {"metrics": {"n": 1}, "at": "2025-12-01 00:00:00+00:00"}


def test_the_preview_is_a_table_in_which_names_keep_only_their_first_character() -> None:
    personal = [c.name for c in CUSTOMER.columns if c.personal is not PersonalData.NONE]
    assert "customer_name" in personal
    name = "岚汐|科技\n有限公司"
    accepted = frame(CUSTOMER, [{"company_id": f"60{n}|1", "customer_name": name} for n in range(9)])
    outcome = Outcome(accepted, Counts(9, 9))
    text = run_metadata(report(preview=preview(CUSTOMER, outcome)))["preview"].value
    lines = text.splitlines()
    assert len(lines) == 2 + 5
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert "岚***" in text
    assert "科技" not in text
    assert "600\\|1" in text


def test_a_build_without_rows_has_no_preview() -> None:
    assert "preview" not in run_metadata(report())


def test_columns_are_described_with_label_unit_key_and_care() -> None:
    schema = definition_metadata(CUSTOMER)["dagster/column_schema"]
    columns = {column.name: column for column in schema.columns}
    assert columns["company_id"].constraints.unique
    assert not columns["company_id"].constraints.nullable
    assert columns["customer_name"].tags["personal_data"] == str(PersonalData.BUSINESS_NAME)
    money = {c.name: c for c in definition_metadata(SCALE_FACT)["dagster/column_schema"].columns}
    assert money["closing_aum_yuan"].type == "decimal128(18, 4)"
    assert money["closing_aum_yuan"].tags["unit"] == SCALE_FACT.column("closing_aum_yuan").unit
    assert definition_metadata(SCALE_FACT)["dagster/table_name"] == "annuity_gold.scale_fact"


def test_there_are_four_checks_and_none_blocks_what_comes_after() -> None:
    specs = check_specs(SCALE_DETAIL)
    assert [spec.name for spec in specs] == ["contract", "reject_budget", "reconciliation", "volume"]
    assert not any(spec.blocking for spec in specs)
    assert {result.severity for result in checks(RECORD).values()} == {dg.AssetCheckSeverity.WARN}


def test_rejected_rows_warn() -> None:
    found = checks(RECORD)["reject_budget"]
    assert not found.passed
    assert found.description == "10 of 1,000 rows rejected, within the budget"
    assert checks(replace(RECORD, counts=Counts(5, 5)))["reject_budget"].passed


def test_a_differing_comparison_warns_with_its_number_and_one_that_can_not_be_made_does_not() -> None:
    found = checks(replace(RECORD, comparisons=(TIES, DIFFERS)))["reconciliation"]
    assert not found.passed
    assert found.description == "period=2025-11-01 opening_is_previous_closing plan P1: -7.5"
    assert checks(replace(RECORD, comparisons=(TIES, UNKNOWN)))["reconciliation"].passed


@pytest.mark.parametrize(
    ("before", "passed"),
    [(None, True), (985, True), (788, True), (787, False), (1314, False), (1313, True), (0, False)],
)
def test_a_jump_of_more_than_a_quarter_warns(before: int | None, passed: bool) -> None:
    old = None if before is None else replace(RECORD, counts=Counts(before, before))
    found = checks(RECORD, old)["volume"]
    assert found.passed is passed
    assert found.description == f"{0 if before is None else 1} of 1 months compared with the publish before"


def test_volume_is_not_judged_where_rows_are_only_added() -> None:
    old = replace(RECORD, counts=Counts(1, 1))
    (volume,) = [r for r in check_results(CUSTOMER, [report()], [old]) if r.check_name == "volume"]
    assert volume.passed
    (mart,) = [r for r in check_results(AUM_FLOW_MONTHLY, [report()], [old]) if r.check_name == "volume"]
    assert not mart.passed


def test_a_range_is_judged_month_by_month() -> None:
    second = replace(RECORD, scope="period=2025-12-01", counts=Counts(5, 5))
    results = check_results(SCALE_DETAIL, [report(), report(second)], [None, second])
    (budget,) = [result for result in results if result.check_name == "reject_budget"]
    assert {name: value.value for name, value in budget.metadata.items()} == {
        "months": 2,
        "months_with_findings": 1,
    }


def test_what_differs_comes_first_so_that_a_cut_table_still_shows_it() -> None:
    record = replace(RECORD, comparisons=(*[TIES] * 80, DIFFERS))
    table = rows(run_metadata(report(record))["reconciliation"])
    assert table[0]["subject"] == "plan P1"
    assert len(table) == 50


def test_steps_are_a_table_of_their_own() -> None:
    step = {"step": "rename", "rows_in": 3, "rows_out": 3, "rejected": 0, "ms": 0.4, "memory_kb": 1}
    shown = run_metadata(report(replace(RECORD, facts={"steps": [step], "metrics": {"n": 1}})))
    assert rows(shown["steps"]) == [step]
    assert shown["facts"].data == {"metrics": {"n": 1}}
