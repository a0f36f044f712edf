"""A workbook dropped into the landing folder of a running hub is loaded and visible in the UI without a command."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.io.embedded.server import EmbeddedServer

PROJECT = Path(__file__).resolve().parents[2]
WDH = (sys.executable, "-m", "work_data_hub.cli.main")
LOADED, NEW = "202511", "202512"
BUILT = """
query Built($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) {
    ... on AssetNode { latestMaterializationByPartition(partitions: ["2025-12-01"]) { runId } }
  }
}
"""
RUNS = """
{
  runsOrError(filter: {tags: [{key: "dagster/partition", value: "2025-12-01"}]}) {
    ... on Runs { results { runId status pipelineName } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A hub that `wdh start` serves on temporary folders."""

    root: Path
    port: int
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def ask(self, query: str, **variables: Any) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = json.dumps({"query": query, "variables": variables})
            connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
            return json.load(connection.getresponse())["data"]
        finally:
            connection.close()

    def runs(self) -> Any:
        """Give the month's runs, the first one last."""
        return self.ask(RUNS)["runsOrError"]["results"]

    def built_by(self, key: tuple[str, ...]) -> str | None:
        """Give the run that has built the dropped month of a table."""
        asset = self.ask(BUILT, key={"path": list(key)})["assetNodeOrError"]
        (found,) = asset["latestMaterializationByPartition"]
        return None if found is None else str(found["runId"])


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "DATABASE_URL": "embedded",
        "ENVIRONMENT": "dev",
        "WDH_HOME": str(tmp_path / "wdh"),
        "LANDING_ROOT": str(tmp_path / "landing"),
        "DAGSTER_HOME": str(tmp_path / "dagster"),
    }
    sample = (
        "sample-data",
        "--rows",
        "300",
        "--layout-rows",
        "120",
        "--retail-lines",
        "2000",
        "--pricing-lines",
        "400",
    )
    subprocess.run([*WDH, *sample], env=env, cwd=PROJECT, check=True, capture_output=True)
    hold_back(tmp_path)
    log = tmp_path / "start.log"
    with log.open("w", encoding="utf-8") as words:
        command = [*WDH, "start", "--port", str(port)]
        process = subprocess.Popen(command, env=env, cwd=PROJECT, stdout=words, stderr=words)
    try:
        yield Served(tmp_path, port, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        EmbeddedServer(tmp_path / "wdh").destroy()


def hold_back(root: Path) -> None:
    """Keep one annuity month in the landing folder, and another one for later."""
    landing = root / "landing"
    for other in ("retail", "pricing"):
        shutil.rmtree(landing / other)
    (landing / NEW).rename(root / NEW)
    for folder in landing.glob("2*"):
        if folder.name != LOADED:
            shutil.rmtree(folder)
    manifest = landing / "sample_manifest.json"
    document = json.loads(manifest.read_text(encoding="utf-8"))
    document["months"] = [m for m in document["months"] if m["period"].replace("-", "") == LOADED]
    manifest.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def soon(holds: Callable[[], bool], limit: float) -> bool:
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def test_a_dropped_month_is_loaded_without_a_command(hub: Served) -> None:
    assert soon(lambda: "runs by itself: annuity_landing, annuity_automation" in hub.said(), 300), hub.said()
    shutil.copytree(hub.root / NEW, hub.root / "landing" / NEW)
    tables: tuple[Buildable, ...] = (*INTAKES, *BUILDS)
    keys = [table.contract.asset_key for table in tables]
    assert soon(lambda: None not in [hub.built_by(key) for key in keys], 240), hub.runs()
    assert soon(lambda: hub.runs()[-1]["status"] == "SUCCESS", 60), hub.runs()
    assert hub.runs()[-1]["pipelineName"] == "annuity"
    assert {hub.built_by(key) for key in keys} == {hub.runs()[-1]["runId"]}
