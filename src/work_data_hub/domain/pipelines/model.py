"""The words of the framework: configuration, context, what a step is and what it may answer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import pandas as pd

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.outcome import Rejection
from work_data_hub.domain.pipelines.report import StepEvent

Mode = Literal["stop_on_error", "collect_errors"]


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """How a pipeline treats faults: rejections stop it or are collected; transient errors are retried."""

    mode: Mode = "stop_on_error"
    max_retries: int = 3
    backoff_seconds: tuple[float, ...] = (1, 2, 4)

    def __post_init__(self) -> None:
        """Refuse what could only fail later."""
        if self.mode not in ("stop_on_error", "collect_errors"):
            raise ConfigurationError(
                f"{self.mode!r} is no mode of a pipeline",
                expected="stop_on_error or collect_errors",
                fix="choose one of the two",
            )
        if self.max_retries < 0 or (self.max_retries and not self.backoff_seconds):
            raise ConfigurationError(
                f"{self.max_retries} retries with waits {self.backoff_seconds} make no plan",
                expected="no negative number of retries, and a wait for them",
                fix="set max_retries to 0, or give backoff_seconds",
            )

    def wait_before(self, retry: int) -> float:
        """Seconds before the n-th retry; the last wait repeats."""
        return self.backoff_seconds[min(retry, len(self.backoff_seconds)) - 1]


def ignore(event: StepEvent) -> None:
    """Take an event and do nothing: the listener of those who want none."""


@dataclass(frozen=True, slots=True)
class PipelineContext:
    """What a step may know of its run; time and waiting come from outside."""

    pipeline_name: str
    execution_id: str
    timestamp: datetime | None
    config: PipelineConfig
    emit: Callable[[StepEvent], None] = ignore
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """Rows a step accepted, the rejections of the others, and warnings."""

    accepted: pd.DataFrame
    rejections: Sequence[Rejection] = ()
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step's word that it had to leave the data as it was."""

    reason: str


StepAnswer = pd.DataFrame | StepOutcome | StepSkipped


class TransformStep(Protocol):
    """A named transformation of a frame that never changes the frame it was given."""

    @property
    def name(self) -> str:
        """What the step is called in events and errors."""

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> StepAnswer:
        """Give the transformed frame, an outcome with rejections, or the word that it was skipped."""


class RowRefusedError(ValueError):
    """A row's own fault, raised by steps that work row by row when the run must stop there."""

    def __init__(self, rejection: Rejection) -> None:
        """Keep the rejection that the row would have had."""
        super().__init__(rejection.reason)
        self.rejection = rejection
