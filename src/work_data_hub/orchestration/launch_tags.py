"""The tags by which Dagster knows a run over a range of months."""

from typing import Final

RANGE_TAGS: Final = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
