"""The feature table of a month: its rows, its types, what it asks for and what it refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.pricing.features.order_rows import FRIDAY, SPEND, config, frame, row

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.errors import InputRefusedError
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.config import PricingConfig
from work_data_hub.domain.pricing.contracts.feature import FEATURES, ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.features.build import (
    ORDER_FEATURES_INPUTS,
    make_order_features,
    order_features,
)
from work_data_hub.domain.pricing.features.required import REQUIRED_SCORING

MONTH = Period.parse("2020-12")


def made(lines: pd.DataFrame, past: pd.DataFrame | None = None) -> Outcome:
    names = [ref.name for ref in ORDER_FEATURES_INPUTS]
    frames = {name: given for name, given in zip(names, (lines, past), strict=True) if given is not None}
    units = PricingConfig(start_month="2020-01", units={"BU1": config()})
    return make_order_features(BuildContext(MONTH, frames, units, member="BU1"))


def test_rows_have_the_contracts_columns_and_types() -> None:
    outcome = made(frame([row(), row(line_kind="quote", negotiated=True)]), frame([row()]))
    business = [column.name for column in ORDER_FEATURES.columns if column.role is not Role.STAMP]
    assert list(outcome.accepted.columns) == business
    stamped = outcome.accepted.assign(run_id=pd.Series(["r"] * 2, dtype=pd.ArrowDtype(pa.string())))
    assert to_arrow(ORDER_FEATURES, stamped).schema.equals(ORDER_FEATURES.arrow_schema)
    assert outcome.counts.balanced


def test_lines_without_list_price_or_quantity_are_skipped_and_counted() -> None:
    odd = [
        row(list_price=None),
        row(list_price=Decimal(0)),
        row(quantity=Decimal(-3)),
        row(quantity=Decimal(0)),
    ]
    outcome = made(frame([row(), *odd]))
    assert (outcome.counts.read, outcome.counts.published, outcome.counts.skipped) == (5, 1, 4)
    assert outcome.facts["metrics"] == {
        "orders": 1,
        "quotes": 0,
        "usable": 1,
        "without_price_or_quantity": 4,
    }


@pytest.mark.parametrize("lines", [[], [row(quantity=Decimal(-1))]])
def test_a_month_without_a_fit_line_is_empty(lines: list[dict[str, object]]) -> None:
    outcome = made(frame(lines))
    assert outcome.accepted.empty
    assert outcome.counts.skipped == len(lines)


def test_the_inputs_are_the_month_and_what_was_before_it() -> None:
    month, before = ORDER_FEATURES_INPUTS
    assert month.contract is before.contract is ORDER_LINE
    assert before.scope(MONTH, "BU1").before == ("period", date(2020, 12, 1))
    assert "sell_price" not in {*month.columns, *before.columns}
    assert {*month.columns, *before.columns} <= set(ORDER_LINE.column_names)


def test_a_quote_without_outcome_columns_has_the_features_of_the_same_order() -> None:
    past = frame([row(order_date=FRIDAY - timedelta(3), discount_pct=Decimal("0.4"))])
    quote = frame([row(line_kind="quote")]).drop(
        columns=["sell_price", "discount_pct", "usable", "unit_cost"]
    )
    told = order_features(quote, past, config())
    sold = order_features(frame([row()]), past, config())
    pd.testing.assert_frame_equal(told[list(FEATURES)], sold[list(FEATURES)])
    assert told["discount_pct"].isna().all()
    assert not told["usable"].any()
    assert told["pair_last_discount"].tolist() == [0.4]


def test_the_target_is_told_for_lines_that_train_alone() -> None:
    rows = order_features(frame([row(), row(usable=False)]), None, config())
    assert rows["discount_pct"].isna().tolist() == [False, True]


def test_outcomes_can_be_told_by_the_sell_price() -> None:
    past = frame([row(order_date=FRIDAY - timedelta(3))]).drop(columns=["discount_pct", "usable"])
    assert order_features(frame([row()]), past, config())["cust_discount_365"].tolist() == [0.2]


@pytest.mark.parametrize("name", [*REQUIRED_SCORING, "product_family", "region", "customer_tier"])
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(InputRefusedError, match=f"{name} is not there") as refused:
        order_features(frame([row()]).drop(columns=name), None, config())
    assert refused.value.where is not None
    assert refused.value.where.column == name


def test_a_tier_that_a_rule_gives_need_not_be_there() -> None:
    rows = order_features(frame([row()]).drop(columns="customer_tier"), None, config(SPEND))
    assert rows["customer_tier"].tolist() == ["new"]


@pytest.mark.parametrize("missing", [["product_id"], ["discount_pct", "sell_price"]])
def test_a_past_that_tells_too_little_is_refused(missing: list[str]) -> None:
    with pytest.raises(InputRefusedError, match="past order lines"):
        order_features(frame([row()]), frame([row()]).drop(columns=missing), config())


@pytest.mark.parametrize("name", ["customer_id", "product_id", "order_date"])
def test_a_missing_value_of_a_key_is_refused(name: str) -> None:
    with pytest.raises(InputRefusedError, match=f"1 lines have no {name}"):
        order_features(frame([row(**{name: None})]), None, config())


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 1)])
def test_a_day_beyond_reason_is_refused(day: date) -> None:
    with pytest.raises(InputRefusedError, match="out of range"):
        order_features(frame([row(order_date=day)]), None, config())


def test_amounts_too_large_for_exact_sums_are_refused() -> None:
    line = row(list_value=Decimal(9000000000000))
    with pytest.raises(InputRefusedError, match="too large for exact sums"):
        order_features(frame([line] * 200), None, config())


def test_a_missing_segment_value_is_unknown() -> None:
    rows = order_features(frame([row(product_family=None, region=None, customer_tier=None)]), None, config())
    assert rows[["product_family", "region", "customer_tier"]].to_numpy().tolist() == [["unknown"] * 3]
