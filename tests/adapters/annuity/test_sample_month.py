"""A sample workbook, read for real and cleaned, gives exactly what its generator knows to be true."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from tests.unit.annuity.rows import check_law, config, stamped

from work_data_hub.domain.annuity.contracts import SCALE_DETAIL, SCALE_ROWS
from work_data_hub.domain.annuity.sample.book import Book, make_book
from work_data_hub.domain.annuity.sample.facts import OVERRIDE_PLANS
from work_data_hub.domain.annuity.sample.months import MONTHS, MonthPlan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.scale import SCALE, SCALE_SHEET
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome, Verdict
from work_data_hub.domain.pipelines.bronze import bronze_outcome
from work_data_hub.io.readers.excel_reader import ExcelReader
from work_data_hub.io.samples.workbook import write_workbook

OPTIONS = SampleOptions(rows=2_000, layout_rows=300)


@pytest.fixture(scope="module", params=MONTHS, ids=lambda plan: str(plan.period))
def month(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Book, Outcome, Outcome]:
    plan: MonthPlan = request.param
    book = make_book(OPTIONS, plan, plan.candidates[0])
    path: Path = tmp_path_factory.mktemp("month") / "book.xlsx"
    write_workbook(path, [book.scale])
    bronze = bronze_outcome(SCALE_ROWS, ExcelReader().read(path, SCALE_SHEET), plan.period, "f" * 16)
    settings = config(overrides={"plan_code": dict(OVERRIDE_PLANS)})
    frames = {"scale_rows": stamped(SCALE_ROWS, bronze.accepted)}
    return book, bronze, SCALE.make(BuildContext(plan.period, frames, settings))


def test_bronze_counts_are_the_true_ones(month: tuple[Book, Outcome, Outcome]) -> None:
    book, bronze, _ = month
    true = book.truth.counts
    assert bronze.counts.balanced
    assert bronze.counts.read == true.read
    assert bronze.counts.skipped == true.blank + true.repeated_headers
    assert bronze.counts.published == true.data + true.totals


def test_every_cleaned_row_is_the_true_one(month: tuple[Book, Outcome, Outcome]) -> None:
    book, _, detail = month
    check_law(SCALE_DETAIL, detail)
    expected = book.truth.accepted
    found = detail.accepted[list(expected.columns)].copy()
    temporary = (found["company_id_origin"] == "temporary").fillna(False).astype(bool)
    assert found.loc[temporary, "company_id"].str.fullmatch("IN[A-Z2-7]{16}").all()
    assert found.loc[temporary, "company_id"].nunique() == found.loc[temporary, "customer_name"].nunique()
    found.loc[temporary, "company_id"] = pd.NA
    pd.testing.assert_frame_equal(found, expected)


def test_exactly_the_faulty_rows_are_rejected_by_the_rule_they_break(
    month: tuple[Book, Outcome, Outcome],
) -> None:
    book, _, detail = month
    true = book.truth.rejected
    expected = set(
        true[["row_number", "quarantine_rule", "quarantine_column"]].itertuples(index=False, name=None)
    )
    assert {(r.row_number, r.rule, r.column) for r in detail.rejections} == expected
    assert detail.counts.rejected == book.truth.counts.rejected
    assert detail.counts.balanced


def test_control_totals_are_the_true_sums(month: tuple[Book, Outcome, Outcome]) -> None:
    book, _, detail = month
    for control in detail.totals:
        true = book.truth.totals[control.column]
        found = (control.read, control.published, control.rejected, control.unreadable_cells)
        assert found == (true.read, true.accepted, true.rejected, true.unreadable_cells), control.column


def test_every_figure_of_the_totals_rows_ties(month: tuple[Book, Outcome, Outcome]) -> None:
    book, _, detail = month
    stated: Mapping[str, object] = {
        f"{column} row {total.row_number}": value
        for total in book.truth.stated
        for column, value in total.amounts.items()
    }
    lines = {line.subject: line for line in detail.comparisons if line.name.startswith("workbook_")}
    assert {subject: line.expected for subject, line in lines.items()} == stated
    assert {line.verdict for line in lines.values()} <= {Verdict.TIES}
