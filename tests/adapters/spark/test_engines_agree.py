"""One piece of code, run on pandas and on Spark over any rows, gives equal rows."""

from functools import partial
from typing import TYPE_CHECKING, Any

import narwhals as nw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.kernel.frame_laws import lines, values

from work_data_hub.domain.kernel.frame_adapter import FrameAdapter, FrameEngine, PandasFrameAdapter
from work_data_hub.io.spark.adapter import SparkFrameAdapter

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WHOLE = st.integers(-(2**40), 2**40) | st.none()
LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "", None]),
        st.integers(1, 6) | st.none(),
        WHOLE,
        st.decimals(-(10**9), 10**9, places=4).map(str) | st.none(),
    ),
    max_size=40,
    unique_by=lambda line: line[:2],
)


def worked(frame: FrameAdapter) -> FrameAdapter:
    """Windows, groups, both ways of joining and rows put together, over keys that may be null."""
    pieces, order = nw.col("pieces"), ["day"]
    days = frame.filter(~nw.col("day").is_null()).with_columns(
        so_far=pieces.cum_sum().over("who", order_by=order),
        before=pieces.shift(1).over("who", order_by=order),
        share=pieces / (nw.col("day") * 2),
        big=nw.when(pieces > 0).then(pieces),
    )
    totals = days.groupby_agg(
        ["who"], lines=nw.len(), known=pieces.count(), most=pieces.max(), paid=nw.col("price").sum()
    )
    odd = days.join(days.filter(pieces > 0).select("who", "day"), ["who", "day"], "anti")
    return days.concat(odd).join(totals, ["who"])


@given(LINES)
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_engines_agree(session: "SparkSession", rows: list[tuple[Any, ...]]) -> None:
    on_spark: FrameEngine = partial(SparkFrameAdapter.from_pandas, session=session)
    expected, found = (worked(engine(lines(rows))) for engine in (PandasFrameAdapter.from_pandas, on_spark))
    assert found.columns == expected.columns
    assert values(found) == values(expected)
