"""Which plans, portfolios and employers a month is the first to name."""

from work_data_hub.domain.annuity.sample.book import month_book
from work_data_hub.domain.annuity.sample.members import Members, members_of, new_members
from work_data_hub.domain.annuity.sample.months import MONTHS
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.truth import MonthTruth

OPTIONS = SampleOptions(rows=600, layout_rows=150)


def test_every_month_has_a_few_new_plans_portfolios_and_employers() -> None:
    earlier: list[MonthTruth] = []
    for plan in MONTHS:
        book = month_book(OPTIONS, plan.period)
        label = f"{plan.period.year % 100}{plan.period.month:02d}"
        new = new_members(earlier, (book.truth, book.income_truth))
        assert {f"S8{label}", f"P8{label}", f"XNP8{label}"} <= new.plans
        assert {f"S8{label}A", f"P0809N{label}"} <= new.portfolios
        employer = book.income_truth.accepted.set_index("plan_code").loc[f"S8{label}", "customer_name"]
        assert employer in new.customers
        earlier += [book.truth, book.income_truth]


def test_a_month_seen_before_has_nothing_new() -> None:
    truth = month_book(OPTIONS, MONTHS[0].period).truth
    assert new_members([truth], [truth]) == Members()


def test_rejected_rows_name_no_members() -> None:
    truth = month_book(OPTIONS, MONTHS[0].period).truth
    faulty = set(truth.rejected["plan_code"].dropna())
    assert faulty
    assert not faulty & members_of([truth]).plans
