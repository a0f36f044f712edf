"""MLflow follows the ledger: on a database of its own, with text for artifacts and nothing said aloud."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest
from psycopg2 import sql
from tests.fixtures_postgres import run_sql
from tests.unit.application.models.pace import DECEMBER, NAME, NOVEMBER, OCTOBER, Gym

from work_data_hub.application.models.decisions import roll_back
from work_data_hub.application.models.mirror import Mirrored, mirror
from work_data_hub.application.models.ports import TrackedModel
from work_data_hub.domain.kernel.errors import ConfigurationError, TransientError
from work_data_hub.io.loader.champions import WarehouseChampions
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.tracking.card import group_tags, tags_of
from work_data_hub.io.tracking.database import alone_with, ensure_database, tracking_database
from work_data_hub.io.tracking.library import open_client
from work_data_hub.io.tracking.runs import log_metrics, log_params, mlflow_run
from work_data_hub.io.tracking.tracker import MlflowTracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

pytestmark = pytest.mark.xdist_group("mlflow")
MANIFEST = [{"name": "quantity", "meaning": "pieces", "available": "on the line itself"}]
ABOUT = {
    "experiment": "price_rec_BU1",
    "scenario": "A",
    "features": ["quantity", "region"],
    "categorical": ["region"],
    "quantiles": [0.1, 0.9],
    "params": {"learner": {"num_leaves": 7}},
    "manifest": MANIFEST,
    "seed": 42,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "a home with spaces"


@pytest.fixture
def tracker(gym_url: str, home: Path) -> Iterator[MlflowTracker]:
    yield MlflowTracker(gym_url, home)
    name = str(tracking_database(gym_url).sqlalchemy.database)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    run_sql(gym_url, drop.format(sql.Identifier(name)))


def artifacts(home: Path) -> dict[str, str]:
    """Give what lies in the folder, by the part of the path below the run."""
    files = [path for path in (home / "mlruns").rglob("*") if path.is_file()]
    return {path.as_posix().partition("/artifacts/")[2]: path.read_text(encoding="utf-8") for path in files}


def test_a_version_is_shown_with_all_that_it_was_made_from(
    gym: Gym, book: WarehouseChampions, tracker: MlflowTracker, home: Path, gym_url: str
) -> None:
    gym.about = ABOUT
    first = gym.month(OCTOBER, "the model's text", 1.0)
    assert mirror(book, tracker) == (Mirrored(NAME, (first,), first),)
    client = open_client(tracking_database(gym_url))
    (experiment,) = [e for e in client.search_experiments() if e.name == "price_rec_BU1"]
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.info.status, run.data.tags["wdh_version"], run.data.tags["verdict"]) == (
        "FINISHED",
        first,
        "promoted",
    )
    assert run.data.params["learner.num_leaves"] == "7"
    assert run.data.params["seed"] == "42"
    assert run.data.params["inputs"] == "hub.platform.champion_ledger:pace period<2025-10-01 absent"
    assert run.data.metrics["mae"] == 0.5
    assert (run.data.metrics["challenger.loss"], run.data.metrics["naive.coverage"]) == (1.0, 0.8)
    model = client.get_registered_model(NAME)
    assert model.tags == {"domain": "gym", "scenario": "A"}
    shown = client.get_model_version_by_alias(NAME, "champion")
    assert (shown.tags["wdh_version"], shown.run_id) == (first, run.info.run_id)
    assert "below that of the naive pace" in str(shown.description)
    found = artifacts(home)
    assert sorted(found) == [
        "evidence.json", "model/MLmodel", "model/about.json", "model/features.json", "model/model.txt",
    ]  # fmt: skip
    assert found["model/model.txt"] == "the model's text"
    assert json.loads(found["model/features.json"]) == MANIFEST
    assert json.loads(found["evidence.json"])["rows"] == "rows of the last month"
    # it is the tracker's own form, signature included
    from mlflow.models import Model

    signature = Model.load(str(next((home / "mlruns").rglob("MLmodel")))).signature
    assert signature.inputs.input_names() == ["quantity", "region"]
    assert [str(kind) for kind in signature.inputs.input_types()] == ["DataType.double", "DataType.string"]
    assert signature.outputs.input_names() == ["quantile 0.1", "quantile 0.9"]


def test_a_mirror_says_everything_once_and_follows_the_champion(
    gym: Gym, book: WarehouseChampions, tracker: MlflowTracker, gym_url: str
) -> None:
    first, second = gym.month(OCTOBER, "first", 1.0), gym.month(NOVEMBER, "second", 0.5)
    worse = gym.month(DECEMBER, "worse", 0.9)
    assert mirror(book, tracker) == (Mirrored(NAME, (first, second, worse), second),)
    assert mirror(book, MlflowTracker(gym_url, tracker.home)) == (Mirrored(NAME, (), second),)
    client = open_client(tracking_database(gym_url))
    assert len(client.search_model_versions(f"name = '{NAME}'")) == 3
    for wanted in (first, None):
        roll_back(book, NAME, month=DECEMBER, actor="ann", reason="why")
        mirror(book, tracker)
        number = client.get_registered_model(NAME).aliases.get("champion")
        assert (number and client.get_model_version(NAME, str(number)).tags["wdh_version"]) == wanted
    assert book.entries(NAME)[-1].decision.champion is None


def test_processes_that_tell_the_same_at_once_tell_it_once(
    gym: Gym, book: WarehouseChampions, tracker: MlflowTracker, gym_url: str
) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    (kept,) = book.versions(NAME, (first,))
    trackers = [tracker, MlflowTracker(gym_url, tracker.home)]
    assert [other.tracked(NAME) for other in trackers] == [frozenset()] * 2
    for other in trackers:
        other.track(TrackedModel(kept))
    client = open_client(tracking_database(gym_url))
    (shown,) = client.search_model_versions(f"name = '{NAME}'")
    assert client.get_run(str(shown.run_id)).info.lifecycle_stage == "active"


def test_one_process_at_a_time_tells_of_a_model(gym_url: str, tracker: MlflowTracker) -> None:
    database = ensure_database(gym_url)
    free = "SELECT pg_try_advisory_lock(hashtextextended('models|pace', 0))"
    with alone_with(database, NAME):
        assert run_sql(database.libpq, free) == [(False,)]
    assert run_sql(database.libpq, free) == [(True,)]


def test_a_members_model_is_tagged_with_it(gym: Gym, book: WarehouseChampions) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    (kept,) = book.versions(NAME, (first,))
    model = TrackedModel(replace(kept, member="BU1"))
    assert group_tags(model) == {"domain": "gym", "scenario": "A", "bu": "BU1"}
    assert tags_of(model)["bu"] == "BU1"


def test_what_a_crash_left_half_told_is_told_again(
    gym: Gym, book: WarehouseChampions, tracker: MlflowTracker, gym_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    first = gym.month(OCTOBER, "first", 1.0)
    with monkeypatch.context() as broken:
        broken.setattr(MlflowClient, "log_text", _disk_is_full)
        with pytest.raises(TransientError, match=r"failed taking in pace .*: disk is full"):
            mirror(book, tracker)
    client = open_client(tracking_database(gym_url))
    experiment = client.get_experiment_by_name(NAME)
    assert experiment is not None
    assert [r.info.status for r in client.search_runs([experiment.experiment_id])] == ["FAILED"]
    assert mirror(book, tracker) == (Mirrored(NAME, (first,), first),)
    assert [r.info.status for r in client.search_runs([experiment.experiment_id])] == ["FINISHED"]


def _disk_is_full(*_arguments: object) -> None:
    raise OSError("disk is full")


def test_a_training_goes_on_without_its_tracker_and_the_next_one_catches_up(
    gym: Gym, book: WarehouseChampions, tracker: MlflowTracker, home: Path
) -> None:
    home.touch()
    gym.ports = replace(gym.ports, tracker=tracker)
    first = gym.trains("first", 1.0)
    trained, _ = gym.run(OCTOBER)
    assert "pace is not in the experiment tracker yet" in trained.record.warnings[0]
    assert (len(book.entries(NAME)), tracker.tracked(NAME)) == (1, frozenset())
    # the folder that was in the way is gone
    home.unlink()
    second = gym.trains("second", 0.5)
    trained, _ = gym.run(NOVEMBER)
    assert trained.record.warnings == ()
    assert tracker.tracked(NAME) == {first, second}


def test_nothing_is_said_aloud(
    gym: Gym,
    book: WarehouseChampions,
    tracker: MlflowTracker,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    gym.month(OCTOBER, "first", 1.0)
    with caplog.at_level(logging.INFO):
        mirror(book, tracker)
    said = capfd.readouterr()
    assert (said.out, said.err, caplog.messages) == ("", "", [])
    telemetry = sys.modules["mlflow.telemetry"].get_telemetry_client()
    assert telemetry is None


def test_the_database_is_made_once_and_its_url_names_the_driver(gym_url: str, tracker: MlflowTracker) -> None:
    made = ensure_database(gym_url)
    assert ensure_database(gym_url) == made == tracking_database(gym_url)
    assert made.sqlalchemy.drivername == "postgresql+psycopg2"
    assert tracking_database("postgresql://host/wdh").sqlalchemy.database == "wdh_mlflow"
    psycopg2.connect(made.libpq).close()


def test_a_user_who_may_not_create_databases_is_told_what_to_do(gym_url: str) -> None:
    database = DatabaseUrl.parse(gym_url).sqlalchemy.database
    user = f"small_{database}"
    run_sql(gym_url, sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'pw'").format(sql.Identifier(user)))
    try:
        url = DatabaseUrl(DatabaseUrl.parse(gym_url).sqlalchemy.set(username=user, password="pw"))
        with pytest.raises(ConfigurationError, match=f"needs a database {database}_mlflow"):
            ensure_database(url.libpq)
    finally:
        run_sql(gym_url, sql.SQL("DROP ROLE {}").format(sql.Identifier(user)))


def test_a_server_that_is_away_is_a_transient_error(tmp_path: Path) -> None:
    tracker = MlflowTracker("postgresql://nobody:secret@127.0.0.1:1/wdh", tmp_path)
    with pytest.raises(TransientError, match="does not answer") as caught:
        tracker.tracked(NAME)
    assert "secret" not in str(caught.value)


def test_a_run_ends_as_it_went_and_takes_numbers_and_paths(gym_url: str, tracker: MlflowTracker) -> None:
    client = open_client(ensure_database(gym_url))
    experiment = client.create_experiment("loose", artifact_location=tracker.home.as_uri())
    with pytest.raises(ZeroDivisionError):
        _fail_in_a_run(client, experiment)
    (found,) = client.search_runs([experiment])
    assert found.info.status == "FAILED"
    assert (found.data.params["a.b"], len(found.data.params["odd_ name_"])) == ("1", 6000)
    assert len(found.data.params) == 152
    assert found.data.metrics == {"x.y": 0.5}
    with closing(psycopg2.connect(tracking_database(gym_url).libpq)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        # no connection is kept but this one
        assert cursor.fetchone() == (1,)


def _fail_in_a_run(client: "MlflowClient", experiment: str) -> None:
    with mlflow_run(client, experiment, "a run", {"k": "v"}) as run:
        log_params(run, {"a": {"b": 1}, "odd: name?": "x" * 9000} | {f"p{n}": n for n in range(150)})
        log_metrics(run, {"x": {"y": 0.5}, "nan": float("nan"), "text": "no", "flag": True, "none": None})
        raise ZeroDivisionError
