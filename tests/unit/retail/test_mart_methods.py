"""The banner of every mart, and the record that marts carry."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.unit.retail.gold_rows import made
from tests.unit.retail.silver_rows import config, frame, metric, rates, records

from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.gold import MART_METHODS, ORDERS_DAILY
from work_data_hub.domain.retail.gold.mart_methods import MART_METHODS_INPUTS, make_mart_methods
from work_data_hub.domain.retail.rules.methods import BrandBasis, margin_words, methods_record


def day_row(day: date, system: str, method: str, orders: int = 1) -> dict[str, Any]:
    return {"order_date": day, "source_system": system, "orders": orders, "margin_method": method}


def banner(*rows: dict[str, Any]) -> Outcome:
    frames = {"fx_rate": rates(), "orders_daily": frame(ORDERS_DAILY, rows)}
    return made(MART_METHODS, MART_METHODS_INPUTS, make_mart_methods, frames, month=None)


OLD, OLDEST = date(2011, 12, 9), date(2009, 12, 1)
NEW, NEWEST = date(2025, 4, 4), date(2025, 6, 17)
BOTH = (
    day_row(OLDEST, "EUROSTYLE", "Estimated"),
    day_row(OLD, "EUROSTYLE", "Estimated"),
    day_row(date(2012, 1, 5), "EUROSTYLE", "Estimated", orders=0),
    day_row(NEW, "CONTOSO", "Actual"),
    day_row(NEWEST, "CONTOSO", "Actual"),
)


def test_each_mart_says_its_days_rate_and_methods_by_brand() -> None:
    outcome = banner(*BOTH)
    found = {(row["mart"], row["source_system"]): row for row in records(outcome.accepted)}
    sales = found["sales_daily", "EUROSTYLE"]
    assert (sales["first_day"], sales["last_day"], sales["as_of_date"]) == (OLDEST, OLD, OLD)
    assert (sales["currency"], sales["fx_rate"]) == ("EUR", Decimal("0.85315"))
    assert (sales["fx_valuation_date"], sales["fx_source"]) == (OLD, "a bank")
    assert sales["margin_method"].startswith("Estimated: 40 % of GMV paid; by category Apparel 35 %")
    assert sales["notes"].startswith("Estimated margin. The brands do not overlap in time.")
    assert found["orders_daily", "CONTOSO"]["margin_method"] == "Actual: GMV paid minus cost"
    assert found["orders_daily", "CONTOSO"]["notes"].startswith("The brands do not overlap in time.")
    rule = "no order for more than 90 days at the brand's own as-of day"
    assert found["customer_360", "CONTOSO"]["churn_rule"] == rule
    assert (found["customer_360", "CONTOSO"]["margin_method"], sales["churn_rule"]) == (
        "not shown",
        "not shown",
    )
    assert found["customer_360", "CONTOSO"]["as_of_date"] == NEWEST
    assert metric(outcome, "brands") == 2


def test_brands_that_share_days_are_not_said_to_be_apart() -> None:
    rows = records(banner(*BOTH, day_row(OLDEST, "CONTOSO", "Actual")).accepted)
    assert not any("overlap" in row["notes"] for row in rows)


def test_a_brand_alone_has_nobody_to_overlap_with() -> None:
    rows = records(banner(*BOTH[:2]).accepted)
    assert {row["source_system"] for row in rows} == {"EUROSTYLE"}
    assert not any("overlap" in row["notes"] for row in rows)


def test_a_rate_of_the_day_before_is_said() -> None:
    fx = rates().assign(rate_date=frame(ORDERS_DAILY, [{"order_date": date(2011, 12, 8)}] * 2)["order_date"])
    frames = {"fx_rate": fx, "orders_daily": frame(ORDERS_DAILY, BOTH)}
    outcome = made(MART_METHODS, MART_METHODS_INPUTS, make_mart_methods, frames, month=None)
    assert all("The rate is of 2011-12-08" in row["notes"] for row in records(outcome.accepted))


def test_without_an_order_there_is_no_banner() -> None:
    assert len(banner().accepted) == 0


def test_a_record_is_made_of_plain_values() -> None:
    basis = {
        "EUROSTYLE": BrandBasis(OLDEST, OLD, Decimal("0.85315000"), as_of=OLD),
        "CONTOSO": BrandBasis(NEW, NEWEST, Decimal(10), margin="Actual: GMV paid minus cost"),
    }
    assert methods_record(config(), basis, churn=True) == {
        "first_day": "2009-12-01",
        "last_day": "2025-06-17",
        "as_of": {"EUROSTYLE": "2011-12-09"},
        "currency": "EUR",
        "fx_valuation_date": "2011-12-09",
        "fx_rate": {"EUROSTYLE": "0.85315", "CONTOSO": "10"},
        "fx_source": "ECB euro foreign exchange reference rates",
        "margin_method": {"EUROSTYLE": "not shown", "CONTOSO": "Actual: GMV paid minus cost"},
        "churn_rule": "no order for more than 90 days at the brand's own as-of day",
    }


def test_margins_of_both_methods_say_so() -> None:
    said = margin_words(config(), "CONTOSO", {"Actual", "Estimated"})
    assert said == "Actual: GMV paid minus cost; Estimated where a sale's cost is unknown: 40 % of GMV paid"
