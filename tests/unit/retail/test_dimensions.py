"""The dimensions: every day, product and customer once, with its unknown member."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retail.gold_rows import made
from tests.unit.retail.silver_rows import Row, column, frame, metric, records

from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.gold import CUSTOMER_DIM, DATE_DIM, PRODUCT_DIM
from work_data_hub.domain.retail.contracts.silver import (
    CATEGORY_MAP,
    CUSTOMER_XWALK,
    PRODUCT_XWALK,
    SOURCE_CUSTOMER,
    SOURCE_PRODUCT,
)
from work_data_hub.domain.retail.gold.dimensions import (
    CUSTOMER_DIM_INPUTS,
    DATE_DIM_INPUTS,
    PRODUCT_DIM_INPUTS,
    make_customer_dim,
    make_date_dim,
    make_product_dim,
)

DAYS = st.dates(date(2009, 1, 1), date(2030, 12, 31))


def dated(*spans: tuple[date | None, date | None]) -> Outcome:
    rows = [{"first_order_date": first, "last_order_date": last} for first, last in spans]
    frames = {"source_product": frame(SOURCE_PRODUCT, rows)}
    return made(DATE_DIM, DATE_DIM_INPUTS, make_date_dim, frames, month=None)


@given(DAYS, st.integers(0, 400))
def test_every_day_is_as_the_calendar_has_it(first: date, length: int) -> None:
    unknown, *rows = records(dated((first, first), (None, None), (first, first + timedelta(length))).accepted)
    assert (unknown["date_key"], unknown["day"], unknown["year"]) == (-1, None, None)
    days = [first + timedelta(number) for number in range(length + 1)]
    assert [row["day"] for row in rows] == days
    for row in (rows[0], rows[-1], rows[length // 2]):
        day: date = row["day"]
        assert row["date_key"] == int(f"{day:%Y%m%d}")
        assert (row["year"], row["month"], row["quarter"]) == (day.year, day.month, (day.month + 2) // 3)
        assert (row["iso_week"], row["weekday"]) == day.isocalendar()[1:]
        assert (row["month_start"], row["is_weekend"]) == (day.replace(day=1), day.isoweekday() > 5)


def test_without_an_order_there_is_no_day() -> None:
    assert column(dated((None, None)), "date_key") == [-1]
    assert column(dated(), "date_key") == [-1]


def product_dim(*products: Row, categories: list[Row], walk: list[Row]) -> Outcome:
    frames = {
        "source_product": frame(SOURCE_PRODUCT, products),
        "category_map": frame(CATEGORY_MAP, categories),
        "product_xwalk": frame(PRODUCT_XWALK, walk),
    }
    return made(PRODUCT_DIM, PRODUCT_DIM_INPUTS, make_product_dim, frames, month=None)


def known(system: str, code: str, **columns: Any) -> Row:
    return {"source_system": system, "source_product_id": code, **columns}


def test_products_get_their_category_and_unified_id() -> None:
    outcome = product_dim(
        known("EUROSTYLE", "1", product_name="MUG", item_kind="product"),
        known("CONTOSO", "1", product_name="Dress", item_kind="product", color="Red"),
        known("EUROSTYLE", "2", item_kind="product"),
        known("EUROSTYLE", "POST", item_kind="fee"),
        known("EUROSTYLE", "M", item_kind="adjustment"),
        categories=[
            known("EUROSTYLE", "1", unified_category="Kitchen and dining"),
            known("CONTOSO", "1", unified_category="Apparel"),
            known("EUROSTYLE", "2", unified_category="Unmapped"),
        ],
        walk=[known("CONTOSO", "1", unified_product_id="P-1", status="matched")],
    )
    unknown, *rows = records(outcome.accepted)
    assert (unknown["product_sk"], unknown["source_system"], unknown["category"]) == (-1, None, "Unmapped")
    found = {(row["source_system"], row["source_product_id"]): row for row in rows}
    assert {key: row["category"] for key, row in found.items()} == {
        ("EUROSTYLE", "1"): "Kitchen and dining",
        ("CONTOSO", "1"): "Apparel",
        ("EUROSTYLE", "2"): "Unmapped",
        ("EUROSTYLE", "POST"): "Fees",
        ("EUROSTYLE", "M"): "Adjustments",
    }
    dress = found["CONTOSO", "1"]
    assert (dress["unified_product_id"], dress["crosswalk_status"], dress["color"]) == (
        "P-1",
        "matched",
        "Red",
    )
    assert found["EUROSTYLE", "1"]["unified_product_id"] is None
    assert (metric(outcome, "products.EUROSTYLE"), metric(outcome, "unmapped.EUROSTYLE")) == (4, 1)


def customers(*rows: Row, walk: list[Row] | None = None) -> Outcome:
    frames: dict[str, pd.DataFrame] = {
        "source_customer": frame(SOURCE_CUSTOMER, rows),
        "customer_xwalk": frame(CUSTOMER_XWALK, walk or []),
    }
    return made(CUSTOMER_DIM, CUSTOMER_DIM_INPUTS, make_customer_dim, frames, month=None)


def lived(country: str, since: date, until: date | None, **columns: Any) -> Row:
    usual = {"source_system": "EUROSTYLE", "source_customer_id": "12431", "is_current": until is None}
    return {**usual, "country_name": country, "valid_from": since, "valid_to": until, **columns}


def test_each_time_of_one_country_is_a_row_of_its_own() -> None:
    moved = date(2010, 6, 1)
    told = {"source_system": "EUROSTYLE", "source_customer_id": "12431"}
    outcome = customers(
        lived("Australia", date(2009, 12, 1), moved - timedelta(1)),
        lived("Belgium", moved, None),
        lived("Italy", moved, None, source_system="CONTOSO", age_range="26-35"),
        walk=[{**told, "unified_customer_id": "EUROSTYLE:12431", "status": "unmatched"}],
    )
    unknown, *rows = records(outcome.accepted)
    assert (unknown["customer_sk"], unknown["country_code"], unknown["region"]) == (-1, "ZZ", "Other")
    assert unknown["is_current"]
    places = [(row["country_code"], row["region"], row["unified_customer_id"]) for row in rows]
    assert places == [
        ("AU", "Other", "EUROSTYLE:12431"),
        ("BE", "North", "EUROSTYLE:12431"),
        ("IT", "South", None),
    ]
    assert len({row["customer_sk"] for row in rows}) == 3
    assert (metric(outcome, "customers.EUROSTYLE"), metric(outcome, "earlier_countries")) == (1, 1)


def test_a_country_that_nobody_configured_is_nowhere() -> None:
    rows = records(customers(lived("Atlantis", date(2010, 1, 1), None)).accepted)
    assert (rows[1]["country_code"], rows[1]["region"]) == ("ZZ", "Other")


def test_without_customers_there_is_the_unknown_one() -> None:
    assert column(customers(), "customer_sk") == [-1]
