"""What a hub is given in the place of pandas: a maker of frames and an opener of the lake, both on one session."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from work_data_hub.io.spark.session import SparkPlace, shared_session

if TYPE_CHECKING:
    from work_data_hub.io.spark.adapter import SparkFrameAdapter
    from work_data_hub.io.spark.lake import SparkLakeTables


@dataclass(frozen=True, slots=True)
class SparkEngine:
    """Spark at one place; the session starts when the first frame or lake is asked for."""

    place: SparkPlace

    def frame(self, rows: pd.DataFrame) -> "SparkFrameAdapter":
        """Hand rows over to Spark; a FrameEngine."""
        session = shared_session(self.place)
        from work_data_hub.io.spark.adapter import SparkFrameAdapter

        return SparkFrameAdapter.from_pandas(rows, session)

    def lake(self, root: str, warehouse: str, catalog: str | None = None) -> "SparkLakeTables":
        """Open the lake of a warehouse, as `io.lake.opening.lake_tables` does."""
        session = shared_session(self.place)
        # the lake's library takes a while to load
        from work_data_hub.io.spark.opening import spark_lake

        return spark_lake(session, root, warehouse, catalog)
