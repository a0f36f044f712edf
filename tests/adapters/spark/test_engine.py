"""What a hub is given in the place of pandas, and rows that Spark has no type for."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyiceberg.expressions import AlwaysFalse, AlwaysTrue, BooleanExpression, Not
from tests.adapters.lake.tables import FACTS, NOVEMBER, named
from tests.unit.kernel.frame_laws import lines, values

from work_data_hub.bootstrap import _spark
from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.domain.kernel.frame_adapter import FrameEngine
from work_data_hub.io.lake.filters import rows_of, rows_of_months
from work_data_hub.io.spark.adapter import SparkFrameAdapter, spark_rows
from work_data_hub.io.spark.conditions import condition
from work_data_hub.io.spark.engine import SparkEngine
from work_data_hub.io.spark.session import SparkPlace, shared_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2025, 11, 1)


def test_an_engine_makes_frames_and_opens_the_lake(
    session: "SparkSession", place: SparkPlace, catalog_url: str, tmp_path: Path
) -> None:
    engine = SparkEngine(place)
    frames: FrameEngine = engine.frame
    assert values(frames(lines()).select("day").filter(nw.col("day") < 2)) == [(1,)]
    lake = engine.lake(str(tmp_path), catalog_url, catalog_url)
    lake.replace(FACTS, NOVEMBER, named("a"), "run-1")
    assert lake.read(FACTS, NOVEMBER, ("name",)).to_pydict() == {"name": ["a"]}
    lake.close()


def test_a_process_has_one_session(session: "SparkSession", place: SparkPlace, tmp_path: Path) -> None:
    assert shared_session(SparkPlace(place.home)) is session
    with pytest.raises(ConfigurationError, match="Spark already works below"):
        shared_session(SparkPlace(tmp_path))


def test_a_hub_with_spark_works_where_the_settings_say(tmp_path: Path) -> None:
    told = Settings(database_url="embedded", wdh_home=tmp_path, spark_master="local[1]", spark_memory="900m")
    engine = _spark(told, "spark")
    assert engine is not None
    assert engine.place == SparkPlace(tmp_path, "local[1]", "900m")
    assert _spark(told, "pandas") is None


def test_the_session_keeps_to_itself_and_to_utc(session: "SparkSession", place: SparkPlace) -> None:
    wanted = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.warehouse.dir": f"file:{place.folder}/warehouse",
        "spark.local.dir": str(place.folder / "tmp"),
    }
    found = {name: str(session.conf.get(name)) for name in wanted}
    assert found == wanted


def test_frames_of_spark_go_in_and_out_as_they_are(session: "SparkSession") -> None:
    frame = SparkFrameAdapter.from_spark(session.range(3)).with_columns(id=nw.col("id") + 1)
    assert sorted(row[0] for row in frame.to_spark().collect()) == [1, 2, 3]


def test_types_that_spark_has_not_become_wider_ones() -> None:
    frame = pd.DataFrame(
        {
            "many": np.array([2**32 - 1, 0], np.uint32),
            "word": pd.Categorical(["a", None]),
            "long": pd.Series(
                pa.array(["x", None], pa.large_string()), [5, 5], pd.ArrowDtype(pa.large_string())
            ),
            "moment": [pd.Timestamp("2025-11-01 00:00:00.123456", tz="UTC"), None],
            "share": [0.5, float("nan")],
        },
        index=[5, 5],
    )
    rows = spark_rows(frame)
    wanted = [pa.int64(), pa.string(), pa.string(), pa.timestamp("us", "UTC"), pa.float64()]
    assert rows.schema.types == wanted
    assert [column.null_count for column in rows.columns] == [0, 1, 1, 1, 1]
    assert rows["many"].to_pylist() == [2**32 - 1, 0]


@pytest.mark.parametrize(
    "column",
    [np.array([2**64 - 1], np.uint64), pd.Series([pd.Timestamp("2025-11-01 00:00:00.123456789")])],
)
def test_a_value_that_spark_would_change_is_refused(column: object) -> None:
    with pytest.raises(PermanentError, match="Spark can't hold a value"):
        spark_rows(pd.DataFrame({"x": column}))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (AlwaysTrue(), [1, 2, 3, 4]),
        (AlwaysFalse(), []),
        (rows_of(NOVEMBER), [1, 2]),
        (rows_of_months("period", [DAY, None]), [1, 2, 4]),
        (rows_of_months("period", [DAY, DAY.replace(month=12)]), [1, 2, 3]),
        (rows_of_months("period", []), []),
    ],
)
def test_the_lakes_filters_hold_for_the_same_rows_in_spark(
    rows: BooleanExpression, expected: list[int], session: "SparkSession"
) -> None:
    days = pa.array([DAY, DAY, DAY.replace(month=12), None], pa.date32())
    frame = session.createDataFrame(pa.table({"period": days, "n": [1, 2, 3, 4]}))
    assert sorted(row.n for row in frame.where(condition(rows)).collect()) == expected


def test_a_filter_that_spark_is_not_told_of_is_refused(session: "SparkSession") -> None:
    with pytest.raises(PermanentError, match="Spark is given no condition"):
        condition(Not(rows_of(NOVEMBER)))
