"""Order features on Spark and on pandas: the number of values that differ, which must be none."""

import time
from pathlib import Path

import pandas as pd

from benchmarks.figure import Figure, at_most
from work_data_hub.config.pricing_loader import load_bu_config
from work_data_hub.domain.kernel.frame_adapter import FrameEngine, PandasFrameAdapter
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.features.build import order_features
from work_data_hub.domain.pricing.sample.frames import make_order_lines
from work_data_hub.io.spark.engine import SparkEngine
from work_data_hub.io.spark.session import SparkPlace

LINES, QUICK_LINES, SEED = 100_000, 2_000, 42
# what Maven has fetched once is kept there
HOME = Path(__file__).parents[1] / ".wdh"
KEY = ["line_kind", "order_id", "order_line_id"]


def measure(quick: bool = False) -> list[Figure]:
    """Give the number of differing values; how long each engine took is told beside it."""
    lines, unit = make_order_lines(QUICK_LINES if quick else LINES, SEED), load_bu_config("BU1")
    spark = SparkEngine(SparkPlace(HOME)).frame
    # the session starts outside the clock
    spark(lines[["order_id"]].head(1)).to_pandas()
    on_pandas, seconds = _timed(lines, unit, PandasFrameAdapter.from_pandas)
    on_spark, spark_seconds = _timed(lines, unit, spark)
    return [
        at_most(
            "pricing_spark",
            differing_values(on_pandas, on_spark),
            0,
            unit="differing values",
            lines=len(lines),
            rows=len(on_spark),
            seconds=seconds,
            spark_seconds=spark_seconds,
        )
    ]


def _timed(lines: pd.DataFrame, unit: BuConfig, engine: FrameEngine) -> tuple[pd.DataFrame, float]:
    began = time.perf_counter()
    rows = order_features(lines, None, unit, engine)
    seconds = round(time.perf_counter() - began, 2)
    return rows.sort_values(KEY, ignore_index=True), seconds


def differing_values(ours: pd.DataFrame, theirs: pd.DataFrame) -> int:
    """Count the values that are not the same, nulls included; frames of other rows differ in all."""
    if len(ours) != len(theirs):
        return ours.size
    both_missing = ours.isna() & theirs.isna()
    return int((~(ours.eq(theirs).fillna(value=False) | both_missing)).to_numpy(bool).sum())
