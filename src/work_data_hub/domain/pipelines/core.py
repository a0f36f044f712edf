"""Steps in sequence: attempts, rejections, skips and failures; what a step does is not decided here."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import pandas as pd

from work_data_hub.domain.kernel.errors import HubError, Location, StepFailedError, TransientError
from work_data_hub.domain.kernel.outcome import Rejection
from work_data_hub.domain.pipelines.model import (
    PipelineConfig,
    PipelineContext,
    RowRefusedError,
    StepAnswer,
    StepOutcome,
    StepSkipped,
    TransformStep,
    ignore,
)
from work_data_hub.domain.pipelines.report import (
    PipelineMetrics,
    PipelineResult,
    StepEvent,
    StepMetrics,
    count_rows,
    frame_bytes,
)

__all__ = [
    "Pipeline",
    "PipelineConfig",
    "PipelineContext",
    "PipelineMetrics",
    "PipelineResult",
    "RowRefusedError",
    "StepEvent",
    "StepMetrics",
    "StepOutcome",
    "StepSkipped",
    "TransformStep",
]


@dataclass(frozen=True, slots=True)
class _Placed:
    step: TransformStep
    index: int
    optional: bool


class Pipeline:
    """An ordered list of steps and the rules by which they run."""

    def __init__(self, name: str, config: PipelineConfig | None = None) -> None:
        """Start with no steps."""
        self.name, self.config = name, config or PipelineConfig()
        self._steps: list[_Placed] = []

    def add_step(self, step: TransformStep, *, optional: bool = False) -> Self:
        """Append a step; an optional one is skipped when transient errors outlast its retries."""
        self._steps.append(_Placed(step, len(self._steps), optional))
        return self

    @property
    def steps(self) -> tuple[TransformStep, ...]:
        """The steps in their order."""
        return tuple(placed.step for placed in self._steps)

    def run(
        self,
        initial_data: pd.DataFrame,
        *,
        execution_id: str = "",
        timestamp: datetime | None = None,
        emit: Callable[[StepEvent], None] = ignore,
        sleep: Callable[[float], None] = time.sleep,
        timer: Callable[[], float] = time.perf_counter,
    ) -> PipelineResult:
        """Run the steps; a failure raises StepFailedError, whose evidence holds the result so far."""
        context = PipelineContext(self.name, execution_id, timestamp, self.config, emit, sleep)
        run, data = _Run(context, timer), initial_data
        for placed in self._steps:
            data = run.take(placed, data)
        return run.result(data)


@dataclass(slots=True)
class _Run:
    context: PipelineContext
    timer: Callable[[], float]
    rejections: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    metrics: list[StepMetrics] = field(default_factory=list)

    def take(self, placed: _Placed, data: pd.DataFrame) -> pd.DataFrame:
        self.context.emit(StepEvent("started", placed.step.name, placed.index, rows_in=len(data)))
        began = self.timer()
        answer, attempts = self._attempt(placed, data)
        seconds = self.timer() - began
        outcome = self._outcome(placed, data, answer)
        done = StepMetrics(
            step=placed.step.name,
            index=placed.index,
            rows_in=len(data),
            rows_out=len(outcome.accepted),
            rejected=count_rows(outcome.rejections),
            seconds=seconds,
            memory_bytes=frame_bytes(outcome.accepted),
            attempts=attempts,
            skipped=isinstance(answer, StepSkipped),
        )
        self.metrics.append(done)
        self.context.emit(done.as_event(answer.reason if isinstance(answer, StepSkipped) else ""))
        return outcome.accepted

    def result(self, data: pd.DataFrame, *errors: StepFailedError) -> PipelineResult:
        metrics = PipelineMetrics(tuple(self.metrics))
        rejections, warnings = tuple(self.rejections), tuple(self.warnings)
        return PipelineResult(not errors, data, rejections, metrics, errors, warnings)

    def _attempt(self, placed: _Placed, data: pd.DataFrame) -> tuple[StepAnswer, int]:
        retries, attempt = self.context.config.max_retries, 1
        while True:
            try:
                answer = self._execute(placed, data)
            except TransientError as cause:
                if attempt <= retries:
                    self._wait(placed, attempt, cause)
                    attempt += 1
                elif placed.optional:
                    return StepSkipped(f"{cause.what} (after {attempt} attempts)"), attempt
                else:
                    raise self._failed(placed, data, cause, attempt) from cause
            except RowRefusedError as refusal:
                self.rejections.append(refusal.rejection)
                raise self._failed(placed, data, refusal, attempt) from (refusal.__cause__ or refusal)
            except Exception as cause:
                raise self._failed(placed, data, cause, attempt) from cause
            else:
                if attempt > 1:
                    self.context.emit(StepEvent("recovered", placed.step.name, placed.index, attempt))
                return answer, attempt

    def _execute(self, placed: _Placed, data: pd.DataFrame) -> StepAnswer:
        # a deep copy costs nothing for Arrow columns and keeps even a rude step from its input
        answer: object = placed.step.execute(data.copy(deep=True), self.context)
        if isinstance(answer, pd.DataFrame | StepOutcome | StepSkipped):
            return answer
        raise TypeError(f"gave {type(answer).__name__}, not a DataFrame, StepOutcome or StepSkipped")

    def _wait(self, placed: _Placed, attempt: int, cause: TransientError) -> None:
        self.context.emit(StepEvent("retried", placed.step.name, placed.index, attempt, message=cause.what))
        self.context.sleep(self.context.config.wait_before(attempt))

    def _outcome(self, placed: _Placed, data: pd.DataFrame, answer: StepAnswer) -> StepOutcome:
        if isinstance(answer, StepSkipped):
            self.warnings.append(f"step {placed.step.name!r} was skipped: {answer.reason}")
            return StepOutcome(data)
        outcome = answer if isinstance(answer, StepOutcome) else StepOutcome(answer)
        self.rejections.extend(outcome.rejections)
        self.warnings.extend(outcome.warnings)
        if outcome.rejections and self.context.config.mode == "stop_on_error":
            refusal = RowRefusedError(outcome.rejections[0])
            raise self._failed(placed, data, refusal) from refusal
        return outcome

    def _failed(
        self, placed: _Placed, data: pd.DataFrame, cause: Exception, attempt: int = 1
    ) -> StepFailedError:
        where, expected = _place(cause)
        error = StepFailedError(
            f"step {placed.step.name!r} (index {placed.index}) of pipeline {self.context.pipeline_name!r} "
            f"failed: {_said(cause)}",
            where=where,
            expected=expected,
            fix=cause.fix if isinstance(cause, HubError) else "correct the row or the step, then run again",
            step=placed.step.name,
            index=placed.index,
        )
        error.evidence["result"] = self.result(data, error)
        self.context.emit(
            StepEvent("failed", placed.step.name, placed.index, attempt, len(data), message=error.what)
        )
        return error


def _said(cause: Exception) -> str:
    if isinstance(cause, RowRefusedError):
        return cause.rejection.reason
    return cause.what if isinstance(cause, HubError) else f"{type(cause).__name__}: {cause}"


def _place(cause: Exception) -> tuple[Location | None, str | None]:
    if isinstance(cause, RowRefusedError):
        at = cause.rejection
        return Location(at.file_id, at.sheet, at.row_number, at.column, at.value), at.expected
    return (cause.where, cause.expected) if isinstance(cause, HubError) else (None, None)
