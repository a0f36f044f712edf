"""How long people wait: `wdh --help`, and the graph until Dagster could show it."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure, at_most, timed

HELP = [str(Path(sys.executable).with_name("wdh")), "--help"]
GRAPH = [sys.executable, "-c", "import work_data_hub.orchestration.definitions"]


def measure(quick: bool = False) -> list[Figure]:
    """Give the medians of whole processes, in wall seconds."""
    runs = 3 if quick else 7
    return [
        at_most("startup_help", _median(HELP, runs), 0.6, unit="s"),
        at_most("startup_graph", _median(GRAPH, runs), 5.0, unit="s"),
    ]


def _median(command: list[str], runs: int) -> float:
    def run() -> None:
        subprocess.run(command, check=True, capture_output=True)

    run()
    return median(timed(run, time.perf_counter) for _ in range(runs))
