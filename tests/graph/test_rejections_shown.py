"""What the UI tells of rejected rows: by rule and column on the run, and how long the oldest open one waits."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import pytest
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import DETAIL, MONTH, NEXT

from work_data_hub.application.quarantine.book import LineState, QuarantineLine
from work_data_hub.application.runs import BuildReport, PublishRecord, Result
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS, SCALE_DETAIL
from work_data_hub.domain.kernel.outcome import Counts
from work_data_hub.orchestration.checks import check_results, check_specs
from work_data_hub.orchestration.metadata import run_metadata
from work_data_hub.orchestration.metadata_history import TableHistory, can_reject
from work_data_hub.orchestration.metadata_tables import shown_value

SCOPE = "period=2025-11-01"
TODAY = date(2026, 1, 31)
SEEN = datetime(2026, 1, 20, 8, tzinfo=UTC)
LINE = QuarantineLine(
    "id", SCALE_DETAIL.key, SCOPE, "f", "a.xlsx", "规模明细", 7, "closing_aum_yuan", "unreadable_number", "12x",
    "is no number", None, LineState.OPEN, "run", "run", SEEN, SEEN,
)  # fmt: skip
RECORD = PublishRecord(
    "run", SCALE_DETAIL.key, SCOPE, "1.0.0", "code", "input", "identity", (),
    Counts(read=100, published=98, rejected=2), 0, (), (), (), {}, 0.5, SEEN,
)  # fmt: skip


def history(*lines: QuarantineLine, today: date = TODAY) -> TableHistory:
    return TableHistory(SCALE_DETAIL, today, {}, {SCOPE: RECORD}, lines)


def report(record: PublishRecord = RECORD) -> BuildReport:
    return BuildReport(record.table, record.scope, Result.PUBLISHED, record)


def rejects(*lines: QuarantineLine) -> list[dict[str, Any]]:
    return [dict(row.data) for row in run_metadata(report(), history(*lines))["rejects"].value.records]


def budget(known: TableHistory, record: PublishRecord = RECORD) -> dg.AssetCheckResult:
    (found,) = [r for r in check_results(known, [report(record)]) if r.check_name == "reject_budget"]
    return found


def told(check: dg.AssetCheckResult) -> dict[str, Any]:
    return {name: value.value for name, value in check.metadata.items()}


def test_rejections_are_counted_by_rule_and_column_the_most_frequent_first() -> None:
    name = replace(LINE, rule="unknown_plan_type", column="plan_type", value="别的")
    lines = (
        name,
        LINE,
        replace(LINE, row_number=8, value=None),
        replace(LINE, row_number=9, state=LineState.WAIVED),
    )
    first, second = rejects(*lines)
    assert first == {
        "rule": "unreadable_number",
        "column": "closing_aum_yuan",
        "rows": 3,
        "waived": 1,
        "example": "12x",
        "command": "wdh quarantine list --table annuity.silver.scale_detail --period 2025-11 --rule unreadable_number --lines",
    }
    assert (second["rule"], second["rows"], second["example"]) == ("unknown_plan_type", 1, "别的")


def test_a_row_with_two_faults_of_one_rule_counts_once_and_other_months_do_not_count() -> None:
    other = replace(LINE, scope="period=2025-12-01", row_number=1)
    (row,) = rejects(LINE, replace(LINE, rejection_id="again"), other)
    assert row["rows"] == 1


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("plan_code", "P0290", "P0290"),
        ("customer_name", "岚汐科技", "岚***"),
        ("no_such_column", "secret", "s***"),
        ("plan_code", "x" * 61, "x" * 60 + "…"),
        ("plan_code", None, ""),
    ],
)
def test_an_example_shows_no_name_and_no_novel(column: str, value: str | None, shown: str) -> None:
    assert shown_value(SCALE_DETAIL, column, value) == shown


def test_the_check_tells_what_is_open_since_when_and_what_is_waived() -> None:
    check = budget(history(LINE, replace(LINE, row_number=8, state=LineState.WAIVED)))
    assert not check.passed
    assert told(check) == {
        "months": 1,
        "months_with_findings": 1,
        "open": 1,
        "waived": 1,
        "oldest_open_since": "2026-01-20",
        "oldest_open_days": 11,
    }
    assert check.description == (
        "2 of 100 rows rejected, within the budget; "
        "quarantine, all months: 1 open, the oldest since 2026-01-20 (11 days), 1 waived"
    )


def test_rows_that_are_all_waived_do_not_nag() -> None:
    check = budget(history(replace(LINE, state=LineState.WAIVED)))
    assert check.passed
    assert (told(check)["open"], told(check)["waived"], "oldest_open_since" in told(check)) == (0, 1, False)


@pytest.mark.parametrize(("today", "passed"), [(date(2026, 2, 19), True), (date(2026, 2, 20), False)])
def test_an_open_line_of_another_month_warns_after_thirty_days(today: date, passed: bool) -> None:
    clean = replace(RECORD, counts=Counts(100, 100))
    check = budget(history(replace(LINE, scope="period=2024-01-01"), today=today), clean)
    assert check.passed is passed
    assert told(check)["months_with_findings"] == 0


def test_only_cleaned_rows_can_be_rejected_so_only_their_check_speaks_of_the_quarantine() -> None:
    speaking = {contract.name for contract in ANNUITY_CONTRACTS if can_reject(contract)}
    assert speaking == {"scale_detail", "income_detail"}
    for contract in ANNUITY_CONTRACTS:
        (spec,) = [spec for spec in check_specs(contract) if spec.name == "reject_budget"]
        assert ("stays open" in str(spec.description)) is (contract.name in speaking)


def shown(result: dg.ExecuteInProcessResult) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the metadata of each table's months."""
    made: Any = [
        e.step_materialization_data.materialization for e in result.get_asset_materialization_events()
    ]
    return {(one.asset_key.path[-1], one.partition): one.metadata for one in made}


def test_a_run_shows_the_quarantine_of_the_tables_that_can_reject(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1", "x"], "first")
    shop.shop.drop(NEXT, ["1"], "second")
    shop.shop.quarantine.lines.append(replace(LINE, table=DETAIL.key, column="amount", value="x"))
    result = shop.materialize(MONTH.key, NEXT.key, instance=instance)
    assert result.success
    months = shown(result)
    assert months["detail", MONTH.key]["rejects"].value.records[0].data["example"] == "x"
    assert "rejects" not in months["detail", NEXT.key]
    assert "rejects" not in months["lines", MONTH.key]
    checks = {
        check.asset_key.path[-1]: check.metadata
        for check in result.get_asset_check_evaluations()
        if check.check_name == "reject_budget"
    }
    assert ("open" in checks["detail"], "open" in checks["lines"]) == (True, False)


def test_a_range_run_draws_each_month_with_all_months_of_the_run(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1", "2"], "first")
    shop.shop.drop(NEXT, ["1"], "second")
    months = shown(shop.materialize(MONTH.key, NEXT.key, instance=instance))
    first, second = (months["detail", month.key]["trend_rows"].value for month in (MONTH, NEXT))
    assert first.endswith("2 in 2025-11; lowest 2 in 2025-11, highest 2 in 2025-11; 1 of 12 months")
    assert second.endswith("1 in 2025-12; lowest 1 in 2025-12, highest 2 in 2025-11; 2 of 12 months")
