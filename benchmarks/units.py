"""How fast the fast tier is: the unit tests, per thousand."""

import re
import subprocess
import sys

from benchmarks.figure import Figure, at_most


def measure(quick: bool = False) -> list[Figure]:
    """Give the seconds that pytest reports, scaled to a thousand tests."""
    command = [sys.executable, "-m", "pytest", "tests/unit", "-q", "-n", "2", "--no-header"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+) passed.* in ([\d.]+)s", result.stdout)
    if found is None:
        return [
            Figure("units", 0.0, "≤ 15 s per 1,000", holds=False, detail={"output": result.stdout[-500:]})
        ]
    tests, seconds = int(found[1]), float(found[2])
    return [at_most("units", seconds / tests * 1000, 15.0, unit="s per 1,000", tests=tests, seconds=seconds)]
