"""`wdh models` as people call it: what it shows, decides and refuses."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql
from tests.adapters.models.conftest import on_warehouse
from tests.adapters.store.conftest import Points, create_tables
from tests.fixtures_postgres import run_sql
from tests.unit.application.models.pace import DECEMBER, MODEL, NAME, NOVEMBER, OCTOBER, SCORE, Gym

from work_data_hub.cli.main import run
from work_data_hub.config.settings import get_settings
from work_data_hub.io.loader.champions import WarehouseChampions
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.tracking.database import tracking_database

pytestmark = pytest.mark.xdist_group("mlflow")
Call = Callable[..., tuple[int, str, str]]
WHY = ("--reason", "it overcharges", "--author", "ann")


@pytest.fixture
def gym(migrated_url: str) -> Iterator[Gym]:
    """A gym with a champion of October, a better one of November and a worse one of December."""
    create_tables(migrated_url, MODEL, SCORE)
    loader = WarehouseLoader(migrated_url)
    yield on_warehouse(Gym(), loader, WarehouseChampions(loader), Points())
    loader.disconnect()
    name = sql.Identifier(str(tracking_database(migrated_url).sqlalchemy.database))
    run_sql(migrated_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@pytest.fixture
def versions(gym: Gym) -> tuple[str, str, str]:
    return (
        gym.month(OCTOBER, "first", 1.0),
        gym.month(NOVEMBER, "second", 0.5),
        gym.month(DECEMBER, "worse", 0.9),
    )


@pytest.fixture
def call(
    migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Call the command in a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("WDH_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()

    def called(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(("models", *arguments))
        said = capsys.readouterr()
        return status, said.out, said.err

    yield called
    get_settings.cache_clear()


def document(call: Call, *arguments: str) -> dict[str, Any]:
    status, out, _ = call(*arguments, "--json")
    said: dict[str, Any] = json.loads(out)
    assert said["exit_status"] == status
    return said


def test_from_the_list_to_a_roll_back(
    call: Call, gym: Gym, versions: tuple[str, str, str], tmp_path: Path
) -> None:
    first, second, worse = versions
    status, out, _ = call("list")
    assert status == 0
    assert out.splitlines()[1].split()[:6] == [NAME, second, "2025-11", "3", "judged", "2025-12"]
    shown = call("show", NAME)[1]
    assert [line.split()[0] for line in shown.splitlines()[1:4]] == [first, second, worse]
    assert f"refused   {worse}  {second}  {second}" in shown
    status, out, _ = call("rollback", NAME, "--month", "2025-12", *WHY, "--dry-run")
    assert (status, out) == (
        0,
        f"✓ {NAME}: {first} would be in force from 2025-12 on, in place of {second}\n",
    )
    assert len(gym.ports.champion_book.entries(NAME)) == 3
    status, out, _ = call("rollback", NAME, "--month", "2025-12", *WHY)
    assert (status, out) == (0, f"✓ {NAME}: {first} is in force from 2025-12 on, in place of {second}\n")
    entry = gym.ports.champion_book.entries(NAME)[-1].decision
    assert (entry.actor, entry.reason, entry.champion) == ("ann", "it overcharges", first)
    # the tracker was told of everything on the way
    assert len(list((tmp_path / "home" / "mlruns").rglob("model.txt"))) == 3
    assert call("sync")[:2] == (0, f"{NAME}: 0 versions logged, champion {first}\n")
    status, out, _ = call("promote", NAME, worse, "--month", "2025-12", *WHY)
    assert (status, out) == (0, f"✓ {NAME}: {worse} is in force from 2025-12 on, in place of {first}\n")
    gym.run(DECEMBER)
    assert gym.scored_with(DECEMBER) == worse


def test_every_answer_is_a_document_too(call: Call, versions: tuple[str, str, str]) -> None:
    first, second, worse = versions
    (listed,) = document(call, "list")["models"]
    assert (listed["champion"], listed["since"], listed["last_action"]) == (second, "2025-11", "judged")
    shown = document(call, "show", NAME)
    assert [kept["version"] for kept in shown["versions"]] == [first, second, worse]
    assert shown["decisions"][-1]["decision"]["evidence"]["candidates"]["incumbent"]["loss"] == 0.5
    would = document(call, "sync", "--dry-run")
    assert would["models"] == [{"name": NAME, "logged": [first, second, worse], "champion": second}]
    planned = document(call, "promote", NAME, worse, "--month", "2025-12", *WHY, "--dry-run")
    assert (planned["dry_run"], planned["decision"]["champion"]) == (True, worse)
    assert "entry_id" not in planned


def test_a_decision_stands_though_the_tracker_fails(
    call: Call, gym: Gym, versions: tuple[str, str, str], tmp_path: Path
) -> None:
    (tmp_path / "home" / "mlruns").parent.mkdir(parents=True)
    (tmp_path / "home" / "mlruns").touch()
    status, out, said = call("rollback", NAME, "--month", "2025-11", *WHY)
    assert (status, "is in force from 2025-11 on" in out) == (3, True)
    assert "is not in the experiment tracker yet" in said
    assert gym.ports.champion_book.entries(NAME)[-1].decision.champion == versions[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "nobody"), "there is no model 'nobody'"),
        (("promote", NAME, "0" * 12, "--month", "2025-12", *WHY), "pace has no version '000000000000'"),
        (("promote", NAME, "SECOND", "--month", "2025-10", *WHY), "knows what 2025-10 could not know"),
        (("promote", NAME, "SECOND", "--month", "soon", *WHY), "'soon' is not a period"),
        (("promote", NAME, "WORSE", "--month", "2025-12", "--reason", " "), "a decision needs a reason"),
        (("promote", NAME, "WORSE", "--month", "2025-12"), "Missing option '--reason'"),
        (("rollback", NAME, "--month", "2025-09", *WHY), "pace has no champion for 2025-09"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    call: Call, versions: tuple[str, str, str], arguments: tuple[str, ...], said: str
) -> None:
    words = {"SECOND": versions[1], "WORSE": versions[2]}
    status, out, error = call(*(words.get(word, word) for word in arguments))
    assert (status, out) == (2, "")
    assert said in error
    assert "Fix: " in error


def test_without_a_model_there_is_nothing_to_show(call: Call, migrated_url: str) -> None:
    assert call("list")[:2] == (0, "no model was trained yet\n")
