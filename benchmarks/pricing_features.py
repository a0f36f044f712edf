"""What order features cost: a million lines through the pipeline on pandas, against a hand-written polars script."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks.figure import Figure, at_most, cpu_seconds, paired
from benchmarks.peers.pricing_features import features
from work_data_hub.config.pricing_loader import load_bu_config
from work_data_hub.domain.pricing.contracts.feature import FEATURES, NUMERIC
from work_data_hub.domain.pricing.features.build import order_features
from work_data_hub.domain.pricing.sample.frames import make_order_lines

LINES, QUICK_LINES = 1_000_000, 20_000
PAIRS, QUICK_PAIRS, BAR, SEED = 3, 5, 3.0, 42
# two libraries' logarithms and divisions differ in the last bits
TOLERANCE = 1e-12


def measure(quick: bool = False) -> list[Figure]:
    """Give the ratio of wall clocks; features that differ from the peer's do not hold."""
    lines = make_order_lines(QUICK_LINES if quick else LINES, SEED)
    unit = load_bu_config("BU1")
    floors = [int(floor) for floor in unit.segments.qty_band.floors]
    bare = pl.DataFrame(pa.Table.from_pandas(lines, preserve_index=False))
    kept: dict[str, Any] = {}
    ours = _keeping(kept, "ours", lambda: order_features(lines, None, unit))
    theirs = _keeping(kept, "theirs", lambda: features(bare, floors))
    theirs()
    ratio, seconds, bare_seconds = paired(ours, theirs, QUICK_PAIRS if quick else PAIRS, time.perf_counter)
    cpu, *_ = paired(ours, theirs, 1, cpu_seconds)
    found = at_most(
        "pricing_features",
        ratio,
        BAR,
        lines=len(lines),
        cpu_ratio=round(cpu, 3),
        seconds=[round(value, 2) for value in seconds],
        bare_seconds=[round(value, 2) for value in bare_seconds],
        differing=(differing := different(kept["ours"], kept["theirs"])),
    )
    if differing:
        return [Figure(found.name, found.value, found.bar, False, found.detail)]
    return [found]


def _keeping(kept: dict[str, Any], name: str, work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        kept[name] = work()

    return run


def different(ours: pd.DataFrame, theirs: pl.DataFrame) -> list[str]:
    """Name the features of which any line differs; both frames have the lines in the order they came in."""
    numbers = {column.name for column in NUMERIC}
    return [
        name
        for name in FEATURES
        if not (_close if name in numbers else _equal)(ours[name], theirs[name].to_pandas())
    ]


def _close(ours: pd.Series, theirs: pd.Series) -> bool:
    one, other = (np.asarray(pd.to_numeric(column).astype("float64")) for column in (ours, theirs))
    return np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)


def _equal(ours: pd.Series, theirs: pd.Series) -> bool:
    return bool(ours.astype(object).equals(theirs.astype(object)))
