"""Dagster's own commands in a shell with nothing but a .env, on the embedded Postgres."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import psycopg2
import pytest

from work_data_hub.config.settings import Settings
from work_data_hub.io.embedded.server import EmbeddedServer
from work_data_hub.orchestration.instance import write_instance_file

# one worker, so that what the module sets up is set up once
pytestmark = pytest.mark.xdist_group("dagster_runs")

PROJECT = Path(__file__).resolve().parents[2]
WDH = (sys.executable, "-m", "work_data_hub.cli.main")
DAGSTER = (sys.executable, "-m", "dagster")
DG = (str(Path(sys.executable).with_name("dg")),)
GRAPH = ("-m", "work_data_hub.orchestration.definitions")
ALL = ("--select", "group:annuity")
OURS = ("DATABASE_URL", "ENVIRONMENT", "LANDING_ROOT", "WDH_HOME", "COMPANY_ID_SALT")
FACT = dg.AssetKey(["annuity", "gold", "scale_fact"])
SHEET_ROWS = dg.AssetKey(["annuity", "bronze", "scale_rows"])
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder with a .env, and commands called in it by someone who has exported nothing."""

    folder: Path

    @property
    def server(self) -> EmbeddedServer:
        return EmbeddedServer(self.folder / "wdh")

    def write_env(self, **more: str) -> None:
        """Write the settings into .env, and the instance file that belongs to them."""
        values = {
            "DATABASE_URL": "embedded",
            "DAGSTER_HOME": str(self.folder / "dagster"),
            "WDH_HOME": str(self.folder / "wdh"),
            "LANDING_ROOT": str(self.folder / "landing"),
            "COMPANY_ID_SALT": "salt-of-a-test",
            **more,
        }
        env = self.folder / ".env"
        env.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
        write_instance_file(Settings(_env_file=env))

    def call(self, *command: str) -> Done:
        bare = {k: v for k, v in os.environ.items() if k not in OURS and not k.startswith("DAGSTER")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command, cwd=self.folder, env=bare | {"PATH": path}, check=False, capture_output=True, text=True
        )

    def query(self, statement: str, database: str = "wdh") -> list[tuple[Any, ...]]:
        """Ask the server, which must be up."""
        url = self.server.url(database).replace("+psycopg2", "")
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def counts(self, table: str) -> dict[str, int]:
        with self.server.ensure():
            return dict(self.query(f"SELECT period::text, count(*) FROM {table} GROUP BY 1 ORDER BY 1"))

    def processes(self) -> list[psutil.Process]:
        """Give the living processes that know this folder."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ", "status"]):
            texts = [*(process.info["cmdline"] or ()), *(process.info["environ"] or {}).values()]
            if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(self.folder) in t for t in texts):
                found.append(process)
        return [process for process in found if process.pid != os.getpid()]


@dataclass(frozen=True, slots=True)
class Story:
    """What was run one after the other, and what the tables held then."""

    shell: Shell
    month: Done
    left_behind: Sequence[psutil.Process]
    after_month: dict[str, int]
    range_: Done
    refused: Done

    def shown(self, key: dg.AssetKey) -> dict[str, list[Any]]:
        """Give the row counts that Dagster shows, by month, the newest first."""
        found: dict[str, list[Any]] = {}
        with dg.DagsterInstance.from_config(str(self.shell.folder / "dagster")) as instance:
            for record in instance.fetch_materializations(key, limit=20).records:
                made = record.asset_materialization
                assert made is not None
                rows = made.metadata["dagster/partition_row_count"].value
                found.setdefault(str(made.partition), []).append(rows)
        return found

    def expected(self) -> dict[str, int]:
        """Give the good rows of each month that the manifest of the sample promises."""
        manifest = json.loads((self.shell.folder / "landing" / "sample_manifest.json").read_text("utf-8"))
        good = [(month["period"], month["counts"]) for month in manifest["months"] if month["counts"]]
        return {f"{period}-01": counts["data"] - counts["rejected"] for period, counts in good}


def filled_shell(folder: Path) -> Shell:
    shell = Shell(folder)
    shell.write_env()
    for arguments in (
        (
            "sample-data",
            "--rows",
            "300",
            "--layout-rows",
            "120",
            "--retail-lines",
            "2000",
            "--pricing-lines",
            "400",
        ),
        ("db", "upgrade"),
    ):
        done = shell.call(*WDH, *arguments)
        assert done.returncode == 0, done.stderr
    return shell


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    shell = filled_shell(tmp_path_factory.mktemp("shell"))
    materialize = (*DAGSTER, "asset", "materialize", *GRAPH, *ALL)
    month = shell.call(*materialize, "--partition", "2025-11-01")
    gone = soon_gone(shell)
    after = shell.counts("annuity_gold.scale_fact")
    months = shell.call(*materialize, "--partition-range", "2025-11-01...2025-12-01")
    refused = shell.call(*materialize, "--partition", "2025-10-01")
    yield Story(shell, month, gone, after, months, refused)
    shell.server.destroy()


def soon_gone(shell: Shell, limit: float = 20.0) -> list[psutil.Process]:
    """Wait until no process knows the folder any more, and give those that still do."""
    deadline = time.monotonic() + limit
    while (left := shell.processes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def test_one_month_is_materialized_with_nothing_but_the_env_file(story: Story) -> None:
    assert story.month.returncode == 0, story.month.stderr
    published = story.expected()["2025-11-01"]
    assert story.after_month == {"2025-11-01": published}
    assert story.shown(FACT)["2025-11-01"][-1] == published


def test_a_range_is_materialized_in_one_run_with_counts_for_each_month(story: Story) -> None:
    assert story.range_.returncode == 0, story.range_.stderr
    months = ("2025-11-01", "2025-12-01")
    published = {month: story.expected()[month] for month in months}
    assert story.shell.counts("annuity_gold.scale_fact") == published
    assert story.shell.counts("annuity_silver.scale_detail") == published
    assert {month: rows[0] for month, rows in story.shown(FACT).items()} == published
    assert {month: len(rows) for month, rows in story.shown(FACT).items()} == {months[0]: 2, months[1]: 1}
    sheet = story.shell.counts("annuity_bronze.scale_rows")
    assert {month: rows[0] for month, rows in story.shown(SHEET_ROWS).items()} == sheet


def test_the_mart_compares_the_second_month_with_the_first(story: Story) -> None:
    query = "SELECT period::text, count(closing_aum_change_yuan) > 0 FROM annuity_gold.aum_flow_monthly GROUP BY 1"
    with story.shell.server.ensure():
        assert dict(story.shell.query(query)) == {"2025-11-01": False, "2025-12-01": True}


def test_an_ambiguous_month_fails_and_names_its_candidates(story: Story) -> None:
    assert story.refused.returncode == 1
    said = story.refused.stdout + story.refused.stderr
    assert "annuity 2025-10: 2 candidates" in said
    assert all(f"年金规模收入数据 {day}.xlsx" in said for day in (1110, 1111))
    assert "Fix: " in said
    assert "2025-10-01" not in story.shown(SHEET_ROWS)


def test_a_run_leaves_no_process_behind(story: Story) -> None:
    assert not story.left_behind


def test_the_definitions_are_valid_for_the_workspace() -> None:
    command = (*DAGSTER, "definitions", "validate", "-w", "workspace.yaml")
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Validation successful for code location work_data_hub" in done.stdout + done.stderr


@pytest.fixture
def project(story: Story) -> Shell:
    """The same folder as a project that dg knows; .env lies in it, and dg lets .env win over the environment."""
    for name in ("pyproject.toml", "workspace.yaml"):
        shutil.copy2(PROJECT / name, story.shell.folder / name)
    source = story.shell.folder / "src"
    if not source.exists():
        source.symlink_to(PROJECT / "src")
    return story.shell


def test_dg_checks_and_lists_the_graph(project: Shell) -> None:
    checked = project.call(*DG, "check", "defs")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    listed = project.call(*DG, "list", "defs", "--json")
    assert listed.returncode == 0, listed.stderr
    assets = {asset["asset_key"] for asset in json.loads(listed.stdout)["assets"]}
    assert {"annuity/bronze/scale_rows", "annuity/gold/aum_flow_monthly"} <= assets
    assert {"annuity/gold/fee_income_monthly", "hub/platform/retention"} <= assets


def test_dg_launches_a_range(project: Shell, story: Story) -> None:
    before = len(story.shown(SHEET_ROWS)["2025-11-01"])
    range_ = ("--partition-range", "2025-11-01...2025-12-01")
    done = project.call(*DG, "launch", "--assets", "key:annuity/bronze/scale_rows", *range_)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(story.shown(SHEET_ROWS)["2025-11-01"]) == before + 1


def test_dagster_keeps_its_runs_on_postgres_when_told_to(tmp_path: Path) -> None:
    shell = filled_shell(tmp_path)
    try:
        with shell.server.ensure():
            (tmp_path / "dagster" / "dagster.yaml").unlink()
            shell.write_env(DAGSTER_POSTGRES_URL=shell.server.url("wdh_dagster"))
            select = ("--select", "key:annuity/bronze/scale_rows", "--partition", "2025-11-01")
            done = shell.call(*DAGSTER, "asset", "materialize", *GRAPH, *select)
            assert done.returncode == 0, done.stderr
            runs = shell.query("SELECT status, partition FROM runs", "wdh_dagster")
            assert runs == [("SUCCESS", "2025-11-01")]
            events = "SELECT count(*) FROM event_logs WHERE dagster_event_type = 'ASSET_MATERIALIZATION'"
            assert shell.query(events, "wdh_dagster") == [(1,)]
            assert not (tmp_path / "dagster" / "history").exists()
    finally:
        shell.server.destroy()
