"""A whole workbook of the sample: its sheets as they will be written, and the truth about them."""

from dataclasses import dataclass

from work_data_hub.domain.annuity.sample.clean import clean_rows
from work_data_hub.domain.annuity.sample.draws import stream
from work_data_hub.domain.annuity.sample.income import income_content
from work_data_hub.domain.annuity.sample.layout import SheetContent, lay_out
from work_data_hub.domain.annuity.sample.months import SHEET, Delivery, MonthPlan, month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.population import month_number
from work_data_hub.domain.annuity.sample.render import written
from work_data_hub.domain.annuity.sample.truth import MonthTruth, month_counts, month_totals, truth_frame
from work_data_hub.domain.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook: scale sheet, income sheet, truth."""

    truth: MonthTruth
    scale: SheetContent
    income: SheetContent


def make_book(options: SampleOptions, plan: MonthPlan, delivery: Delivery) -> Book:
    """Write a delivery of a month; one that a later version supersedes holds rows which that one dropped."""
    rows = clean_rows(options, plan, draft=delivery.superseded)
    sheet = written(rows, plan.period, stream(options.seed, "cells", month_number(plan.period)))
    income = income_content(sheet)
    layout = lay_out(SHEET, sheet, plan.dress)
    truth = MonthTruth(
        period=plan.period,
        path=delivery.path,
        trait=plan.trait,
        version=delivery.version,
        sheet=SHEET,
        header_row=plan.dress.header_row + 1,
        frame=truth_frame(sheet, layout),
        counts=month_counts(sheet, layout),
        totals=month_totals(sheet),
        stated=layout.stated,
    )
    return Book(truth, layout.content, income)


def month_truth(options: SampleOptions, period: Period, version: int | None = None) -> MonthTruth:
    """Tell the truth about a month: of the workbook that counts, or of a named version."""
    plan = month_plan(period)
    chosen = [d for d in plan.deliveries if d.version == version] if version else plan.candidates
    return make_book(options, plan, chosen[0]).truth
