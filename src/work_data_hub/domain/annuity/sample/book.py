"""A whole workbook of the sample: its sheets as they will be written, and the truth about them."""

from dataclasses import dataclass

import pandas as pd

from work_data_hub.domain.annuity.sample.clean import clean_rows
from work_data_hub.domain.annuity.sample.draws import stream
from work_data_hub.domain.annuity.sample.forms import INCOME, SCALE, SheetForm
from work_data_hub.domain.annuity.sample.income import income_rows
from work_data_hub.domain.annuity.sample.layout import SheetContent, lay_out
from work_data_hub.domain.annuity.sample.months import Delivery, MonthPlan, month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.population import month_number
from work_data_hub.domain.annuity.sample.render import written
from work_data_hub.domain.annuity.sample.truth import MonthTruth, month_counts, month_totals, truth_frame
from work_data_hub.domain.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook: scale sheet, income sheet, and the truth about each."""

    truth: MonthTruth
    scale: SheetContent
    income_truth: MonthTruth
    income: SheetContent


def make_book(options: SampleOptions, plan: MonthPlan, delivery: Delivery) -> Book:
    """Write a delivery of a month; one that a later version supersedes holds rows which that one dropped."""
    scale = clean_rows(options, plan, draft=delivery.superseded)
    income = income_rows(options, plan.period, scale)
    return Book(
        *_written(SCALE, options, plan, delivery, scale), *_written(INCOME, options, plan, delivery, income)
    )


def _written(
    form: SheetForm, options: SampleOptions, plan: MonthPlan, delivery: Delivery, rows: pd.DataFrame
) -> tuple[MonthTruth, SheetContent]:
    sheet = written(form, rows, plan.period, stream(options.seed, form.topic, month_number(plan.period)))
    layout = lay_out(sheet, plan.dress, misstated=form is INCOME and plan.misstates_income)
    truth = MonthTruth(
        period=plan.period,
        path=delivery.path,
        trait=plan.trait,
        version=delivery.version,
        sheet=form.name,
        header_row=plan.dress.header_row + 1,
        frame=truth_frame(sheet, layout),
        counts=month_counts(sheet, layout),
        totals=month_totals(sheet),
        stated=layout.stated,
        own_ids=tuple(rows["source_company_id"]),
    )
    return truth, layout.content


def month_book(options: SampleOptions, period: Period, version: int | None = None) -> Book:
    """Make the workbook of a month that counts, or a named version of it."""
    plan = month_plan(period)
    chosen = [d for d in plan.deliveries if d.version == version] if version else plan.candidates
    return make_book(options, plan, chosen[0])


def month_truth(options: SampleOptions, period: Period, version: int | None = None) -> MonthTruth:
    """Tell the truth about a month's scale sheet."""
    return month_book(options, period, version).truth


def income_truth(options: SampleOptions, period: Period, version: int | None = None) -> MonthTruth:
    """Tell the truth about a month's income sheet."""
    return month_book(options, period, version).income_truth
