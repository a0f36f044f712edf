"""Customers and their countries in time, against a slow reading."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import (
    EARLIER,
    GOOD_CUSTOMER,
    LATER,
    Row,
    config,
    contoso_line,
    eurostyle,
    frame,
    held,
    metric,
    numbered,
    records,
)

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.bronze import CONTOSO_CUSTOMERS
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE, SOURCE_CUSTOMER
from work_data_hub.domain.retail.silver.source_customers import make_source_customer


def made(lines: pd.DataFrame, *, listed: Sequence[Row] = (), sold: pd.DataFrame | None = None) -> Outcome:
    frames = {
        "eurostyle_lines": lines,
        "contoso_customers": frame(CONTOSO_CUSTOMERS, numbered(GOOD_CUSTOMER, listed)),
        "contoso_line": frame(CONTOSO_LINE, []) if sold is None else sold,
    }
    return make_source_customer(BuildContext(None, frames, config()))


def periods(outcome: Outcome) -> list[tuple[str, str | None, date, date | None, bool]]:
    return [
        (r["source_customer_id"], r["country_name"], r["valid_from"], r["valid_to"], r["is_current"])
        for r in records(held(SOURCE_CUSTOMER, outcome).accepted)
    ]


def at(moment: str, country: str | None, **changes: Any) -> Row:
    return {"invoice_date": moment, "country": country, **changes}


def test_a_new_row_begins_when_the_country_changes() -> None:
    outcome = made(
        eurostyle(
            at("2010-12-05T10:00:00", "France"),
            at("2010-12-01T08:26:00", "EIRE"),
            at("2010-12-03T08:26:00", "EIRE "),
            at("2010-12-09T08:26:00", "EIRE"),
            at("2010-12-09T08:26:00", "EIRE", customer_id=None),
        )
    )
    assert periods(outcome) == [
        ("17850", "EIRE", date(2010, 12, 1), date(2010, 12, 4), False),
        ("17850", "France", date(2010, 12, 5), date(2010, 12, 8), False),
        ("17850", "EIRE", date(2010, 12, 9), None, True),
    ]
    assert (metric(outcome, "customers.eurostyle"), metric(outcome, "country_changes.eurostyle")) == (1, 2)


def test_the_latest_line_of_a_day_decides_for_the_day() -> None:
    outcome = made(
        eurostyle(
            at("2010-12-01T15:00:00", "France"),
            at("2010-12-01T09:00:00", "EIRE"),
            at("2010-12-01T15:00:00", "Spain"),
        )
    )
    assert periods(outcome) == [("17850", "Spain", date(2010, 12, 1), None, True)]


def test_contosos_customers_hold_from_the_signup_or_an_earlier_order() -> None:
    sold = contoso_line({}, {"sale_id": "11"}, sales=[{}, {"sale_id": "11", "customer_id": "7"}]).accepted
    outcome = made(
        eurostyle(),
        listed=[
            {"signup_date": "2025-06-01"},
            {"customer_id": "2", "country": "Spain"},
            {"customer_id": "3", "signup_date": None},
        ],
        sold=sold,
    )
    assert periods(outcome) == [
        ("195", "France", date(2025, 5, 21), None, True),
        ("2", "Spain", date(2025, 2, 24), None, True),
        ("7", "France", date(2025, 5, 21), None, True),
    ]
    assert metric(outcome, "without_day") == 1
    assert outcome.warnings == ("1 customers have neither a readable signup nor an order, and are left out",)
    rows = records(outcome.accepted)
    assert [row["signup_date"] for row in rows] == [date(2025, 6, 1), date(2025, 2, 24), None]
    assert [row["age_range"] for row in rows] == ["36-45", "36-45", None]


def test_unreadable_cells_of_the_list_are_told() -> None:
    outcome = made(eurostyle(), listed=[{"signup_date": "soon"}])
    assert outcome.warnings[1] == "1 cells of contoso_customers can't be read and count as blank"


def test_nobody_is_nobody() -> None:
    assert periods(made(eurostyle({"customer_id": None}))) == []


lines_of = st.lists(
    st.tuples(
        st.sampled_from(["13085", "13085.0", "9"]),
        st.integers(0, 5),
        st.integers(8, 9),
        st.sampled_from(["EIRE", "France", None]),
        st.sampled_from([EARLIER, LATER]),
    ),
    max_size=14,
)


@settings(max_examples=25)
@given(lines_of)
def test_periods_are_what_going_day_by_day_gives(drawn: list[tuple[str, int, int, str | None, str]]) -> None:
    first = date(2010, 12, 1)
    rows = [
        at(f"{first + timedelta(days=day)}T{hour:02}:00:00", country, customer_id=customer, sheet=sheet)
        for customer, day, hour, country, sheet in drawn
    ]
    found = periods(made(eurostyle(*rows)))
    expected = []
    for customer in ("13085", "9"):
        mine = [
            (sheet, number, day, hour, country)
            for number, (who, day, hour, country, sheet) in enumerate(drawn)
            if who.removesuffix(".0") == customer
        ]
        in_time = sorted(mine, key=lambda line: (line[2], line[3], line[0], line[1]))
        by_day = {day: country for *_, day, _, country in in_time}
        runs = [
            (country, next(days)[0])
            for country, days in groupby(sorted(by_day.items()), lambda item: item[1])
        ]
        ends = [first + timedelta(days=after - 1) for (_, _), (_, after) in pairwise(runs)]
        for (country, begin), end in zip(runs, [*ends, None], strict=False):
            expected.append((customer, country, first + timedelta(days=begin), end, end is None))
    assert sorted(found, key=lambda row: row[:1] + row[2:3]) == sorted(
        expected, key=lambda row: row[:1] + row[2:3]
    )
