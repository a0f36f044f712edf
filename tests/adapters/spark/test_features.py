"""Order features are the same on Spark as on pandas: equal to the last digit, on lines with and without a past."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.unit.pricing.features.order_rows import SPEND, config, frame, row

from work_data_hub.domain.kernel.frame_adapter import FrameEngine
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.features.build import order_features
from work_data_hub.domain.pricing.sample.frames import make_order_lines
from work_data_hub.io.spark.adapter import SparkFrameAdapter

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KEY = ["line_kind", "order_id", "order_line_id"]


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Generated lines, odd ones among them."""
    return make_order_lines(1_500, seed=11).sort_values("order_date", ignore_index=True)


def both(
    session: "SparkSession", lines: pd.DataFrame, past: pd.DataFrame | None, unit: BuConfig
) -> list[pd.DataFrame]:
    on_spark: FrameEngine = partial(SparkFrameAdapter.from_pandas, session=session)
    rows = (order_features(lines, past, unit), order_features(lines, past, unit, on_spark))
    return [found.sort_values(KEY, ignore_index=True) for found in rows]


def test_engines_give_equal_features(session: "SparkSession", lines: pd.DataFrame) -> None:
    cut = len(lines) // 2
    on_pandas, on_spark = both(session, lines.iloc[cut:], lines.iloc[:cut], config(SPEND))
    pd.testing.assert_frame_equal(on_spark, on_pandas, check_exact=True)
    assert np.mean(on_pandas["pair_lines_365"]) > 0
    assert set(on_pandas["customer_tier"]) == {"new", "silver", "gold"}


def test_a_line_without_any_past_is_told_alike(session: "SparkSession") -> None:
    on_pandas, on_spark = both(session, frame([row()]), None, config())
    pd.testing.assert_frame_equal(on_spark, on_pandas, check_exact=True)
    assert on_spark["cust_recency_days"].isna().all()
