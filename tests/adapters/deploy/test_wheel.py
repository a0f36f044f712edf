"""The built wheel alone, in an environment of the locked packages: the calls of the cluster's jobs, far from the clone."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg2 import sql
from tests.adapters.deploy.small_unit import write_small_unit
from tests.fixtures_postgres import run_sql, temporary_database

from work_data_hub.cli.migrations import upgrade
from work_data_hub.io.tracking.database import tracking_database

pytestmark = pytest.mark.xdist_group("wheel")

PROJECT = Path(__file__).parents[3]
PACKAGED = PROJECT / "src" / "work_data_hub"
# as scripts/env.sh finds it
OWN_UV = PROJECT / ".wdh" / "uv" / "bin" / "uv"


def uv(*arguments: str) -> None:
    """Call uv in the project; nothing of the project's own environment is touched."""
    found = shutil.which("uv") or str(OWN_UV)
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        [found, *arguments], cwd=PROJECT, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True, slots=True)
class Installed:
    """The wheel, and the environment into which it was installed."""

    wheel: Path
    python: Path

    def wdh(self, folder: Path, settings: Mapping[str, str], *arguments: str) -> Any:
        """Call the entry point in a folder with nothing of the clone in sight; give its document."""
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), **settings}
        done = subprocess.run(
            [str(self.python.with_name("wdh")), *arguments, "--json"],
            cwd=folder,
            env=env,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a new environment, with the packages of the lock and no others."""
    root = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", str(root / "dist"))
    (wheel,) = (root / "dist").glob("*.whl")
    locked, python = root / "pylock.toml", root / "venv" / "bin" / "python"
    export = ("export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--format", "pylock.toml")
    uv(*export, "--output-file", str(locked))
    uv("venv", "--quiet", "--python", sys.executable, str(root / "venv"))
    # the files of the lock, which lie in the cache since the project was installed
    uv("pip", "install", "--quiet", "--python", str(python), "--requirement", str(locked))
    uv("pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(python), str(wheel))
    return Installed(wheel, python)


@pytest.fixture
def warehouse(postgres_url: str) -> Iterator[str]:
    """A database whose schema was brought up from the clone."""
    with temporary_database(postgres_url) as url:
        upgrade(url)
        yield url
        name = sql.Identifier(str(tracking_database(url).sqlalchemy.database))
        run_sql(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def job_call(name: str, bu: str) -> list[str]:
    """Give the arguments of a job's entry point for a business unit, without the cluster's engine."""
    path = PROJECT / "deploy" / "databricks" / "resources" / f"{name}.job.yml"
    job = yaml.safe_load(path.read_text(encoding="utf-8"))["resources"]["jobs"][name]
    (task,) = job["tasks"]
    words = [
        text.replace("{{input}}", bu)
        for text in task["for_each_task"]["task"]["python_wheel_task"]["parameters"]
    ]
    # what Spark makes of the same call is tested in tests/adapters/spark
    assert words[-2:] == ["--engine", "spark"]
    return words[:-2]


def test_every_file_beside_the_code_is_in_the_wheel(installed: Installed) -> None:
    beside = {
        path.relative_to(PACKAGED.parent).as_posix()
        for path in PACKAGED.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert {f"work_data_hub/config/pricing/bu_{bu}.yaml" for bu in ("AW", "BU1", "BU2", "OR")} <= beside
    assert beside <= set(zipfile.ZipFile(installed.wheel).namelist())


def test_the_jobs_calls_train_and_score_far_from_the_clone(
    installed: Installed, warehouse: str, tmp_path: Path
) -> None:
    where = "import work_data_hub; print(work_data_hub.__file__)"
    origin = subprocess.run(
        [str(installed.python), "-c", where], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert Path(origin.stdout.strip()).is_relative_to(installed.python.parents[1])
    quotes = write_small_unit(tmp_path / "landing")
    settings = {
        "DATABASE_URL": warehouse,
        "ENVIRONMENT": "dev",
        "COMPANY_ID_SALT": "salt-of-a-test",
        "LANDING_ROOT": str(tmp_path / "landing"),
        "LAKE_ROOT": str(tmp_path / "lake"),
        "WDH_HOME": str(tmp_path / "wdh"),
    }
    trained = installed.wdh(tmp_path, settings, *job_call("pricing_training", "BU1"))
    (verdict,) = [line["verdict"] for line in trained["tables"] if "verdict" in line]
    assert verdict == "promoted"
    scored = installed.wdh(tmp_path, settings, *job_call("pricing_inference", "BU1"))
    (line,) = [line for line in scored["tables"] if line["table"] == "score.price_recs_line"]
    assert line["published"] == line["read"] > 0
    asked = installed.wdh(tmp_path, settings, "pricing", "score", "--bu", "BU1", "--quotes", str(quotes))
    assert asked["scored"] == asked["read"] > 0
    assert {answer["model_version"] for answer in asked["lines"]} == {line["model_version"]}
