"""What the quality log tells of the files as they came, against counting by hand."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import EARLIER, GOOD_LINE, LATER, Row, eurostyle, frame, items, numbered

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.retail.bronze.contoso_profiles import (
    campaigns_profile,
    customers_profile,
    items_profile,
    products_profile,
    rates_profile,
    sales_profile,
    stock_profile,
)
from work_data_hub.domain.retail.bronze.profiles import eurostyle_profile
from work_data_hub.domain.retail.contracts.bronze import (
    CONTOSO_CAMPAIGNS,
    CONTOSO_CUSTOMERS,
    CONTOSO_PRODUCTS,
    CONTOSO_SALES,
    CONTOSO_STOCK,
    EXCHANGE_RATES,
)
from work_data_hub.domain.retail.silver.eurostyle_cells import RAW

PREFIXES = {EARLIER: "year_2009_2010.", LATER: "year_2010_2011."}
lines = st.lists(
    st.fixed_dictionaries(
        {
            "sheet": st.sampled_from([EARLIER, LATER]),
            "invoice": st.sampled_from(["1", "2", "C3", "A4"]),
            "stock_code": st.sampled_from(["85123a", "85123A", "TEST001", "test2"]),
            "description": st.sampled_from([None, " padded", "plain", "padded "]),
            "quantity": st.sampled_from(["1", "-2", "80995", "x"]),
            "price": st.sampled_from(["0", "2.55", "-1.005"]),
            "customer_id": st.sampled_from(["13085", None]),
            "country": st.sampled_from(["EIRE", "France"]),
        }
    ),
    min_size=1,
    max_size=12,
)


@given(lines)
def test_each_sheet_is_counted_as_by_hand(changes: list[Row]) -> None:
    told = eurostyle_profile(eurostyle(*changes))
    every = [{**GOOD_LINE, **change} for change in changes]
    assert told["rows"] == len(every)
    for sheet in {line["sheet"] for line in every}:
        own = [line for line in every if line["sheet"] == sheet]
        found = {name: told[PREFIXES[sheet] + name] for name in by_hand(own)}
        assert found == pytest.approx(by_hand(own))
    late = {line["invoice"] for line in every if line["sheet"] == LATER}
    early = [line["invoice"] for line in every if line["sheet"] == EARLIER]
    assert told["overlap_lines"] == sum(invoice in late for invoice in early)
    assert told["overlap_invoices"] == len(late & set(early))


def by_hand(own: list[dict[str, Any]]) -> dict[str, float]:
    numbers = [
        (0 if line["quantity"] == "x" else int(line["quantity"]), Decimal(line["price"])) for line in own
    ]
    prefixes = [line["invoice"][0] for line in own]
    texts = [line["description"] for line in own]
    rows = [tuple(line[name] for name in RAW) for line in own]
    return {
        "rows": len(own),
        "invoices": len({line["invoice"] for line in own}),
        "stock_codes": len({line["stock_code"] for line in own}),
        "stock_codes_upper": len({line["stock_code"].upper() for line in own}),
        "customers": len({line["customer_id"] for line in own} - {None}),
        "countries": len({line["country"] for line in own}),
        "customer_missing": sum(line["customer_id"] is None for line in own),
        "description_missing": texts.count(None),
        "description_padded": sum(text is not None and text != text.strip() for text in texts),
        "cancellation_lines": prefixes.count("C"),
        "adjustment_lines": prefixes.count("A"),
        "negative_without_c": sum(q < 0 and p != "C" for (q, _), p in zip(numbers, prefixes, strict=True)),
        "positive_cancellations": sum(
            q > 0 and p == "C" for (q, _), p in zip(numbers, prefixes, strict=True)
        ),
        "zero_price": sum(price == 0 for _, price in numbers),
        "negative_price": sum(price < 0 for _, price in numbers),
        "identical_duplicates": len(rows) - len(set(rows)),
        "test_code_lines": sum(line["stock_code"].upper().startswith("TEST") for line in own),
        "quantity_largest": max(0, *(quantity for quantity, _ in numbers)) if numbers else 0,
        "unreadable_numbers": sum(line["quantity"] == "x" for line in own),
        "control_sum": float(sum(quantity * price for quantity, price in numbers)),
    }


def test_without_lines_there_is_nothing_to_tell() -> None:
    assert eurostyle_profile(eurostyle()) == {"rows": 0, "overlap_lines": 0, "overlap_invoices": 0}


def told(contract: TableContract, profile: Callable[[pd.DataFrame], Mapping[str, float]], *rows: Row) -> Any:
    return dict(profile(frame(contract, numbered({}, rows))))


def test_gaps_between_sale_ids_are_counted() -> None:
    sales = [
        {
            "sale_id": number,
            "customer_id": buyer,
            "channel": "App Mobile",
            "sale_date": "2025-05-04",
            "total_amount": "1.5",
        }
        for number, buyer in (("1", "7"), ("4", "8"), ("6", "7"))
    ]
    found = told(CONTOSO_SALES, sales_profile, *sales)
    assert found == {
        "sales": 3,
        "sale_id_largest": 6,
        "sale_id_gaps": 3,
        "buyers": 2,
        "days": 1,
        "channel.App Mobile": 3,
        "total_amount": 4.5,
    }


def test_campaign_values_are_told_by_how_they_are_written() -> None:
    rows = [
        {"discount_type": kind, "discount_value": value}
        for kind, value in (("Percentage", "10.00%"), ("Fixed", "10"), ("Fixed", "12"), ("Percentage", "12"))
    ]
    assert told(CONTOSO_CAMPAIGNS, campaigns_profile, *rows, {}) == {
        "percentage_campaign_values": 1,
        "fixed_campaign_values": 3,
        "values_unlike_their_type": 1,
    }


def test_the_words_of_the_items_are_counted() -> None:
    found = items_profile(items({}, {"item_id": "2", "channel_campaigns": "Email", "discount_percent": None}))
    assert found["campaign_channel.Email"] == found["campaign_channel.Website Banner"] == 1
    assert (found["items"], found["sales"], found["percentage_discounts"], found["item_total"]) == (
        2,
        1,
        1,
        140,
    )


def test_the_other_files_are_counted_by_their_words() -> None:
    stock = told(
        CONTOSO_STOCK,
        stock_profile,
        *({"country": c, "product_id": "1", "stock_quantity": "3"} for c in "FG"),
    )
    assert (stock["stock_countries"], stock["country.F"], stock["units"]) == (2, 1, 6)
    products = told(
        CONTOSO_PRODUCTS, products_profile, {"product_id": "1", "category": "Pants", "brand": "Tiva"}
    )
    assert (products["categories"], products["labels"], products["genders"]) == (1, 1, 0)
    customers = told(CONTOSO_CUSTOMERS, customers_profile, {"customer_id": "1", "country": "Italy"}, {})
    assert (customers["customers"], customers["country.Italy"]) == (1, 1)
    rates = told(EXCHANGE_RATES, rates_profile, {"rate_date": "2011-12-09", "currency": "GBP"})
    assert rates == {"currencies": 1, "days": 1}
