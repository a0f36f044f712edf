"""Scoring: the tables' columns, exact prices, words that explain, and no look at what is known after the sale."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from tests.unit.pricing.bu_config import bu_config
from tests.unit.pricing.fake_model import FakeModel
from tests.unit.pricing.feature_rows import feature_row, features, given

from work_data_hub.domain.kernel.contract import Role, TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_DEAL, PRICE_RECS_LINE
from work_data_hub.domain.pricing.policy.guardrails import GuardrailPolicy
from work_data_hub.domain.pricing.scoring.contract import SCORING_COLUMNS
from work_data_hub.domain.pricing.scoring.pipeline import PriceInferencePipeline

HISTORY = given(*(f"0.{n:02d}" for n in range(1, 41)))


def pipeline(model: FakeModel | None = None, **rules: Any) -> PriceInferencePipeline:
    config = bu_config({"cap_percentile": 0.9, **rules})
    return PriceInferencePipeline(config, model or FakeModel(), GuardrailPolicy.fit(HISTORY, config), "abc")


def one(model: FakeModel | None = None, **line: Any) -> dict[str, Any]:
    lines, _ = pipeline(model).run(features(feature_row(**line)))
    return {str(name): value for name, value in lines.iloc[0].items()}


def has_types_of(contract: TableContract, frame: pd.DataFrame) -> bool:
    kept = [c for c in contract.columns if c.role is not Role.STAMP]
    found = [(str(name), pa.array(frame[name]).type) for name in frame.columns]
    return found == [(c.name, c.dtype) for c in kept]


def test_results_have_exactly_the_contracts_columns_and_types() -> None:
    lines, deals = pipeline().run(features(feature_row(1), feature_row(2, line_kind="quote")))
    assert has_types_of(PRICE_RECS_LINE, lines)
    assert has_types_of(PRICE_RECS_DEAL, deals)
    required = [c.name for c in PRICE_RECS_LINE.columns if not c.nullable and c.role is not Role.STAMP]
    assert not lines[required].isna().any().any()


def test_no_line_gives_no_recommendation() -> None:
    lines, deals = pipeline().run(features())
    assert has_types_of(PRICE_RECS_LINE, lines)
    assert has_types_of(PRICE_RECS_DEAL, deals)
    assert lines.empty
    assert deals.empty


def test_a_line_carries_band_prices_and_versions() -> None:
    row = one(list_price=Decimal("19.99"))
    assert [row[f"disc_q_0_{q}"] for q in (10, 50, 90)] == [Decimal("0.08"), Decimal("0.14"), Decimal("0.21")]
    assert [row[f"rec_price_q_0_{q}"] for q in (10, 50, 90)] == [
        Decimal("18.390800"),
        Decimal("17.191400"),
        Decimal("15.792100"),
    ]
    assert (row["model_name"], row["model_version"], row["feature_version"]) == (
        "price_rec_BU1",
        "abc",
        "1.0.0",
    )
    assert row["policy_version"] == pipeline().policy.version
    assert row["calibration_offset"] == 0.01
    assert row["bound_by"] is None or row["bound_by"] is pd.NA


def test_the_answer_explains_itself() -> None:
    row = one()
    assert row["justification"] == (
        "Usual discount 8 to 21 %, median 14 %. 40 similar lines (tools | DE | B | 10-99): middle half 10 to 30 %. "
        "Mostly: customer's discount (+3.1 points), quantity (log) (-1.2 points)."
    )
    assert json.loads(row["drivers"]) == [
        {"feature": "cust_discount_365", "effect": 0.031},
        {"feature": "log_quantity", "effect": -0.012},
        {"feature": "country", "effect": 0.0001},
    ]


def test_a_bound_band_says_what_bound_it() -> None:
    row = one(FakeModel((0.08, 0.14, 0.5)))
    assert (row["bound_by"], row["cap_hit"], row["cap"]) == ("cap:segment@q0.9", True, Decimal("0.36"))
    assert (row["raw_q_0_90"], row["disc_q_0_90"]) == (Decimal("0.5"), Decimal("0.36"))
    assert "Cap of the segment bound P90." in row["justification"]
    single = one(FakeModel((0.5, 0.6, 0.7)))
    assert single["band_collapsed"]
    assert single["justification"].startswith("Usual discount 36 %, without a range.")


def test_new_parties_and_thin_segments_are_told() -> None:
    row = one(region="FR", cust_lines_365=None, prod_lines_365=0.0)
    assert (row["unseen_customer"], row["unseen_product"]) == (True, True)
    assert (row["limit_level"], row["limit_segment"], row["support"]) == (1, "tools", 40)
    assert "40 lines of the wider segment tools, for too few in the line's own" in row["justification"]
    assert "New customer" in row["justification"]
    assert "New product" in row["justification"]
    assert one(product_family="toys")["limit_level"] == 0
    assert "of the whole business unit" in one(product_family="toys")["justification"]


def test_drivers_that_round_to_nothing_are_not_named() -> None:
    row = one(FakeModel(effects=(0.0001, 0.0, 0.0)))
    assert "Mostly" not in row["justification"]
    assert row["justification"].endswith("%.")


@pytest.mark.parametrize("after", ["discount_pct", "usable", "sell_price"])
def test_what_is_known_after_the_sale_is_not_needed(after: str) -> None:
    frame = features(feature_row(1), feature_row(2))
    assert after not in SCORING_COLUMNS
    plain = pipeline().run(frame)
    without = pipeline().run(frame.drop(columns=after, errors="ignore"))
    assert plain[0].equals(without[0])
    assert plain[1].equals(without[1])


@settings(max_examples=8, deadline=None)
@for_all(
    sold=st.lists(st.decimals(-5, 500, places=2) | st.none(), min_size=3, max_size=3),
    usable=st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_results_are_the_same_whatever_lines_were_sold_for(
    sold: list[Decimal | None], usable: list[bool]
) -> None:
    frame = features(*(feature_row(n) for n in range(3)))
    model = FakeModel()
    plain = pipeline(model).run(frame)
    told = frame.assign(
        sell_price=pd.Series(sold, dtype=object),
        discount_pct=pd.Series(sold, dtype=object),
        usable=pd.Series(usable),
    )
    after = pipeline(model).run(told)
    assert plain[0].equals(after[0])
    assert plain[1].equals(after[1])
    assert not {"sell_price", "discount_pct", "usable"} & {name for names in model.seen for name in names}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(PermanentError, match="no cust_discount_365"):
        pipeline().run(features(feature_row()).drop(columns="cust_discount_365"))


def test_a_model_without_the_median_is_refused() -> None:
    with pytest.raises(PermanentError, match="no quantile"):
        pipeline(FakeModel(quantiles=(0.1, 0.4, 0.9))).run(features(feature_row()))


def test_a_prediction_that_is_no_number_is_refused() -> None:
    with pytest.raises(PermanentError, match="not a number"):
        pipeline(FakeModel((0.1, float("nan"), 0.3))).run(features(feature_row()))


def test_a_deal_is_as_of_the_latest_of_its_lines() -> None:
    days = {"1": date(2025, 3, 5), "2": date(2025, 3, 7), "3": date(2025, 3, 6)}
    _, deals = pipeline().run(
        features(*(feature_row(1, order_line_id=line, order_date=day) for line, day in days.items()))
    )
    assert deals["asof_date"].tolist() == [date(2025, 3, 7)]


def test_deals_put_lines_together_and_a_single_line_is_its_deal() -> None:
    lines, deals = pipeline().run(
        features(
            feature_row(1, order_line_id="1", list_price=Decimal(100)),
            feature_row(1, order_line_id="2", list_price=Decimal(300), cust_discount_365=1.04),
            feature_row(1, order_line_id="1", line_kind="quote", cust_discount_365=1.04),
            feature_row(2, cust_discount_365=1.3),
        )
    )
    found = deals.set_index(["line_kind", "order_id"])
    assert found.loc[("order", "O1"), "deal_disc_q_0_50"] == Decimal("0.17")  # (0.14 + 3 x 0.18) / 4
    assert found.loc[("order", "O1"), "line_count"] == 2
    assert found.loc[("order", "O1"), "deal_value"] == Decimal(4000)
    assert found.loc[("quote", "O1"), "deal_disc_q_0_50"] == Decimal("0.18")
    single = lines[(lines["order_id"] == "O2").to_numpy(bool)].iloc[0]
    assert found.loc[("order", "O2"), "deal_disc_q_0_90"] == single["disc_q_0_90"]
    assert found.loc[("order", "O2"), "cap_share"] == 1.0
    assert found.loc[("order", "O1"), "cap_share"] == 0.0
