from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest
from tests.unit.annuity.rows import frame

from work_data_hub.application.preview import preview
from work_data_hub.application.runs import BuildReport, InputVersion, PublishRecord, Result
from work_data_hub.domain.annuity.contracts import (
    AUM_FLOW_MONTHLY,
    COMPANY_QUEUE,
    CUSTOMER,
    SCALE_DETAIL,
    SCALE_FACT,
)
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.domain.kernel.contract import PersonalData, TableContract
from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Counts, Outcome
from work_data_hub.orchestration import metadata
from work_data_hub.orchestration.checks import check_results, check_specs
from work_data_hub.orchestration.metadata import definition_metadata
from work_data_hub.orchestration.metadata_history import TableHistory

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


ALL: tuple[Buildable, ...] = (*INTAKES, *BUILDS)
TABLES = {table.contract.name: table for table in ALL}
TODAY = date(2025, 12, 31)


def report(record: PublishRecord = RECORD, **more: Any) -> BuildReport:
    return BuildReport(record.table, record.scope, Result.PUBLISHED, record, **more)


def rows(value: Any) -> list[dict[str, Any]]:
    return [dict(record.data) for record in value.records]


def history(
    *records: PublishRecord, contract: TableContract = SCALE_DETAIL, before: PublishRecord | None = None
) -> TableHistory:
    known = {} if before is None else {before.scope: before}
    return TableHistory(contract, TODAY, known, known | {record.scope: record for record in records})


def run_metadata(shown: BuildReport, contract: TableContract = SCALE_DETAIL) -> dict[str, Any]:
    return metadata.run_metadata(shown, history(shown.record, contract=contract))


def checks(
    *records: PublishRecord, contract: TableContract = SCALE_DETAIL, before: PublishRecord | None = None
) -> dict[str, dg.AssetCheckResult]:
    known = history(*records, contract=contract, before=before)
    results = check_results(known, [report(record) for record in records])
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
    shown = run_metadata(report(record))
    table = rows(shown["reconciliation"])
    names = ("verdict", "subject", "difference", "expected", "actual")
    assert [tuple(row[name] for name in names) for row in table] == [
        ("differs", "plan P1", "-7.5", "100", "92.5"),
        ("ties", "closing_aum_yuan", "", "30", "30"),
        ("ties", "row 9", "", "1,234,567.8", "1,234,567.8"),
        ("not_comparable", "all plans", "", "", "7"),
    ]
    assert shown["reconciliation_result"] == "1 of 4 differ, 1 can't be compared"
    nothing = run_metadata(report(replace(RECORD, totals=(), comparisons=())))
    assert nothing["reconciliation_result"] == "nothing to compare"


