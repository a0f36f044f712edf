"""Frames of pandas keep the laws of frames, whether Arrow or NumPy is behind the columns."""

import narwhals as nw
import pandas as pd
import pytest

from tests.unit.kernel.frame_laws import FrameLaws, lines, values
from work_data_hub.domain.kernel.frame_adapter import FrameAdapter, FrameEngine, PandasFrameAdapter


class TestPandas(FrameLaws):
    """The laws on Arrow-backed columns."""

    @pytest.fixture
    def engine(self) -> FrameEngine:
        """Frames of pandas."""
        return PandasFrameAdapter.from_pandas


def on_numpy() -> PandasFrameAdapter:
    frame = pd.DataFrame(
        {
            "who": ["a", "b", None, "a", None],
            "day": [1, 2, 3, 4, 5],
            "share": [10.0, None, 30.0, 40.0, 50.0],
        }
    )
    return PandasFrameAdapter.from_pandas(frame)


def test_columns_of_numpy_have_the_same_nulls_groups_and_windows() -> None:
    share = nw.col("share")
    totals = on_numpy().groupby_agg(["who"], total=share.sum(), n=share.count())
    assert values(totals) == [("a", 50.0, 2), ("b", 0.0, 0), (None, 80.0, 2)]
    ran = on_numpy().with_columns(x=share.cum_sum().over("who", order_by=["day"]))
    assert values(ran.select("day", "x")) == [(1, 10.0), (2, None), (3, 30.0), (4, 50.0), (5, 80.0)]
    joined = on_numpy().select("who", "day").join(totals.select("who", "total"), ["who"], "inner")
    assert values(joined.select("day", "total")) == [(1, 50.0), (2, 0.0), (4, 50.0)]


def test_code_that_is_typed_for_the_port_takes_a_frame_of_pandas() -> None:
    def doubled(frame: FrameAdapter) -> FrameAdapter:
        return frame.concat(frame)

    assert len(doubled(PandasFrameAdapter.from_pandas(lines())).to_pandas()) == 10


def test_the_frame_that_was_handed_in_is_not_changed() -> None:
    given = lines().set_axis(list("vwxyz"))
    PandasFrameAdapter.from_pandas(given).with_columns(day=nw.lit(0), new=nw.lit(1)).to_pandas()
    assert (list(given.index), list(given["day"])) == (list("vwxyz"), [1, 2, 3, 4, 5])
    assert "new" not in given.columns
