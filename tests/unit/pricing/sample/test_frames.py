"""The frames for figures: exactly the contract's types and rows, discounts as order_line has them, true quantiles."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from work_data_hub.domain.pricing.contracts.silver import EXCLUSIONS, ORDER_LINE
from work_data_hub.domain.pricing.sample.frames import make_order_lines, make_truth_frame
from work_data_hub.domain.pricing.sample.law import DiscountLaw


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return make_order_lines(5_000, 3)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return make_truth_frame(30_000, 3)


@pytest.mark.parametrize("rows", [400, 1_000, 5_000])
def test_there_are_as_many_rows_as_asked_for(rows: int) -> None:
    assert len(make_order_lines(rows, 1)) == len(make_truth_frame(rows, 1)) == rows


def test_order_lines_have_the_contracts_types(lines: pd.DataFrame) -> None:
    stamps = {"run_id", "ingested_at"}
    expected = {f.name: f.type for f in ORDER_LINE.arrow_schema if f.name not in stamps}
    assert {name: dtype.pyarrow_dtype for name, dtype in lines.dtypes.items()} == expected
    required = [name for name in expected if not ORDER_LINE.column(name).nullable]
    assert not lines[required].isna().any().any()
    assert not lines.duplicated(list(ORDER_LINE.primary_key)).any()


def test_discounts_and_values_are_those_of_order_line(lines: pd.DataFrame) -> None:
    step = Decimal("0.000001")
    rows: list[dict[Any, Any]] = pa.Table.from_pandas(lines).to_pylist()
    for row in rows:
        price, sell = row["list_price"], row["sell_price"]
        value = None if price is None else price * row["quantity"]
        assert row["list_value"] == value
        share = None if not price or sell is None else (1 - sell / price).quantize(step, ROUND_HALF_UP)
        assert row["discount_pct"] == share


def test_what_is_not_usable_says_why(lines: pd.DataFrame) -> None:
    assert (lines["usable"] == lines["exclusion"].isna()).all()
    assert set(lines["exclusion"].dropna()) == {*EXCLUSIONS} - {"quote"}
    assert lines.loc[lines["usable"], "discount_pct"].notna().all()


def test_true_quantiles_are_those_of_the_law_and_hold_the_discounts(truth: pd.DataFrame) -> None:
    law = DiscountLaw.of(truth)
    for name, p in (("true_q_0_10", 0.1), ("true_q_0_50", 0.5), ("true_q_0_90", 0.9)):
        assert truth[name].to_numpy() == pytest.approx(law.quantile(p))
    free = truth[~truth["negotiated"]]
    held = free["discount_pct"].between(free["true_q_0_10"], free["true_q_0_90"])
    assert held.mean() == pytest.approx(0.8, abs=0.011)
    for _, tier in held.groupby(free["customer_tier"]):
        assert tier.mean() == pytest.approx(0.8, abs=0.03)
    bound = truth[truth["negotiated"]]
    assert (bound["discount_pct"] == bound["contract_discount"]).all()


def test_the_features_tell_all_that_the_law_depends_on(truth: pd.DataFrame) -> None:
    keys = ["product_family", "region", "customer_tier", "qty_band", "customer_effect", "price_risen"]
    groups = truth.groupby(keys)[["law_low", "law_span"]]
    assert (groups.max() - groups.min()).to_numpy().max() == pytest.approx(0, abs=1e-12)


def test_there_are_40_families_and_4_tiers(truth: pd.DataFrame) -> None:
    assert truth["product_family"].nunique() == 40
    assert truth["customer_tier"].nunique() == 4
    assert truth["order_date"].is_monotonic_increasing


def test_the_same_seed_gives_the_same_frame() -> None:
    pd.testing.assert_frame_equal(make_truth_frame(500, 7), make_truth_frame(500, 7))
    assert not make_truth_frame(500, 8)["discount_pct"].equals(make_truth_frame(500, 7)["discount_pct"])
