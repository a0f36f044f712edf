"""Steps in sequence: order, rejections, skips, retries, failures, figures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import pandas as pd
import pyarrow as pa
import pytest

from work_data_hub.domain.kernel.errors import (
    ConfigurationError,
    DamagedInputError,
    Location,
    StepFailedError,
    TransientError,
)
from work_data_hub.domain.kernel.outcome import Rejection
from work_data_hub.domain.pipelines.core import (
    Pipeline,
    PipelineConfig,
    PipelineContext,
    PipelineResult,
    RowRefusedError,
    StepEvent,
    StepOutcome,
    StepSkipped,
)
from work_data_hub.domain.pipelines.model import StepAnswer
from work_data_hub.domain.pipelines.report import frame_bytes

COLLECT = PipelineConfig("collect_errors")


@dataclass
class Step:
    function: Callable[[pd.DataFrame], StepAnswer]
    name: str = "step"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> StepAnswer:
        return self.function(data)


@dataclass
class Flaky:
    """Fails transiently so many times, then gives its input."""

    failures: int
    name: str = "flaky"
    calls: int = 0

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        self.calls += 1
        if self.calls <= self.failures:
            raise TransientError("the service is down", fix="wait")
        return data


@dataclass
class Listener:
    events: list[StepEvent] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def run(self, pipeline: Pipeline, data: pd.DataFrame) -> PipelineResult:
        ticks = count()
        return pipeline.run(
            data, emit=self.events.append, sleep=self.waits.append, timer=lambda: float(next(ticks))
        )

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


def numbers(*values: int) -> pd.DataFrame:
    return pd.DataFrame({"n": pd.Series(values, dtype=pd.ArrowDtype(pa.int64()))})


def plus(amount: int) -> Step:
    return Step(lambda data: data.assign(n=data["n"] + amount), f"plus {amount}")


def refuse_odd(data: pd.DataFrame) -> StepOutcome:
    odd = data["n"].map(lambda n: n % 2 == 1).astype(bool)
    rejections = [
        Rejection(n, "n", "even", str(n), "is odd", "f1", "s1", "an even number") for n in data["n"][odd]
    ]
    return StepOutcome(data[~odd], rejections, ("odd numbers seen",))


def failure(pipeline: Pipeline, data: pd.DataFrame, listener: Listener | None = None) -> StepFailedError:
    with pytest.raises(StepFailedError) as error:
        (listener or Listener()).run(pipeline, data)
    return error.value


def test_steps_run_in_their_order_on_what_the_one_before_gave() -> None:
    double = Step(lambda data: data.assign(n=data["n"] * 2), "double")
    result = Pipeline("p").add_step(plus(1)).add_step(double).add_step(plus(3)).run(numbers(1, 2))
    assert (result.success, result.output_data["n"].tolist()) == (True, [7, 9])
    assert (result.rejections, result.errors, result.warnings) == ((), (), ())


def test_a_pipeline_without_steps_gives_its_input() -> None:
    assert Pipeline("p").run(numbers(1)).output_data["n"].tolist() == [1]


def test_steps_know_their_run() -> None:
    seen: list[PipelineContext] = []

    class Curious:
        name = "curious"

        def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
            seen.append(context)
            return data

    stamp = datetime(2025, 11, 1, tzinfo=UTC)
    Pipeline("p", COLLECT).add_step(Curious()).run(numbers(1), execution_id="run-1", timestamp=stamp)
    known = (seen[0].pipeline_name, seen[0].execution_id, seen[0].timestamp, seen[0].config)
    assert known == ("p", "run-1", stamp, COLLECT)


def test_collecting_lets_good_rows_go_on_and_keeps_the_reasons() -> None:
    result = Pipeline("p", COLLECT).add_step(Step(refuse_odd)).add_step(plus(1)).run(numbers(1, 2, 3, 4))
    assert (result.success, result.output_data["n"].tolist()) == (True, [3, 5])
    assert [(r.row_number, r.reason) for r in result.rejections] == [(1, "is odd"), (3, "is odd")]
    assert (result.rejected_rows, result.warnings) == (2, ("odd numbers seen",))


def test_rejected_rows_are_counted_once_however_many_faults_they_have() -> None:
    faults = [Rejection(1, c, "r", None, "bad") for c in "ab"] + [Rejection(None, "a", "r", None, "bad")] * 2
    result = Pipeline("p", COLLECT).add_step(Step(lambda data: StepOutcome(data, faults))).run(numbers(1))
    assert (len(result.rejections), result.rejected_rows, result.metrics.steps[0].rejected) == (4, 3, 3)


def test_stopping_ends_the_run_at_the_first_rejection_and_names_its_place() -> None:
    error = failure(
        Pipeline("p").add_step(plus(0)).add_step(Step(refuse_odd, "even")).add_step(plus(1)), numbers(2, 3)
    )
    assert "step 'even' (index 1) of pipeline 'p' failed: is odd" in str(error)
    assert error.where == Location("f1", "s1", 3, "n", "3")
    assert error.expected == "an even number"
    assert isinstance(error.__cause__, RowRefusedError)


def test_a_failing_step_is_named_with_its_index_and_cause() -> None:
    listener = Listener()
    broken = Step(lambda data: data[["missing"]], "broken")
    error = failure(
        Pipeline("p", COLLECT).add_step(plus(1)).add_step(broken).add_step(plus(1)), numbers(1), listener
    )
    assert (error.evidence["step"], error.evidence["index"]) == ("broken", 1)
    assert isinstance(error.__cause__, KeyError)
    assert "KeyError" in str(error)
    assert "Fix: " in str(error)
    assert listener.kinds() == ["started", "finished", "started", "failed"]
    assert listener.waits == []


def test_a_failure_holds_what_was_reached_before_it() -> None:
    pipeline = (
        Pipeline("p", COLLECT).add_step(Step(refuse_odd)).add_step(Step(lambda data: data[["missing"]]))
    )
    error = failure(pipeline, numbers(1, 2))
    result = error.evidence["result"]
    assert (result.success, result.errors, result.output_data["n"].tolist()) == (False, (error,), [2])
    assert (len(result.rejections), len(result.metrics.steps)) == (1, 1)


def test_an_error_of_the_hub_keeps_its_place_and_its_way_out() -> None:
    def damaged(data: pd.DataFrame) -> pd.DataFrame:
        raise DamagedInputError(
            "no workbook", fix="send it again", where=Location(file="a.xlsx"), expected="xlsx"
        )

    error = failure(Pipeline("p").add_step(Step(damaged)), numbers(1))
    assert (error.where, error.expected, error.fix) == (Location(file="a.xlsx"), "xlsx", "send it again")


def test_an_answer_that_is_none_of_the_three_is_a_failure() -> None:
    error = failure(Pipeline("p").add_step(Step(lambda data: None)), numbers(1))  # type: ignore[arg-type, return-value]
    assert "gave NoneType" in str(error)


def test_a_step_may_skip_with_a_warning_and_the_run_goes_on() -> None:
    listener = Listener()
    skip = Step(lambda data: StepSkipped("no look-up configured"), "enrich")
    result = listener.run(Pipeline("p").add_step(skip).add_step(plus(1)), numbers(1))
    assert (result.success, result.output_data["n"].tolist()) == (True, [2])
    assert result.warnings == ("step 'enrich' was skipped: no look-up configured",)
    assert listener.kinds() == ["started", "skipped", "started", "finished"]
    assert [step.skipped for step in result.metrics.steps] == [True, False]


def test_a_transient_error_is_retried_with_growing_waits_and_recovery_is_told() -> None:
    listener, step = Listener(), Flaky(3)
    result = listener.run(Pipeline("p").add_step(step), numbers(1))
    assert (result.success, step.calls, listener.waits) == (True, 4, [1, 2, 4])
    assert listener.kinds() == ["started", "retried", "retried", "retried", "recovered", "finished"]
    assert [event.attempt for event in listener.events] == [1, 1, 2, 3, 4, 4]
    assert listener.events[1].message == "the service is down"
    assert (result.metrics.retries, result.metrics.steps[0].attempts) == (3, 4)


def test_retries_end_and_the_step_fails_with_its_cause() -> None:
    listener, step = Listener(), Flaky(9)
    error = failure(Pipeline("p").add_step(step), numbers(1), listener)
    assert isinstance(error.__cause__, TransientError)
    assert (step.calls, listener.kinds()[-1]) == (4, "failed")


def test_an_optional_step_is_skipped_when_its_service_stays_down() -> None:
    listener = Listener()
    result = listener.run(Pipeline("p").add_step(Flaky(9), optional=True).add_step(plus(1)), numbers(1))
    assert (result.success, result.output_data["n"].tolist()) == (True, [2])
    assert result.warnings == ("step 'flaky' was skipped: the service is down (after 4 attempts)",)
    assert listener.kinds()[-3:] == ["skipped", "started", "finished"]


def test_an_optional_step_with_a_lasting_fault_still_fails() -> None:
    assert failure(Pipeline("p").add_step(Step(lambda data: data[["missing"]]), optional=True), numbers(1))


def test_the_last_wait_repeats_when_there_are_more_retries() -> None:
    listener = Listener()
    listener.run(
        Pipeline("p", PipelineConfig(max_retries=4, backoff_seconds=(1, 3))).add_step(Flaky(4)), numbers(1)
    )
    assert listener.waits == [1, 3, 3, 3]


def test_without_retries_the_first_transient_error_is_the_last() -> None:
    step = Flaky(1)
    failure(Pipeline("p", PipelineConfig(max_retries=0, backoff_seconds=())).add_step(step), numbers(1))
    assert step.calls == 1


@pytest.mark.parametrize("fields", [{"mode": "ignore"}, {"max_retries": -1}, {"backoff_seconds": ()}])
def test_a_configuration_that_can_not_work_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        PipelineConfig(**fields)  # type: ignore[arg-type]


def test_each_step_is_measured() -> None:
    listener = Listener()
    result = listener.run(
        Pipeline("p", COLLECT).add_step(Step(refuse_odd, "even")).add_step(plus(1)), numbers(1, 2, 3)
    )
    first, second = result.metrics.steps
    assert (first.rows_in, first.rows_out, first.rejected, first.seconds) == (3, 1, 2, 1.0)
    assert (second.step, second.index, second.rows_in) == ("plus 1", 1, 1)
    assert second.memory_bytes == frame_bytes(result.output_data) >= 8
    assert (result.metrics.seconds, result.metrics.peak_memory_bytes) == (
        2.0,
        max(first.memory_bytes, second.memory_bytes),
    )
    finished = listener.events[1]
    assert (finished.rows_in, finished.rows_out, finished.rejected, finished.seconds) == (3, 1, 2, 1.0)


def rude_cell(data: pd.DataFrame) -> pd.DataFrame:
    data.loc[data.index[0], data.columns] = 99
    return data


def rude_array(data: pd.DataFrame) -> pd.DataFrame:
    for name in data.columns:
        data[name].array[0] = 99
    return data


def rude_shape(data: pd.DataFrame) -> pd.DataFrame:
    data["new"] = 1
    del data["n"]
    data.index = data.index + 5
    return data


@pytest.mark.parametrize("rude", [rude_cell, rude_array, rude_shape])
@pytest.mark.parametrize("dtype", ["int64", "Int64", "object", pd.ArrowDtype(pa.int64())])
def test_a_step_that_changes_its_input_reaches_nobody_else(
    rude: Callable[[pd.DataFrame], pd.DataFrame], dtype: str
) -> None:
    original = pd.DataFrame({"n": pd.Series([1, 2], dtype=dtype), "m": pd.Series([3, 4], dtype=dtype)})
    before = original.copy(deep=True)
    Pipeline("p").add_step(Step(rude)).run(original)
    pd.testing.assert_frame_equal(original, before)


def test_a_step_that_fails_half_way_leaves_nothing_for_its_retry() -> None:
    step = Flaky(failures=1)

    def half_way(data: pd.DataFrame) -> StepAnswer:
        data["n"] = data["n"] + 1
        return step.execute(data, None)  # type: ignore[arg-type]

    assert Listener().run(Pipeline("p").add_step(Step(half_way)), numbers(1)).output_data["n"].tolist() == [2]


def test_the_listed_steps_are_those_added() -> None:
    first, second = plus(1), plus(2)
    assert Pipeline("p").add_step(first).add_step(second).steps == (first, second)
