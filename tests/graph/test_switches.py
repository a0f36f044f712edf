"""Which sensors a start switches on, asked of a local server that answers as the Dagster UI does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from work_data_hub.domain.kernel.errors import PermanentError, TransientError
from work_data_hub.orchestration.switches import Switched, switch_on

NAMES = ("annuity_landing", "annuity_automation")


class Ui:
    """What a served graph has, and what it was asked to start."""

    def __init__(self) -> None:
        self.sensors: list[str] = []
        self.appear: list[str] = list(NAMES)
        self.started: list[dict[str, str]] = []
        self.refusal: dict[str, str] | None = None
        self.errors: list[dict[str, str]] = []

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.errors:
            return {"errors": self.errors}
        if "startSensor" in asked["query"]:
            self.started.append(asked["variables"]["selector"])
            return {"data": {"startSensor": self.refusal or {"__typename": "Sensor"}}}
        shown = [{"name": name} for name in self.sensors]
        # the graph is loaded while the caller waits
        self.sensors = self.appear
        node = {"name": "__repository__", "location": {"name": "work_data_hub"}, "sensors": shown}
        return {"data": {"repositoriesOrError": {"nodes": [node]}}}


@contextmanager
def served(ui: Ui) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(ui.answer(asked)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))


def decided(name: str, status: InstigatorStatus) -> None:
    """Store what Dagster stores when somebody switches a sensor in the UI."""
    location = ManagedGrpcPythonEnvCodeLocationOrigin(
        LoadableTargetOrigin(python_file="x.py"), "work_data_hub"
    )
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(location, "__repository__"), name)
    with dg.DagsterInstance.get() as instance:
        instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, status))


def test_sensors_that_nobody_has_switched_are_started_once_the_graph_is_loaded() -> None:
    ui = Ui()
    with served(ui) as port:
        assert switch_on(port, NAMES) == Switched(NAMES, ())
    assert [selector["sensorName"] for selector in ui.started] == list(NAMES)
    assert {selector["repositoryLocationName"] for selector in ui.started} == {"work_data_hub"}


def test_a_sensor_that_somebody_has_switched_off_stays_off_and_one_that_runs_is_not_started_again() -> None:
    decided(NAMES[0], InstigatorStatus.STOPPED)
    decided(NAMES[1], InstigatorStatus.RUNNING)
    ui = Ui()
    with served(ui) as port:
        assert switch_on(port, NAMES) == Switched(NAMES[1:], NAMES[:1])
    assert ui.started == []


def test_a_graph_that_does_not_load_is_told() -> None:
    ui = Ui()
    ui.sensors = ui.appear = [NAMES[0]]
    with served(ui) as port, pytest.raises(PermanentError, match="does not show annuity_automation"):
        switch_on(port, NAMES, patience=0.0)
    assert ui.started == []


def test_a_refusal_is_told_with_its_reason() -> None:
    ui = Ui()
    ui.refusal = {"__typename": "UnauthorizedError", "message": "read-only"}
    with served(ui) as port, pytest.raises(PermanentError, match="could not be switched on: read-only"):
        switch_on(port, NAMES)


def test_a_question_that_the_ui_does_not_know_is_told() -> None:
    ui = Ui()
    ui.errors = [{"message": "no such field"}]
    with served(ui) as port, pytest.raises(PermanentError, match="no such field"):
        switch_on(port, NAMES)


def test_a_ui_that_is_gone_is_told() -> None:
    with served(Ui()) as port:
        pass
    with pytest.raises(TransientError, match="does not answer"):
        switch_on(port, NAMES)