def test_what_differs_most_comes_first_with_its_note() -> None:
    more = Comparison("opening_is_previous_closing", "plan P2", D(1), D(9), note="the plan is new")
    table = rows(run_metadata(report(replace(RECORD, comparisons=(DIFFERS, more))))["reconciliation"])
    assert [(row["subject"], row["note"]) for row in table[:2]] == [
        ("plan P2", "the plan is new"),
        ("plan P1", ""),
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
    text = run_metadata(report(preview=preview(CUSTOMER, outcome)), CUSTOMER)["preview"].value
    lines = text.splitlines()
    assert len(lines) == 2 + 5
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert "岚***" in text
    assert "科技" not in text
    assert "600\\|1" in text


def test_a_build_without_rows_has_no_preview() -> None:
    assert "preview" not in run_metadata(report())


def test_columns_are_described_with_label_unit_key_and_care() -> None:
    schema = definition_metadata(TABLES["customer"])["dagster/column_schema"]
    columns = {column.name: column for column in schema.columns}
    assert columns["company_id"].constraints.unique
    assert not columns["company_id"].constraints.nullable
    assert columns["customer_name"].tags["personal_data"] == str(PersonalData.BUSINESS_NAME)
    money = {c.name: c for c in definition_metadata(TABLES["scale_fact"])["dagster/column_schema"].columns}
    assert money["closing_aum_yuan"].type == "decimal128(18, 4)"
    assert money["closing_aum_yuan"].tags["unit"] == SCALE_FACT.column("closing_aum_yuan").unit
    assert definition_metadata(TABLES["scale_fact"])["dagster/table_name"] == "annuity_gold.scale_fact"


def test_there_are_four_checks_and_none_blocks_what_comes_after() -> None:
    specs = check_specs(SCALE_DETAIL)
    assert [spec.name for spec in specs] == ["contract", "reject_budget", "reconciliation", "volume"]
    assert not any(spec.blocking for spec in specs)
    assert {result.severity for result in checks(RECORD).values()} == {dg.AssetCheckSeverity.WARN}


def test_rejected_rows_warn() -> None:
    found = checks(RECORD)["reject_budget"]
    assert not found.passed
    assert str(found.description).startswith("10 of 1,000 rows rejected, within the budget")
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
    found = checks(RECORD, before=old)["volume"]
    assert found.passed is passed
    assert found.description == f"{0 if before is None else 1} of 1 months compared with the publish before"


def test_volume_is_not_judged_where_rows_are_only_added() -> None:
    old = replace(RECORD, counts=Counts(1, 1))
    assert checks(RECORD, contract=CUSTOMER, before=old)["volume"].passed
    assert not checks(RECORD, contract=AUM_FLOW_MONTHLY, before=old)["volume"].passed


def test_a_range_is_judged_month_by_month() -> None:
    second = replace(RECORD, scope="period=2025-12-01", counts=Counts(5, 5))
    found = checks(RECORD, second, before=second)
    assert found["volume"].description == "1 of 2 months compared with the publish before"
    budget = {name: value.value for name, value in found["reject_budget"].metadata.items()}
    assert (budget["months"], budget["months_with_findings"]) == (2, 1)


@pytest.mark.parametrize(("differing", "told"), [(1, 20), (30, 30)])
def test_what_differs_comes_first_so_that_a_cut_table_still_shows_it(differing: int, told: int) -> None:
    record = replace(RECORD, comparisons=(*[TIES] * 80, *[DIFFERS] * differing))
    shown = run_metadata(report(record))
    table = rows(shown["reconciliation"])
    assert [row["verdict"] for row in table].count("differs") == differing
    assert table[0]["subject"] == "plan P1"
    assert len(table) == told
    assert shown["reconciliation_result"] == f"{differing} of {81 + differing} differ"


def test_steps_are_a_table_of_their_own() -> None:
    step = {"step": "rename", "rows_in": 3, "rows_out": 3, "rejected": 0, "ms": 0.4, "memory_kb": 1}
    shown = run_metadata(report(replace(RECORD, facts={"steps": [step], "metrics": {"n": 1}})))
    assert rows(shown["steps"]) == [step]
    assert shown["facts"].data == {"metrics": {"n": 1}}


def test_the_trend_is_drawn_from_the_months_that_are_published() -> None:
    old = replace(RECORD, scope="period=2024-12-01", counts=Counts(4000, 4000))
    older = replace(RECORD, scope="period=2024-11-01", counts=Counts(1, 1))
    known = history(RECORD, old, older)
    text = metadata.run_metadata(report(), known)["trend_rows"].value
    assert "rows, 2024-12 to 2025-11: 985 in 2025-11" in text
    assert text.endswith("lowest 985 in 2025-11, highest 4,000 in 2024-12; 2 of 12 months")
    later = metadata.run_metadata(report(old), known)["trend_rows"].value
    assert "rows, 2024-01 to 2024-12: 4,000 in 2024-12" in later


def test_a_gold_table_shows_its_main_control_total_too() -> None:
    trends = [name for name in run_metadata(report()) if name.startswith("trend")]
    assert trends == ["trend_rows"]
    shown = run_metadata(report(), SCALE_FACT)
    assert shown["trend_closing_aum_yuan"].value.endswith("20 in 2025-11; 1 of 12 months")
    assert [name for name in run_metadata(report(), CUSTOMER) if name.startswith("trend")] == [
        "trend_rows_added"
    ]
    without = run_metadata(report(replace(RECORD, totals=())), SCALE_FACT)
    assert without["trend_closing_aum_yuan"].value == "no closing_aum_yuan yet"


def test_origins_of_company_ids_are_a_table_with_shares() -> None:
    metrics = {
        "company_id.source": 700,
        "company_id.temporary": 200,
        "company_id.none": 85,
        "company_id.odd": 3,
    }
    shown = run_metadata(report(replace(RECORD, facts={"metrics": metrics})))
    assert rows(shown["company_id_origins"]) == [
        {"origin": "source", "rows": 700, "share": "71.1%"},
        {"origin": "temporary", "rows": 200, "share": "20.3%"},
        {"origin": "none", "rows": 85, "share": "8.6%"},
    ]
    assert shown["facts"].data["metrics"]["company_id.odd"] == 3
    empty = replace(RECORD, counts=Counts(0, 0), facts={"metrics": {"company_id.none": 0}})
    assert rows(run_metadata(report(empty))["company_id_origins"])[0]["share"] == ""


def test_new_members_are_listed_and_names_keep_only_their_first_character() -> None:
    members = [{"company_id": "600000001", "customer_name": "岚汐科技"}, {"company_id": "IN1", "rows": 3}]
    shown = run_metadata(report(replace(RECORD, facts={"new_members": members})), CUSTOMER)
    assert rows(shown["new_members"]) == [
        {"company_id": "600000001", "customer_name": "岚***", "rows": ""},
        {"company_id": "IN1", "customer_name": "", "rows": "3***"},
    ]
    assert "new_members" not in shown["facts"].data


def test_a_new_member_is_told_by_its_key_unless_the_key_is_a_name() -> None:
    record = replace(RECORD, facts={"new_members": [{"key": "岚汐科技"}]})
    for contract, told in ((CUSTOMER, "岚汐科技"), (COMPANY_QUEUE, "岚***")):
        assert rows(run_metadata(report(record), contract)["new_members"]) == [{"key": told}]


def test_warnings_and_the_file_are_tables() -> None:
    facts = {"file": "a.xlsx", "sheet": "规模明细", "unknown_headers": ["x", "y"], "absent_columns": []}
    shown = run_metadata(report(replace(RECORD, warnings=("odd",), facts=facts)))
    assert rows(shown["warnings"]) == [{"warning": "odd"}]
    assert rows(shown["file"]) == [
        {"what": "file", "says": "a.xlsx"},
        {"what": "sheet", "says": "规模明细"},
        {"what": "unknown_headers", "says": "x, y"},
    ]


def test_tables_without_rows_are_left_out() -> None:
    shown = run_metadata(report(replace(RECORD, facts={})))
    assert {
        "rejects",
        "company_id_origins",
        "new_members",
        "warnings",
        "file",
        "steps",
    } & shown.keys() == set()


def test_columns_say_where_they_come_from_with_links_to_the_tables() -> None:
    def described(table: str) -> dict[str, str]:
        schema = definition_metadata(TABLES[table])["dagster/column_schema"]
        return {column.name: str(column.description).partition("← ")[2] for column in schema.columns}

    detail = described("scale_detail")
    assert detail["closing_aum_yuan"] == "[scale_rows.closing_aum](/assets/annuity/bronze/scale_rows)"
    assert detail["run_id"] == "set by the run"
    raw = described("scale_rows")
    assert raw["outflow_incl_benefits"] == "the sheet's column 流失(含待遇支付) or 流失_含待遇支付"
    assert raw["row_kind"] == "made while the sheet is read"
    assert described("aum_flow_monthly")["detail_rows"] == "made by the build, from no input column"


def test_column_lineage_stands_on_the_definition_under_the_key_that_tools_read() -> None:
    lineage = definition_metadata(TABLES["scale_detail"])["dagster/column_lineage"]
    (dep,) = lineage.deps_by_column["closing_aum_yuan"]
    assert (dep.asset_key.path, dep.column_name) == (["annuity", "bronze", "scale_rows"], "closing_aum")
    assert "dagster/column_lineage" not in definition_metadata(TABLES["scale_rows"])
    assert not {"dagster/column_lineage", "dagster/column_schema"} & run_metadata(report()).keys()


def test_the_documentation_is_the_page_with_links_inside_the_ui() -> None:
    text = definition_metadata(TABLES["scale_fact"])["documentation"].value
    assert "[annuity.gold.plan](/assets/annuity/gold/plan)" in text
    assert "`docs/tables/annuity_gold.scale_fact.md`" in text


@pytest.mark.parametrize("table", TABLES)
def test_a_definition_stays_small(table: str) -> None:
    shown = definition_metadata(TABLES[table])
    assert len(dg.serialize_value(dg.AssetMaterialization("a", metadata=shown))) < 30_000
