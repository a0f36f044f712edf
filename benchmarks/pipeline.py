"""What the pipeline framework itself costs: ten steps that do nothing, on a thousand rows."""

import time
from dataclasses import dataclass
from statistics import median

import pandas as pd

from benchmarks.figure import Figure, at_most, timed
from work_data_hub.domain.pipelines.core import Pipeline, PipelineConfig, PipelineContext

STEPS = 10


@dataclass(frozen=True, slots=True)
class PassOn:
    """A step that hands on what it gets."""

    name: str

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the same frame."""
        return data


def measure(quick: bool = False) -> list[Figure]:
    """Give the median milliseconds per step."""
    frame = pd.DataFrame({f"c{i}": range(1000) for i in range(10)})
    pipeline = Pipeline("bench", PipelineConfig())
    for index in range(STEPS):
        pipeline.add_step(PassOn(f"pass_on_{index}"))
    runs = [timed(lambda: pipeline.run(frame), time.perf_counter) for _ in range(50 if quick else 300)]
    return [at_most("pipeline", median(runs) / STEPS * 1000, 2.0, unit="ms per step", runs=len(runs))]
