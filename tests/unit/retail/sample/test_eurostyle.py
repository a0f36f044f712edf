"""The workbook's truth against a plain recount of its rows, and the shape of the trade in it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.retail.sample.recount import (
    Row,
    cell,
    customers,
    months,
    overlap,
    sales,
    sheet_counts,
    united,
)

from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.retail.sample.countries import ABROAD
from work_data_hub.domain.retail.sample.eurostyle import Eurostyle, make_eurostyle
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.specials import SPECIALS

OPTIONS = RetailOptions(seed=4, lines=12_000)


@pytest.fixture(scope="module")
def made() -> Eurostyle:
    return make_eurostyle(OPTIONS)


def rows(made: Eurostyle) -> tuple[Sequence[Row], Sequence[Row]]:
    first, second = made.sheets
    return first.rows, second.rows


def check_sheets(made: Eurostyle) -> None:
    for sheet, truth in zip(made.sheets, made.sheet_truths, strict=True):
        assert {"sheet": sheet.name, **sheet_counts(sheet.rows)} == asdict(truth)


def check_overlap(made: Eurostyle) -> None:
    first, second = rows(made)
    one, other = overlap(first, second)
    assert one == other
    assert one.total() == made.truth.overlap_lines
    assert len({row[0] for row in one}) == made.truth.overlap_invoices
    assert len(first) + len(second) - len({*first, *second}) == made.truth.dropped_blindly


def check_trade(made: Eurostyle) -> None:
    cells = united(*rows(made))
    assert dict(Counter(each.kind for each in cells)) == made.truth.lines_by_kind
    found = {month: dict(sums) for month, sums in months(cells).items()}
    wanted = {month.month: asdict(month) for month in made.truth.months}
    assert {month: {"month": month, **sums} for month, sums in found.items()} == wanted


def check_customers(made: Eurostyle) -> None:
    found = customers(united(*rows(made)), made.truth.as_of)
    wanted = {each.customer_id: asdict(each) for each in made.truth.customers}
    assert {number: {"customer_id": number, **sums} for number, sums in found.items()} == wanted


@given(seed=st.integers(0, 10_000), lines=st.integers(2_000, 4_000))
@settings(max_examples=8)
def test_the_truth_is_what_the_rows_say(seed: int, lines: int) -> None:
    made = make_eurostyle(RetailOptions(seed=seed, lines=lines))
    check_sheets(made)
    check_overlap(made)
    check_trade(made)
    check_customers(made)


def test_a_larger_workbook_is_told_as_truly(made: Eurostyle) -> None:
    check_sheets(made)
    check_overlap(made)
    check_trade(made)
    check_customers(made)


def test_a_missing_row_would_be_noticed(made: Eurostyle) -> None:
    first, second = made.sheets
    lacking_first = replace(made, sheets=(replace(first, rows=first.rows[1:]), second))
    lacking_second = replace(made, sheets=(first, replace(second, rows=second.rows[1:])))
    for check, lacking in (
        (check_sheets, lacking_first),
        (check_trade, lacking_first),
        (check_overlap, lacking_second),
    ):
        with pytest.raises(AssertionError):
            check(lacking)


def test_the_same_options_give_the_same_rows_and_another_seed_others(made: Eurostyle) -> None:
    assert make_eurostyle(OPTIONS) == made
    assert make_eurostyle(RetailOptions(seed=5, lines=12_000)).sheets != made.sheets


def test_the_sheets_have_the_asked_for_size(made: Eurostyle) -> None:
    assert abs(sum(len(found) for found in rows(made)) - OPTIONS.lines) <= 25
    ratio = made.truth.overlap_lines / made.truth.lines
    assert ratio == pytest.approx(22_523 / 1_044_847, rel=0.01)


def test_sums_over_kinds_months_and_tests_are_all_lines(made: Eurostyle) -> None:
    truth = made.truth
    assert sum(truth.lines_by_kind.values()) + truth.tests_rejected == truth.lines
    assert sum(month.sale_lines for month in truth.months) == truth.lines_by_kind["sale/product"]
    assert truth.lines + truth.overlap_lines == sum(sheet.lines for sheet in made.sheet_truths)


def test_every_quirk_stands_in_its_sheets(made: Eurostyle) -> None:
    first, second = made.sheet_truths
    for sheet in (first, second):
        assert sheet.stock_codes > sheet.stock_codes_upper_cased
        assert 0.1 < sheet.blanks_around_description / sheet.lines < 0.35
        assert 0.18 < sheet.missing_customer / sheet.lines < 0.32
        assert min(sheet.exact_duplicates, sheet.repeated_codes, sheet.missing_description) > 0
        assert sheet.bad_debt_adjustments == 3
    assert (first.negative_prices, second.negative_prices) == (3, 2)
    assert (first.tests > 0, second.tests) == (True, 0)
    assert first.cancellations_with_positive_quantity == 1
    assert second.largest_quantity == -second.smallest_quantity == 8_099
    # a drop of equal lines would take more than the overlap
    assert made.truth.dropped_blindly > made.truth.overlap_lines


def test_every_special_code_is_there_and_products_have_five_digits(made: Eurostyle) -> None:
    cells = [cell(row) for sheet in made.sheets for row in sheet.rows]
    codes = {each.code for each in cells if each.item_kind != "product"}
    assert {special.code for special in SPECIALS} <= codes
    products = {each.code for each in cells if each.item_kind == "product"}
    assert [code for code in products if not code[:5].isdigit() or len(code) > 6] == []
    by_code = defaultdict(set)
    for each in cells:
        by_code[each.code.upper()].add(each.description)
    assert sum(len(texts - {None}) > 1 for texts in by_code.values()) > 10


def test_write_offs_have_no_price_and_no_customer_and_only_a_few_have_words(made: Eurostyle) -> None:
    off = [
        c for row in made.sheets[0].rows if not (c := cell(row)).invoice.startswith("C") and c.quantity < 0
    ]
    assert {(str(each.price), each.customer) for each in off} == {("0.0", None)}
    noted = [each for each in off if each.description is not None]
    assert 0 < len(noted) < len(off) / 2
    assert {each.kind for each in off} == {"adjustment/product", "fee/fee"}


def test_nothing_is_sold_on_saturdays_and_at_christmas(made: Eurostyle) -> None:
    days = {row[4].date() for sheet in made.sheets for row in sheet.rows}
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4, 6}
    assert (min(days), max(days)) == (date(2009, 12, 1), date(2011, 12, 9))
    assert [day for day in days if date(2010, 12, 24) <= day <= date(2011, 1, 3)] == []


def test_autumn_is_the_peak_of_both_years(made: Eurostyle) -> None:
    lines = {month.month: month.sale_lines for month in made.truth.months}
    for year in ("2010", "2011"):
        within = {month: many for month, many in lines.items() if month.startswith(year)}
        assert max(within, key=lambda month: within[month]) == f"{year}-11"


def test_most_is_sold_at_home_and_every_country_is_there(made: Eurostyle) -> None:
    cells = [cell(row) for sheet in made.sheets for row in sheet.rows]
    countries = Counter(each.country for each in cells)
    assert set(countries) == {"United Kingdom", *(country.name for country in ABROAD)}
    assert 0.87 < countries["United Kingdom"] / countries.total() < 0.95


def test_customers_have_habits_that_differ() -> None:
    known = make_eurostyle(RetailOptions(lines=30_000)).truth.customers
    orders = [each.orders for each in known]
    assert sum(many == 1 for many in orders) > 0.15 * len(orders)
    assert max(orders) > 20
    assert len({f"{each.first_order:%Y-%m}" for each in known}) > 15
    assert 0.2 < sum(each.orders_365d == 0 for each in known) / len(known) < 0.6


def test_sales_without_price_and_customer_are_counted(made: Eurostyle) -> None:
    free = [each for each in sales(united(*rows(made))) if each.price == 0]
    assert sum(each.customer is None for each in free) == made.truth.sales_without_price_and_customer
    assert any(each.customer for each in free)


def test_too_few_lines_are_refused() -> None:
    with pytest.raises(UsageError, match="1999 lines can't show every quirk"):
        RetailOptions(lines=1_999)
