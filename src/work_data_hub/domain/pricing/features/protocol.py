"""What a feature pipeline is: it is fitted on the past, and tells of new lines what was known on their day."""

from typing import Protocol, Self

from work_data_hub.domain.kernel.frame_adapter import FrameAdapter


class FeaturePipeline(Protocol):
    """Measures of new lines from past ones, on any engine."""

    def fit(self, frame: FrameAdapter) -> Self:
        """Give a pipeline that knows these past lines and no others."""

    def transform(self, frame: FrameAdapter) -> FrameAdapter:
        """Give the measures of new lines, one row for each."""
