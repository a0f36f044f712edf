"""Limits and retries of the instance file, seen at work: Dagster's daemon, real runs in processes of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from tests.fixtures_postgres import temporary_database

from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.orchestration.assets.factory import WRITE_POOL
from work_data_hub.orchestration.instance import instance_config
from work_data_hub.orchestration.maintenance_runs import old_runs

# long for what it shows, and what it shows changes with Dagster's release alone: with the long fault runs
pytestmark = pytest.mark.faults

DAEMON = str(Path(sys.executable).with_name("dagster-daemon"))
ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
EXPECTED = {"writer": 2, "reader": 2, "typed": 1, "crash": 2}
LOCATION = """
    import os
    import time
    from pathlib import Path

    import dagster as dg

    TWO = dg.StaticPartitionsDefinition(["a", "b"])
    HERE = Path(__file__).parent

    @dg.asset(pool="POOL", partitions_def=TWO)
    def writer():
        time.sleep(2)

    @dg.asset(partitions_def=TWO)
    def reader(context):
        (HERE / context.partition_key).touch()
        for _ in range(900):
            if all((HERE / key).exists() for key in TWO.get_partition_keys()):
                return
            time.sleep(0.1)
        raise RuntimeError("alone")

    @dg.asset
    def typed():
        raise dg.Failure("bad input", allow_retries=False)

    @dg.asset
    def crash():
        if not (HERE / "crashed").exists():
            (HERE / "crashed").touch()
            os._exit(9)

    ASSETS = [writer, reader, typed, crash]
    JOBS = [dg.define_asset_job(f"{a.key.path[0]}_job", dg.AssetSelection.assets(a.key)) for a in ASSETS]

    @dg.sensor(jobs=JOBS, default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=1)
    def go():
        for name in ("writer", "reader"):
            for key in TWO.get_partition_keys():
                yield dg.RunRequest(f"{name} {key}", job_name=f"{name}_job", partition_key=key)
        for name in ("typed", "crash"):
            yield dg.RunRequest(name, job_name=f"{name}_job")

    defs = dg.Definitions(assets=ASSETS, jobs=JOBS, sensors=[go], executor=dg.in_process_executor)
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The runs after everything has come to rest, and the instance that holds them."""

    instance: dg.DagsterInstance

    def runs(self, name: str) -> list[Any]:
        """Give the records of a job's runs, the oldest first."""
        return list(self.instance.get_run_records(dg.RunsFilter(job_name=f"{name}_job"), ascending=True))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("limits")
    config = instance_config(workers=5, postgres=True)
    (home / "dagster.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (home / "location.py").write_text(textwrap.dedent(LOCATION).replace("POOL", WRITE_POOL), encoding="utf-8")
    with temporary_database(postgres_url) as database, pytest.MonkeyPatch.context() as patch:
        url = DatabaseUrl.parse(database).sqlalchemy.render_as_string(hide_password=False)
        patch.setenv("DAGSTER_POSTGRES_URL", url)
        with dg.DagsterInstance.from_config(str(home)) as instance:
            instance.event_log_storage.set_concurrency_slots(WRITE_POOL, 1)
            with (home / "daemon.log").open("wb") as log:
                run_daemon(home, log, instance)
            yield Seen(instance)


def run_daemon(home: Path, log: Any, instance: dg.DagsterInstance) -> None:
    """Let the daemon work until nothing is left to do, and a little longer."""
    command = (DAEMON, "run", "-f", str(home / "location.py"))
    environment = os.environ | {"DAGSTER_HOME": str(home)}
    daemon = subprocess.Popen(
        command, cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 300
        while not at_rest(instance):
            assert daemon.poll() is None, (home / "daemon.log").read_text("utf-8")[-3000:]
            assert time.monotonic() < deadline, (home / "daemon.log").read_text("utf-8")[-3000:]
            time.sleep(0.5)
        # a retry that must not be would come with the next look of the daemon, every five seconds
        time.sleep(8)
    finally:
        daemon.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()


def at_rest(instance: dg.DagsterInstance) -> bool:
    runs = instance.get_runs()
    return len(runs) >= sum(EXPECTED.values()) and all(run.status in ENDED for run in runs)


def overlap(first: Any, second: Any) -> bool:
    return bool(first.start_time < second.end_time and second.start_time < first.end_time)


def test_two_runs_that_write_take_turns_where_the_pool_holds_one(seen: Seen) -> None:
    first, second = seen.runs("writer")
    assert {run.dagster_run.status for run in (first, second)} == {dg.DagsterRunStatus.SUCCESS}
    assert not overlap(first, second)


def test_runs_outside_of_the_pool_go_side_by_side(seen: Seen) -> None:
    first, second = seen.runs("reader")
    assert {run.dagster_run.status for run in (first, second)} == {dg.DagsterRunStatus.SUCCESS}
    assert overlap(first, second)


def test_a_typed_failure_is_not_repeated(seen: Seen) -> None:
    (run,) = seen.runs("typed")
    assert run.dagster_run.status is dg.DagsterRunStatus.FAILURE
    said = [entry.message for entry in seen.instance.all_logs(run.dagster_run.run_id)]
    assert any("retry_on_asset_or_op_failure set to false" in message for message in said)


def test_a_run_whose_process_crashes_is_repeated_once(seen: Seen) -> None:
    first, second = seen.runs("crash")
    assert first.dagster_run.status is dg.DagsterRunStatus.FAILURE
    assert second.dagster_run.status is dg.DagsterRunStatus.SUCCESS
    assert second.dagster_run.parent_run_id == first.dagster_run.run_id


def test_a_crash_that_the_newest_run_has_repaired_is_kept_with_it(seen: Seen) -> None:
    found = old_runs(seen.instance, datetime.now(UTC) + timedelta(days=1))
    assert (found.doomed, found.kept) == ((), sum(EXPECTED.values()))
