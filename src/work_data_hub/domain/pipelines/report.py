"""What a pipeline tells while it runs and afterwards: events, metrics, result; no decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from work_data_hub.domain.kernel.errors import StepFailedError
from work_data_hub.domain.kernel.outcome import Rejection

EventKind = Literal["started", "finished", "skipped", "retried", "recovered", "failed"]


@dataclass(frozen=True, slots=True)
class StepEvent:
    """Something that happened to a step; figures that are not known yet stay None."""

    kind: EventKind
    step: str
    index: int
    attempt: int = 1
    rows_in: int | None = None
    rows_out: int | None = None
    rejected: int | None = None
    seconds: float | None = None
    memory_bytes: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class StepMetrics:
    """The figures of one step that came to an end; memory is that of the frame it handed on."""

    step: str
    index: int
    rows_in: int
    rows_out: int
    rejected: int
    seconds: float
    memory_bytes: int
    attempts: int = 1
    skipped: bool = False

    def as_event(self, message: str = "") -> StepEvent:
        """Tell the figures as the step's last event."""
        return StepEvent(
            kind="skipped" if self.skipped else "finished",
            step=self.step,
            index=self.index,
            attempt=self.attempts,
            rows_in=self.rows_in,
            rows_out=self.rows_out,
            rejected=self.rejected,
            seconds=self.seconds,
            memory_bytes=self.memory_bytes,
            message=message,
        )


@dataclass(frozen=True, slots=True)
class PipelineMetrics:
    """The figures of a run, step by step."""

    steps: tuple[StepMetrics, ...]

    @property
    def seconds(self) -> float:
        """Time spent in steps, waits between attempts included."""
        return sum(step.seconds for step in self.steps)

    @property
    def table(self) -> list[dict[str, str | int | float]]:
        """Each step with its rows, its milliseconds and the memory of the frame it handed on."""
        return [
            {
                "step": step.step,
                "rows_in": step.rows_in,
                "rows_out": step.rows_out,
                "rejected": step.rejected,
                "ms": round(step.seconds * 1000, 1),
                "memory_kb": step.memory_bytes // 1024,
            }
            for step in self.steps
        ]

    @property
    def retries(self) -> int:
        """Attempts beyond the first."""
        return sum(step.attempts - 1 for step in self.steps)

    @property
    def peak_memory_bytes(self) -> int:
        """The largest frame that a step handed on."""
        return max((step.memory_bytes for step in self.steps), default=0)


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What a run gives back; on a failure the data is the frame as it stood before the failing step."""

    success: bool
    output_data: pd.DataFrame
    rejections: tuple[Rejection, ...]
    metrics: PipelineMetrics
    errors: tuple[StepFailedError, ...]
    warnings: tuple[str, ...]

    @property
    def rejected_rows(self) -> int:
        """Rows that were rejected, however many faults each had."""
        return count_rows(self.rejections)


def count_rows(rejections: Sequence[Rejection]) -> int:
    """Count the rows behind rejections; one without a row number counts as a row of its own."""
    known = {(r.file_id, r.sheet, r.row_number) for r in rejections if r.row_number is not None}
    return len(known) + sum(rejection.row_number is None for rejection in rejections)


def frame_bytes(frame: pd.DataFrame) -> int:
    """Memory of the columns, cheaply: exact for Arrow, pointers only for Python objects."""
    return sum(int(column.array.nbytes) for _, column in frame.items())
