"""Nothing a feature tells may be known later than its line's day; and these tests notice when one does."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pricing.features.laws import (
    same_with_other_outcome,
    same_with_others_later,
    same_without_later,
)
from tests.unit.pricing.features.order_rows import FRIDAY, OFFSETS, many_lines, row

from work_data_hub.domain.kernel.frame_adapter import FrameAdapter
from work_data_hub.domain.pricing.features import build, orders, windows
from work_data_hub.domain.pricing.features.figures import Measures, numeric_features
from work_data_hub.domain.pricing.features.windows import Window

days = st.sampled_from([FRIDAY + timedelta(offset) for offset in OFFSETS])
TUESDAY = FRIDAY + timedelta(4)
SOLD_FOR_ANOTHER_PRICE = {"sell_price": Decimal(1), "discount_pct": Decimal("0.99")}


def a_week() -> list[dict[str, Any]]:
    """Give lines of one customer and product on a Tuesday, the day after and a week later."""
    return [
        row(order_date=TUESDAY),
        row(order_date=TUESDAY, discount_pct=Decimal("0.3")),
        row(order_date=TUESDAY + timedelta(1), discount_pct=Decimal("0.5")),
        row(order_date=TUESDAY + timedelta(7), discount_pct=Decimal("0.7"), list_price=Decimal(120)),
    ]


@settings(max_examples=5)
@given(rows=many_lines, day=days)
def test_removing_later_lines_changes_nothing(rows: list[dict[str, Any]], day: date) -> None:
    same_without_later(rows, day)


@settings(max_examples=5)
@given(rows=many_lines, later=many_lines, day=days)
def test_other_later_lines_change_nothing(
    rows: list[dict[str, Any]], later: list[dict[str, Any]], day: date
) -> None:
    same_with_others_later(rows, later, day)


@settings(max_examples=5)
@given(rows=many_lines, at=st.integers(0, 59), usable=st.booleans())
def test_what_a_line_was_sold_for_changes_none_of_its_features(
    rows: list[dict[str, Any]], at: int, usable: bool
) -> None:
    same_with_other_outcome(rows, at % len(rows), {**SOLD_FOR_ANOTHER_PRICE, "usable": usable})


def test_a_later_line_of_the_same_week_changes_nothing() -> None:
    same_without_later(a_week(), TUESDAY)


def whole_week(frame: FrameAdapter) -> FrameAdapter:
    """Add up all lines of a week, later ones too, as a careless script does."""
    monday = nw.col("customer") - nw.col("customer") % windows.STRIDE % 7
    weeks = frame.with_columns(week=monday)
    sums = weeks.groupby_agg(["week"], week_lines=nw.col("used").sum(), week_value=nw.col("used_value").sum())
    return (
        weeks.select("customer", "week")
        .join(sums, on=["week"])
        .select("customer", "week_lines", "week_value")
    )


def all_time(frame: FrameAdapter, window: Window) -> FrameAdapter:
    """Give sums over all lines of a key, future ones too."""
    sums = {f"{window.name}_{name}": nw.col(name).sum().over("who") for name in window.sums}
    last = {f"{window.name}_last_{name}": nw.col(name) for name in window.last}
    day = {f"{window.name}_last_{window.last_day}": nw.col(window.key) * 0} if window.last_day else {}
    lines = {f"{window.name}_lines": nw.col("used").sum().over("who")}
    columns = (*lines, *sums, *last, *day)
    return frame.with_columns(**lines, **sums, **last, **day).select(window.key, *columns)


def same_day(column: str, name: str, *, before: bool = False) -> nw.Expr:
    """Leave a line's own day among the days before it."""
    return nw.col(f"{column}_run" if before else column).alias(name)


def sold_price_told(lines: pd.DataFrame, measures: Measures) -> Mapping[str, pa.Array]:
    """Put the line's own outcome among its features."""
    told = numeric_features(lines, measures)
    return told | {"pair_last_discount": pa.array(lines["discount_pct"], from_pandas=True).cast(pa.float64())}


LATER_GONE: Callable[[], None] = lambda: same_without_later(a_week(), TUESDAY)
OTHERS_LATER: Callable[[], None] = lambda: same_with_others_later(a_week(), a_week()[2:3], TUESDAY)
OTHER_OUTCOME: Callable[[], None] = lambda: same_with_other_outcome(a_week(), 0, SOLD_FOR_ANOTHER_PRICE)
BROKEN = [
    pytest.param(orders, "_week", whole_week, LATER_GONE, id="later-line-of-the-week"),
    pytest.param(orders, "measured", all_time, LATER_GONE, id="future-mean"),
    pytest.param(orders, "measured", all_time, OTHERS_LATER, id="future-mean-of-others"),
    pytest.param(windows, "_named", same_day, OTHER_OUTCOME, id="own-day"),
    pytest.param(build, "numeric_features", sold_price_told, OTHER_OUTCOME, id="sell-price"),
]


@pytest.mark.parametrize(("module", "name", "broken", "law"), BROKEN)
def test_a_leak_is_noticed(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, broken: Any, law: Callable[[], None]
) -> None:
    law()
    monkeypatch.setattr(module, name, broken)
    with pytest.raises(AssertionError):
        law()
