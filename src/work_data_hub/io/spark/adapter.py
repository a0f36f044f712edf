"""Spark's frames behind the port that pandas stands behind, too."""

from typing import TYPE_CHECKING, Final, Self

import narwhals as nw
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frame_adapter import NarwhalsFrame
from work_data_hub.domain.kernel.frames import to_pandas

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# what Spark has no type for, as the next type that holds all of its values
_WIDER: Final[dict[pa.DataType, pa.DataType]] = {
    pa.large_string(): pa.string(),
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.int64(),
    pa.float16(): pa.float32(),
}


class SparkFrameAdapter(NarwhalsFrame):
    """A frame of Spark; nothing is worked out before its rows are asked for."""

    @classmethod
    def from_spark(cls, frame: "DataFrame") -> Self:
        """Take a frame of Spark."""
        return cls(nw.from_native(frame))

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame, session: "SparkSession") -> Self:
        """Hand rows over to Spark; the index counts for nothing."""
        return cls.from_spark(session.createDataFrame(spark_rows(frame)))

    def cached(self) -> Self:
        """Work out the rows where they are: what reads them twice does not plan and do everything before them twice."""
        return self.from_spark(self.to_spark().localCheckpoint())

    def to_spark(self) -> "DataFrame":
        """Give the frame as Spark knows it."""
        found: DataFrame = nw.to_native(self._frame)
        return found

    def to_pandas(self) -> pd.DataFrame:
        """Work out the rows and give them as Arrow-backed pandas, in no promised order."""
        return to_pandas(self.to_spark().toArrow())


def spark_rows(frame: pd.DataFrame) -> pa.Table:
    """Give rows in types that Spark has, every value as it is; one that would change is refused."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    try:
        return table.cast(pa.schema([field.with_type(_spark_type(field.type)) for field in table.schema]))
    except pa.ArrowInvalid as error:
        raise PermanentError(
            f"Spark can't hold a value: {error}",
            expected="moments to the microsecond, whole numbers below 2^63",
            fix="round or cast the column before it is handed to Spark",
        ) from error


def _spark_type(dtype: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(dtype):
        return _spark_type(dtype.value_type)
    if pa.types.is_timestamp(dtype):
        return pa.timestamp("us", dtype.tz)
    return _WIDER.get(dtype, dtype)
