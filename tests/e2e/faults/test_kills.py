"""kill -9: never a partial scope, and the next run succeeds."""

import os
import random
import sys
import time

import pytest
from tests.e2e.faults.conftest import Stages, States
from tests.e2e.faults.month import (
    FACT,
    Place,
    load,
    load_after,
    load_and_die,
    processes,
    started,
    states,
    wait_until_quiet,
)

from work_data_hub.application.runs import Result
from work_data_hub.io.loader.store import PUBLISH_POINTS

KILLED = -9
pytestmark = pytest.mark.xdist_group("kills")


@pytest.mark.parametrize("point", PUBLISH_POINTS)
def test_killed_at_a_named_point_of_a_publish(point: str, stages: Stages) -> None:
    with stages.copy(stages.half) as place:
        with started(load_and_die, place, point, FACT) as victim:
            victim.join(60)
            assert victim.exitcode == KILLED
        wait_until_quiet(place.url)
        published = point == "committed"
        assert states(place.url) == {
            **stages.halfway,
            FACT: (stages.after if published else stages.before)[FACT],
        }
        fact = next(report for report in load(place) if report.table == FACT)
        assert fact.result is (Result.UNCHANGED if published else Result.PUBLISHED)
        assert states(place.url) == stages.after


@pytest.fixture
def seed(capsys: pytest.CaptureFixture[str]) -> int:
    """Give a new seed, or that of WDH_KILL_SEED, and print it."""
    given = int(os.environ.get("WDH_KILL_SEED", time.time_ns() % 10**9))
    sys.stdout.write(f"WDH_KILL_SEED={given}\n")
    with capsys.disabled():
        sys.stdout.write(f"\nWDH_KILL_SEED={given}\n")
    return given


def test_killed_at_five_random_moments(stages: Stages, seed: int) -> None:
    kill_at_random_moments(5, seed, stages)


@pytest.mark.faults
def test_killed_at_fifty_random_moments(stages: Stages, seed: int) -> None:
    kill_at_random_moments(50, seed, stages)


def kill_at_random_moments(times: int, seed: int, stages: Stages) -> None:
    """Kill that many runs of the whole month anywhere between their first connection and their end."""
    chance, longest, killed = random.Random(seed), 60.0, 0
    for attempt in range(5 * times):
        with stages.copy(stages.old) as place:
            # the first run shows how long one takes; one that was quicker than its killer corrects that
            seconds = chance.uniform(0, longest) if attempt else longest
            survived = run_for(place, seconds)
            wait_until_quiet(place.url)
            assert_each_table_is_old_or_new(states(place.url), stages)
            load(place)
            assert states(place.url) == stages.after
        if survived is None:
            killed += 1
        else:
            longest = survived
        if killed == times:
            return
    pytest.fail(f"only {killed} of {times} runs were killed")


def run_for(place: Place, seconds: float) -> float | None:
    """Let a process load the month for some time, kill it, and say how long it took if it was quicker."""
    gate = processes.Barrier(2)
    with started(load_after, place, gate, force=True) as victim:
        gate.wait(30)
        began = time.monotonic()
        victim.join(seconds)
        took = time.monotonic() - began
        victim.kill()
        victim.join(30)
        return None if victim.exitcode == KILLED else took


def assert_each_table_is_old_or_new(found: States, stages: Stages) -> None:
    for key, state in found.items():
        assert state in (stages.before[key], stages.after[key]), key
