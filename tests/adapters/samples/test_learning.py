"""Months of the sample, read for real and in order: fees, ids that were learnt, and members seen first."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from tests.unit.annuity.rows import check_law, config, stamped

from work_data_hub.domain.annuity.company_index import make_company_index
from work_data_hub.domain.annuity.contracts import COMPANY_INDEX, INCOME_DETAIL, INCOME_ROWS, SCALE_ROWS
from work_data_hub.domain.annuity.detail import LEARNT
from work_data_hub.domain.annuity.income import INCOME, INCOME_SHEET
from work_data_hub.domain.annuity.sample.book import Book, make_book
from work_data_hub.domain.annuity.sample.facts import OVERRIDE_PLANS
from work_data_hub.domain.annuity.sample.knowledge import Knowledge, taught_by
from work_data_hub.domain.annuity.sample.months import MONTHS, MonthPlan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.truth import MonthTruth
from work_data_hub.domain.annuity.scale import SCALE, SCALE_SHEET
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome, Verdict
from work_data_hub.domain.pipelines.bronze import bronze_outcome
from work_data_hub.io.readers.excel_reader import ExcelReader
from work_data_hub.io.samples.workbook import write_workbook

OPTIONS = SampleOptions(rows=2_000, layout_rows=300)
PLANS = tuple(plan for plan in MONTHS if len(plan.candidates) == 1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the hub made of a month's workbook, what it had learnt before, and what was true."""

    book: Book
    known: Knowledge
    income_rows: Outcome
    scale: Outcome
    income: Outcome
    taught: pd.DataFrame


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Loaded]:
    found: dict[str, Loaded] = {}
    history, known = pd.DataFrame(), Knowledge()
    for plan in PLANS:
        book = make_book(OPTIONS, plan, plan.candidates[0])
        path = tmp_path_factory.mktemp("month") / "book.xlsx"
        write_workbook(path, (book.scale, book.income))
        loaded = load(path, plan, book, history, known)
        found[str(plan.period)] = loaded
        history = pd.concat([history, stamped(COMPANY_INDEX, loaded.taught)], ignore_index=True)
        known = known.after(book.truth)
    return found


def load(path: Path, plan: MonthPlan, book: Book, history: pd.DataFrame, known: Knowledge) -> Loaded:
    reader = ExcelReader()
    scale = bronze_outcome(SCALE_ROWS, reader.read(path, SCALE_SHEET), plan.period, "f" * 16)
    income = bronze_outcome(INCOME_ROWS, reader.read(path, INCOME_SHEET), plan.period, "f" * 16)
    frames = {
        "scale_rows": stamped(SCALE_ROWS, scale.accepted),
        "income_rows": stamped(INCOME_ROWS, income.accepted),
    }
    if len(history):
        frames[LEARNT.name] = history
    context = BuildContext(plan.period, frames, config(overrides={"plan_code": dict(OVERRIDE_PLANS)}))
    taught = make_company_index(context).accepted
    return Loaded(book, known, income, SCALE.make(context), INCOME.make(context), taught)


@pytest.fixture(params=[str(plan.period) for plan in PLANS])
def month(months: Mapping[str, Loaded], request: pytest.FixtureRequest) -> Loaded:
    return months[request.param]


def compared(outcome: Outcome, truth: MonthTruth) -> tuple[pd.DataFrame, pd.DataFrame]:
    expected = truth.accepted
    found = outcome.accepted[list(expected.columns)].copy()
    temporary = (found["company_id_origin"] == "temporary").fillna(False).astype(bool)
    assert found.loc[temporary, "company_id"].str.fullmatch("IN[A-Z2-7]{16}").all()
    found.loc[temporary, "company_id"] = pd.NA
    return found, expected


def test_every_income_row_is_the_true_one(month: Loaded) -> None:
    check_law(INCOME_DETAIL, month.income)
    pd.testing.assert_frame_equal(*compared(month.income, month.known.applied(month.book.income_truth)))


def test_every_scale_row_has_the_id_that_was_learnt(month: Loaded) -> None:
    pd.testing.assert_frame_equal(*compared(month.scale, month.known.applied(month.book.truth)))


def test_the_index_learns_what_the_month_teaches_and_was_not_known(month: Loaded) -> None:
    taught = month.taught[["lookup_type", "lookup_key", "company_id"]].itertuples(index=False, name=None)
    found = {(kind, key): company_id for kind, key, company_id in taught}
    wanted = taught_by(month.book.truth).items()
    assert found == {key: own for key, own in wanted if month.known.ids.get(key) != own}


def test_income_counts_rejections_and_totals_are_the_true_ones(month: Loaded) -> None:
    truth = month.book.income_truth
    assert month.income_rows.counts.read == truth.counts.read
    assert month.income_rows.counts.skipped == truth.counts.blank + truth.counts.repeated_headers
    faults = truth.rejected[["row_number", "quarantine_rule", "quarantine_column"]]
    found = {(r.row_number, r.rule, r.column) for r in month.income.rejections}
    assert found == set(faults.itertuples(index=False, name=None))
    for control in month.income.totals:
        true = truth.totals[control.column]
        seen = (control.read, control.published, control.rejected, control.unreadable_cells)
        assert seen == (true.read, true.accepted, true.rejected, true.unreadable_cells), control.column


def test_only_the_figure_that_is_wrong_on_purpose_differs(month: Loaded) -> None:
    stated = {
        f"{column} row {total.row_number}": (value, column in total.wrong)
        for total in month.book.income_truth.stated
        for column, value in total.amounts.items()
    }
    lines = {line.subject: line for line in month.income.comparisons if line.name.startswith("workbook_")}
    differs = {subject: line.verdict is Verdict.DIFFERS for subject, line in lines.items()}
    assert {subject: (line.expected, differs[subject]) for subject, line in lines.items()} == stated
