"""Broken workbooks by the hundred: each is read with balanced counts or refused with a way out, in time and memory.

Replay: WDH_FUZZ_SEED=… WDH_FUZZ_CASE=… pytest tests/e2e/faults/test_fuzz.py -s
"""

import json
import os
import random
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.faults.fuzz_workbooks import broken

ROOT = Path(__file__).parents[3]
SEED = 20241101
SECONDS, FIRST_SECONDS = 10.0, 60.0
# a refusal is cheap; a sheet within the limits may have a million rows
MEGABYTES_REFUSED, MEGABYTES_READ = 300, 1_000


class Child:
    """A process that reads cases; it is replaced when it hangs or dies."""

    def __init__(self, seed: int) -> None:
        self._command = [sys.executable, "-m", "tests.e2e.faults.fuzz_child", str(seed)]
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._patience = FIRST_SECONDS

    def run(self, case: int) -> dict[str, Any] | str:
        """Give what the child tells of a case, or what became of the child."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{case}\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], self._patience)
        line = self._process.stdout.readline() if ready else ""
        if line:
            self._patience = SECONDS
            told: dict[str, Any] = json.loads(line)
            return told
        words = self.end() if ready else f"no answer within {self._patience} s {self.end()}"
        self._start()
        return f"the process ended: {words}"

    def end(self) -> str:
        """Stop the child and give its last words."""
        self._process.kill()
        _, words = self._process.communicate()
        return words[-2000:]


@contextmanager
def child(seed: int) -> Iterator[Child]:
    made = Child(seed)
    try:
        yield made
    finally:
        made.end()


def run(seed: int, cases: Iterable[int]) -> tuple[Counter[str], list[str]]:
    """Give how often each outcome came, and the failures with their replay."""
    outcomes: Counter[str] = Counter()
    failures = []
    with child(seed) as reader:
        for case in cases:
            told = reader.run(case)
            if isinstance(told, str):
                failures.append(f"case {case}: {told} ({broken(seed, case)[1]})")
                continue
            outcomes.update(outcome for outcome in told["outcomes"] if not outcome.startswith("!"))
            wrong = [outcome for outcome in told["outcomes"] if outcome.startswith("!")]
            if told["grown_mb"] > (MEGABYTES_READ if "read" in told["outcomes"] else MEGABYTES_REFUSED):
                wrong.append(f"!memory grew by {told['grown_mb']} MB")
            failures += [f"case {case}: {outcome} ({told['done']})" for outcome in wrong]
    replay = f"WDH_FUZZ_SEED={seed} WDH_FUZZ_CASE=<case> pytest {Path(__file__).relative_to(ROOT)} -s"
    return outcomes, [f"{failure}\n  replay: {replay}" for failure in failures]


def chosen(cases: int, seed: int) -> tuple[int, Iterable[int]]:
    """Give the seed and the cases, as the environment or the test says."""
    seed = int(os.environ.get("WDH_FUZZ_SEED", seed))
    one = os.environ.get("WDH_FUZZ_CASE")
    return seed, [int(one)] if one else range(int(os.environ.get("WDH_FUZZ_CASES", cases)))


def hold(cases: int, seed: int) -> Counter[str]:
    seed, numbers = chosen(cases, seed)
    outcomes, failures = run(seed, numbers)
    sys.stdout.write(f"\nseed {seed}: {dict(outcomes)}\n")
    assert failures == [], f"seed {seed}\n" + "\n".join(failures)
    return outcomes


def test_thirty_broken_workbooks() -> None:
    outcomes = hold(30, SEED)
    # neither a fuzzer that breaks nothing nor one that breaks everything would find anything
    assert "WDH_FUZZ_CASE" in os.environ or min(outcomes["read"], outcomes["DamagedInputError"]) > 0


@pytest.mark.faults
def test_three_hundred_broken_workbooks_of_a_new_seed() -> None:
    outcomes = hold(300, random.SystemRandom().randrange(10**6))
    assert "WDH_FUZZ_CASE" in os.environ or min(outcomes["read"], outcomes["DamagedInputError"]) > 0


def test_a_case_is_the_same_on_every_run() -> None:
    assert [broken(7, case) for case in range(5)] == [broken(7, case) for case in range(5)]


def test_a_child_that_hangs_or_dies_is_a_failure_and_no_more(tmp_path: Path) -> None:
    with child(1) as reader:
        reader.end()
        reader._command = [sys.executable, "-c", "import os; input(); os.abort()"]
        reader._start()
        assert str(reader.run(1)).startswith("the process ended")
        reader._command[-1] = "import time; time.sleep(60)"
        reader.end()
        reader._start()
        reader._patience = 0.2
        assert "no answer within 0.2 s" in str(reader.run(1))
