"""The oracle itself: it finds every count that the READMEs of the public files tell, and totals agree with each other."""

from datetime import date
from decimal import Decimal

import pytest
from tests.adapters.retail.oracle import (
    CONTOSO,
    DATA,
    EUROSTYLE,
    Definitions,
    Oracle,
    oracle,
    oracle_categories,
    oracle_cohorts,
    oracle_customers,
    oracle_kpis,
    oracle_orders_daily,
    oracle_quirks,
)

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not beside the project"),
    pytest.mark.xdist_group("retail_real"),
]

SHEETS = {
    "rows": (525_461, 541_909),
    "invoices": (28_816, 25_900),
    "stock_codes": (4_632, 4_070),
    "stock_codes_upper": (4_481, 3_958),
    "customers": (4_383, 4_372),
    "countries": (40, 38),
    "customer_missing": (107_927, 135_080),
    "description_missing": (2_928, 1_454),
    "description_padded": (99_583, 113_452),
    "cancellation_lines": (10_206, 9_288),
    "adjustment_lines": (3, 3),
    "negative_without_c": (2_121, 1_336),
    "zero_price": (3_687, 2_515),
    "negative_price": (3, 2),
    "identical_duplicates": (6_865, 5_268),
    "test_code_lines": (17, 0),
    "positive_cancellations": (1, 0),
    "control_sum": (Decimal("9539484.634"), Decimal("9747747.934")),
}
STORE = {
    "sales": 905,
    "items": 2_253,
    "products": 500,
    "customers": 1_000,
    "buyers": 580,
    "date_swapped_lines": 220,
    "date_swapped_sales": 87,
    "other_dates": 0,
    "before_signup_sales": 73,
    # the README counts those that differ by two cents; 77 more differ by one
    "total_differs_by_more_than_a_cent": 33,
    "total_differs_lines": 110,
    "total_differs_by": Decimal("0.02"),
    "headers_that_tie": 905,
    "repeated_products": 2,
    "foreign_sales": 0,
    "sale_id_gaps": 1_352 - 905,
    "days": 51,
    "paid": Decimal("324236.66"),
    "list": Decimal("331879.58"),
}


@pytest.fixture(scope="session")
def known() -> Oracle:
    """The oracle over the public files."""
    return oracle()


def test_every_count_of_the_readmes_is_found(known: Oracle) -> None:
    quirks = oracle_quirks(known)
    for name, counts in SHEETS.items():
        assert tuple(quirks["sheets"][sheet][name] for sheet in (1, 2)) == counts, name
    assert quirks["overlap"] == {
        "overlap_lines": 22_523,
        "overlap_invoices": 1_088,
        "overlap_differences": 0,
    }
    assert quirks["contoso"] == STORE


def test_days_cohorts_and_categories_add_up_to_the_months(known: Oracle) -> None:
    months, days = oracle_kpis(known), oracle_orders_daily(known)
    assert sum(row[2] for row in months) == sum(row[3] for row in days) == 41_353 + 905
    # each figure is rounded once, so sums of days may be off by half a cent a row
    assert abs(sum(row[6] for row in months) - sum(row[8] for row in days)) < Decimal("0.005") * len(days)
    contoso = Decimal("324236.66")
    assert sum(row[6] for row in months if row[1] == CONTOSO) == contoso
    assert sum(row[3] for row in oracle_categories(known)) == contoso
    assert sum(row[6] for row in oracle_cohorts(known) if row[0] == CONTOSO) == contoso


def test_customers_as_of_a_day_know_nothing_of_what_comes_later(known: Oracle) -> None:
    early = {row[0]: row for row in oracle_customers(known, EUROSTYLE, date(2010, 6, 30))}
    late = {row[0]: row for row in oracle_customers(known, EUROSTYLE, date(2011, 12, 9))}
    assert early.keys() < late.keys()
    assert all(row[2] <= date(2010, 6, 30) for row in early.values())
    assert (len(late), len(oracle_customers(known, CONTOSO, date(2025, 6, 17)))) == (5_853, 580)


def test_lines_that_nobody_bought_for_nothing_are_orders_unless_told_otherwise(known: Oracle) -> None:
    without = oracle(definitions=Definitions(nobody_buys_for_nothing=False))
    counted, left = ([row for row in oracle_kpis(each) if row[1] == EUROSTYLE] for each in (known, without))
    assert (sum(row[2] for row in counted), sum(row[2] for row in left)) == (41_353, 39_519)
    assert [row[6] for row in counted] == [row[6] for row in left]
