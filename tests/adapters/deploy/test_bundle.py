"""The bundle for a cluster: its jobs call commands that exist, by an entry point that the wheel has."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from work_data_hub.cli.main import build_app
from work_data_hub.config.pricing_loader import load_pricing_config
from work_data_hub.config.settings import Environment, Settings

PROJECT = Path(__file__).parents[3]
BUNDLE = PROJECT / "deploy" / "databricks"
RESOURCES = sorted((BUNDLE / "resources").glob("*.yml"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs() -> Iterator[dict[str, Any]]:
    for path in RESOURCES:
        yield from read(path)["resources"]["jobs"].values()


def tasks() -> Iterator[dict[str, Any]]:
    for job in jobs():
        for task in job["tasks"]:
            yield task["for_each_task"]["task"]


def parsed(arguments: list[str]) -> dict[str, Any]:
    """Parse a call as the command would, without running it; give what it is told."""
    # typer has a click of its own, so no type of click tells a group
    command: Any = typer.main.get_command(build_app())
    words = list(arguments)
    while (commands := getattr(command, "commands", None)) is not None:
        name = words.pop(0)
        assert name in commands, f"there is no command {name}"
        command = commands[name]
    params: dict[str, Any] = command.make_context(command.name, words).params
    return params


def test_there_is_a_job_for_training_and_one_for_inference() -> None:
    assert [job["name"] for job in jobs()] == ["pricing_inference", "pricing_training"]
    monthly = next(job for job in jobs() if job["name"] == "pricing_training")["schedule"]
    daily = next(job for job in jobs() if job["name"] == "pricing_inference")["schedule"]
    assert monthly["quartz_cron_expression"].split()[3] == "2"
    assert daily["quartz_cron_expression"].split()[3:5] == ["*", "*"]


@pytest.mark.parametrize("task", list(tasks()), ids=lambda task: str(task["task_key"]))
def test_a_task_calls_a_command_that_takes_what_it_is_given(task: dict[str, Any]) -> None:
    wheel = task["python_wheel_task"]
    told = parsed([text.replace("{{input}}", "BU1") for text in wheel["parameters"]])
    assert (told["bu"], told["engine"]) == ("BU1", "spark")


def test_the_entry_point_is_one_of_the_wheel() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for task in tasks():
        assert task["python_wheel_task"]["entry_point"] in project["scripts"]
        assert task["python_wheel_task"]["package_name"] == project["name"].replace("-", "_")


def test_the_business_units_are_known() -> None:
    for job in jobs():
        units = yaml.safe_load(job["parameters"][0]["default"])
        assert set(units) <= set(load_pricing_config().units)


def test_the_cluster_sets_settings_that_there_are_and_no_secret_in_the_open() -> None:
    for job in jobs():
        variables = job["job_clusters"][0]["new_cluster"]["spark_env_vars"]
        assert {name.lower() for name in variables} <= set(Settings.model_fields)
        for name in ("DATABASE_URL", "LAKE_CATALOG_URL", "COMPANY_ID_SALT"):
            assert variables[name].startswith("{{secrets/")


def test_every_variable_that_is_used_is_declared() -> None:
    bundle = read(BUNDLE / "databricks.yml")
    text = "".join(path.read_text(encoding="utf-8") for path in (BUNDLE / "databricks.yml", *RESOURCES))
    used = {part.partition("}")[0] for part in text.split("${var.")[1:]}
    assert used <= set(bundle["variables"])
    assert {"dev", "prod"} == set(bundle["targets"]) <= set(Environment)


def test_production_waits_for_somebody() -> None:
    flow = read(PROJECT / ".github" / "workflows" / "deploy.yml")
    steps = flow["jobs"]["deploy"]
    assert steps["needs"] == "test"
    assert "production" in steps["environment"]
    # YAML reads the key `on` as true
    assert flow[True]["push"]["branches"] == ["main"]
    assert flow[True]["workflow_dispatch"]["inputs"]["target"]["default"] == "dev"
