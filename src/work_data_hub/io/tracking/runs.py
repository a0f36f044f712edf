"""One run in the tracker: opened, filled with parameters, metrics and artifacts, and closed as it ended."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mlflow import MlflowClient

_LONGEST_PARAM: Final = 6000
# the tracker takes so many at once
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """An open run."""

    client: "MlflowClient"
    run_id: str
    artifact_uri: str


@contextmanager
def mlflow_run(
    client: "MlflowClient", experiment_id: str, name: str, tags: Mapping[str, str]
) -> Iterator[TrackedRun]:
    """Open a run; it ends as finished, or as failed where the block raises."""
    run = client.create_run(experiment_id, run_name=name, tags=dict(tags))
    status = "FAILED"
    try:
        yield TrackedRun(client, run.info.run_id, str(run.info.artifact_uri))
        status = "FINISHED"
    finally:
        client.set_terminated(run.info.run_id, status)


def log_params(run: TrackedRun, params: Mapping[str, Any]) -> None:
    """Write parameters; nested ones by their path, as learner.num_leaves."""
    from mlflow.entities import Param

    found = [Param(name, str(value)[:_LONGEST_PARAM]) for name, value in dict(_leaves(params)).items()]
    for start in range(0, len(found), _AT_ONCE):
        run.client.log_batch(run.run_id, params=found[start : start + _AT_ONCE])


def log_metrics(run: TrackedRun, metrics: Mapping[str, Any]) -> None:
    """Write every number; nested ones by their path, as naive.loss."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    numbers = {name: float(value) for name, value in _leaves(metrics) if _is_number(value)}
    found = [Metric(name, value, now, 0) for name, value in numbers.items()]
    for start in range(0, len(found), _AT_ONCE):
        run.client.log_batch(run.run_id, metrics=found[start : start + _AT_ONCE])


def log_artifact(run: TrackedRun, path: str, text: str) -> None:
    """Keep a text as a file of the run."""
    run.client.log_text(run.run_id, text, path)


def _leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        path = f"{above}{_named(str(name))}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def _named(text: str) -> str:
    """Give a name of letters that the tracker takes."""
    return "".join(letter if letter.isalnum() or letter in "_- /" else "_" for letter in text) or "_"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
