"""Frames of Spark keep the laws of frames."""

from functools import partial
from typing import TYPE_CHECKING

import pytest
from tests.unit.kernel.frame_laws import FrameLaws

from work_data_hub.domain.kernel.frame_adapter import FrameEngine
from work_data_hub.io.spark.adapter import SparkFrameAdapter

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class TestSpark(FrameLaws):
    """The laws on Spark."""

    @pytest.fixture
    def engine(self, session: "SparkSession") -> FrameEngine:
        """Frames of Spark."""
        return partial(SparkFrameAdapter.from_pandas, session=session)
