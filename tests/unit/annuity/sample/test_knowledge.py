"""What months teach about companies, and what later months get by it."""

from collections import Counter
from dataclasses import replace

import pytest

from work_data_hub.domain.annuity.sample.book import Book, month_book
from work_data_hub.domain.annuity.sample.facts import SINGLE
from work_data_hub.domain.annuity.sample.knowledge import Knowledge, conflicts_in, known_before, taught_by
from work_data_hub.domain.annuity.sample.months import MONTHS
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.truth import MonthTruth
from work_data_hub.domain.kernel.period import Period

OPTIONS = SampleOptions(seed=3, rows=2_000, layout_rows=300)
SEPTEMBER, NOVEMBER, DECEMBER = Period(2025, 9), Period(2025, 11), Period(2025, 12)


@pytest.fixture(scope="module")
def books() -> dict[Period, Book]:
    return {plan.period: month_book(OPTIONS, plan.period) for plan in MONTHS}


def origins(truth: MonthTruth) -> dict[str, int]:
    return dict(Counter(truth.accepted["company_id_origin"].dropna()))


def marked(truth: MonthTruth, label: str) -> MonthTruth:
    rows = truth.frame["quirks"].str.contains(label, na=False).to_numpy(dtype=bool)
    own = tuple(own for own, kept in zip(truth.own_ids, rows, strict=True) if kept)
    return replace(truth, frame=truth.frame[rows].reset_index(drop=True), own_ids=own)


def test_a_name_has_one_id_and_an_id_one_name_in_all_months_but_where_it_is_meant(
    books: dict[Period, Book],
) -> None:
    names: dict[str, set[str]] = {}
    ids: dict[str, set[str]] = {}
    for book in books.values():
        meant = book.truth.frame["quirks"].str.contains("company:two_ids", na=False)
        rows = zip(book.truth.frame["customer_name"], book.truth.own_ids, meant, strict=True)
        for name, own in ((name, own) for name, own, exempt in rows if own is not None and not exempt):
            names.setdefault(name, set()).add(own)
            ids.setdefault(own, set()).add(name)
    assert all(len(found) == 1 for found in (*names.values(), *ids.values()))


def test_small_months_hold_plans_and_portfolios_of_the_large_ones(books: dict[Period, Book]) -> None:
    owner: dict[str, set[str]] = {}
    for book in books.values():
        rows = book.truth.accepted
        real = ~rows["portfolio_code"].str.startswith("QTAN")
        for plan, portfolio in rows.loc[real, ["plan_code", "portfolio_code"]].itertuples(index=False):
            owner.setdefault(portfolio, set()).add(plan)
    assert all(len(plans) == 1 for plans in owner.values())
    small, large = (set(books[month].truth.accepted["plan_code"]) for month in (Period(2025, 2), SEPTEMBER))
    assert small < large


def test_nothing_is_known_before_the_first_month(books: dict[Period, Book]) -> None:
    truths = [book.truth for book in books.values()]
    assert known_before(Period(2023, 11), truths) == Knowledge()


def test_knowledge_counts_only_months_before_the_period(books: dict[Period, Book]) -> None:
    september, november = books[SEPTEMBER].truth, books[NOVEMBER].truth
    assert known_before(NOVEMBER, [november, september]) == Knowledge().after(september)


def test_what_was_taught_turns_temporary_ids_into_real_ones(books: dict[Period, Book]) -> None:
    known = known_before(NOVEMBER, [books[SEPTEMBER].truth])
    for alone in (books[NOVEMBER].truth, books[NOVEMBER].income_truth):
        resolved = known.applied(alone)
        assert origins(resolved).get("source", 0) > origins(alone).get("source", 0)
        assert origins(resolved)["temporary"] < origins(alone)["temporary"]
        assert origins(resolved)["override"] == origins(alone)["override"]


def test_a_single_plan_without_a_name_is_known_by_its_plan(books: dict[Period, Book]) -> None:
    known = known_before(NOVEMBER, [books[SEPTEMBER].truth])
    rows = known.applied(books[NOVEMBER].income_truth).accepted
    nameless = rows[rows["customer_name"].isna() & (rows["plan_type"] == SINGLE)]
    learnt = nameless[nameless["company_id_origin"] == "source"]
    assert len(learnt) > 0
    for plan, own in learnt[["plan_code", "company_id"]].itertuples(index=False):
        assert known.ids["plan_code", plan] == own


def test_an_employer_whose_id_is_withheld_keeps_the_one_that_was_taught(books: dict[Period, Book]) -> None:
    withheld = marked(books[DECEMBER].truth, "company:withheld")
    assert set(withheld.own_ids) == {None}
    resolved = known_before(DECEMBER, [books[NOVEMBER].truth]).applied(withheld)
    assert origins(withheld).keys() <= {"temporary", "override"}
    assert origins(resolved).keys() <= {"source", "override"}
    assert origins(resolved)["source"] > 0


def test_a_name_with_two_ids_teaches_nothing(books: dict[Period, Book]) -> None:
    two = marked(books[SEPTEMBER].truth, "company:two_ids")
    names = set(two.frame["account_name"])
    assert len(names) >= 2
    assert len(two.own_ids) == 2 * len(names) == len(set(two.own_ids))
    keys = {("account_name", name) for name in names}
    assert keys <= conflicts_in(books[SEPTEMBER].truth)
    assert not keys & taught_by(books[SEPTEMBER].truth).keys()
    assert keys <= taught_by(books[NOVEMBER].truth).keys()


def test_a_conflict_leaves_what_was_known(books: dict[Period, Book]) -> None:
    september = books[SEPTEMBER].truth
    key = next(key for key in sorted(conflicts_in(september)) if key[0] == "account_name")
    assert Knowledge({key: "799999999"}).after(september).ids[key] == "799999999"


def test_what_is_known_comes_before_what_the_row_states(books: dict[Period, Book]) -> None:
    november = books[NOVEMBER].truth
    rows = november.accepted
    row = rows[rows["company_id_origin"] == "source"].iloc[0]
    resolved = Knowledge({("customer_name", row["customer_name"]): "799999999"}).applied(november).accepted
    assert set(resolved.loc[resolved["row_number"] == row["row_number"], "company_id"]) == {"799999999"}
