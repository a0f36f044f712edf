"""The memory that hostile workbooks cost: the peak above idle over all cases, in a process of its own."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from tests.adapters.readers.hostile import CASES, SPEC

from benchmarks.figure import Figure, at_most
from benchmarks.load_memory import peak_bytes
from work_data_hub.domain.kernel.errors import HubError
from work_data_hub.io.readers.excel_reader import ExcelReader

ROOT = Path(__file__).parents[1]
BAR_MB = 300


def measure(quick: bool = False) -> list[Figure]:
    """Give the figure; the files are made here, so that making them does not count."""
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(CASES.values()):
            (Path(folder) / f"{number}.xlsx").write_bytes(case.make())
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.hostile", folder],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        ).stdout
    peaks: dict[str, list[float]] = json.loads(told)
    worst = max(peaks, key=lambda name: peaks[name][0])
    slowest = max(peaks, key=lambda name: peaks[name][1])
    return [
        at_most(
            "hostile_memory",
            peaks[worst][0],
            BAR_MB,
            unit="MB",
            cases=len(peaks),
            worst=worst,
            slowest=slowest,
            slowest_seconds=peaks[slowest][1],
        )
    ]


def main(folder: str) -> None:
    """Read every case, and print by case the peak so far above idle, in MB, and the seconds."""
    reader, idle, peaks = ExcelReader(), psutil.Process().memory_info().rss, {}
    for number, name in enumerate(CASES):
        started = time.monotonic()
        try:
            reader.read(Path(folder) / f"{number}.xlsx", SPEC)
        except HubError:
            peak = (peak_bytes() - idle) / 1e6
            peaks[name] = (round(max(0.0, peak), 1), round(time.monotonic() - started, 2))
    sys.stdout.write(json.dumps(peaks))


if __name__ == "__main__":
    main(*sys.argv[1:])
