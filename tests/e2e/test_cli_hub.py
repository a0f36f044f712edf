"""The command from an empty folder to a filled hub, on the embedded Postgres, as a user calls it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import psycopg2
import pytest

from work_data_hub.cli.main import run
from work_data_hub.config.settings import get_settings
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.io.embedded.server import EmbeddedServer

# one worker, so that what the module sets up is set up once
pytestmark = pytest.mark.xdist_group("cli_hub")

PROJECT = Path(__file__).resolve().parents[2]
GOOD, AMBIGUOUS, SMALL = "2025-11", "2025-10", "2023-11"
MONTHS = (SMALL, "2025-09", AMBIGUOUS, GOOD, "2025-12")
WDH = (sys.executable, "-m", "work_data_hub.cli.main")

TABLES = len(INTAKES) + len(BUILDS)


@dataclass(frozen=True, slots=True)
class Home:
    """A machine of its own: settings by environment, landing folder, database."""

    root: Path
    env: Mapping[str, str]
    started: "subprocess.CompletedProcess[str]"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    def counts(self) -> dict[str, int]:
        """Count the rows of every table of the warehouse."""
        with EmbeddedServer(self.root / "wdh").ensure():
            url = EmbeddedServer(self.root / "wdh").url().replace("+psycopg2", "")
            connection = psycopg2.connect(url)
            try:
                with connection.cursor() as cursor:
                    return dict(_counts(cursor))
            finally:
                connection.close()


def _counts(cursor: Any) -> Iterator[tuple[str, int]]:
    cursor.execute(
        "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
        " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM {table}")
        yield table, cursor.fetchone()[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home that `wdh start --once` has filled with small sample months."""
    root = tmp_path_factory.mktemp("hub")
    env = {
        **os.environ,
        # wide enough for every column of the summary
        "COLUMNS": "160",
        "DATABASE_URL": "embedded",
        "ENVIRONMENT": "dev",
        "WDH_HOME": str(root / "wdh"),
        "LANDING_ROOT": str(root / "landing"),
        "DAGSTER_HOME": str(root / "dagster"),
    }
    sample = (
        "sample-data",
        "--rows",
        "300",
        "--layout-rows",
        "120",
        "--seed",
        "7",
        "--retail-lines",
        "2000",
        "--pricing-lines",
        "400",
    )
    subprocess.run([*WDH, *sample], env=env, cwd=PROJECT, check=True, capture_output=True)
    _thin(root / "landing")
    started = subprocess.run(
        [*WDH, "start", "--once"], env=env, cwd=PROJECT, check=False, capture_output=True, text=True
    )
    yield Home(root, env, started)
    EmbeddedServer(root / "wdh").destroy()


def _thin(landing: Path) -> None:
    """Keep five of the nine months: each costs some seconds of the orchestrator."""
    manifest = landing / "sample_manifest.json"
    document = json.loads(manifest.read_text(encoding="utf-8"))
    for month in document["months"]:
        if month["period"] not in MONTHS:
            shutil.rmtree(landing / month["period"].replace("-", ""))
    document["months"] = [month for month in document["months"] if month["period"] in MONTHS]
    manifest.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Wdh = Callable[..., Said]


@pytest.fixture
def wdh(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Wdh]:
    """The command in this process, with the settings of the home."""
    for name in ("DATABASE_URL", "ENVIRONMENT", "WDH_HOME", "LANDING_ROOT", "DAGSTER_HOME"):
        monkeypatch.setenv(name, home.env[name])
    monkeypatch.chdir(PROJECT)
    get_settings.cache_clear()

    def call(*arguments: str) -> Said:
        capsys.readouterr()
        status = run(arguments)
        return Said(status, *capsys.readouterr())

    yield call
    get_settings.cache_clear()


def records(said: Said) -> Any:
    return [
        (state["table"], state["period"], state["state"], state["record"] and state["record"]["run_id"])
        for state in said.json["domains"]["annuity"]["tables"]
    ]


def processes_of(root: Path) -> list[psutil.Process]:
    """Give the living processes whose command line names a folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "status"]):
        named = [*(process.info["cmdline"] or ()), *(process.info["environ"] or {}).values()]
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(root) in text for text in named):
            found.append(process)
    return [process for process in found if process.pid != os.getpid()]


def soon(holds: Callable[[], bool], limit: float = 15.0) -> bool:
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_first_start_fills_every_month_and_shows_the_ambiguous_one_as_refused(home: Home) -> None:
    assert home.started.returncode == 0, home.started.stderr
    assert "DEBUG" not in home.started.stderr
    assert "gold tables succeeded" in home.started.stderr
    summary = home.started.stdout
    assert re.search(rf"{AMBIGUOUS} +refused: 2 candidates", summary)
    manifest = json.loads((home.landing / "sample_manifest.json").read_text(encoding="utf-8"))
    for month in manifest["months"]:
        if month["outcome"] == "resolved":
            block = summary.split(f"\n{month['period']} ")[1].split("\n\n")[0]
            rows = [line for line in block.splitlines() if "silver.scale_detail" in line]
            assert re.search(rf" {month['counts']['rejected']} +0 .*✓.*fresh", rows[0]), rows
            assert block.count("fresh") == TABLES


def test_a_start_leaves_no_process_behind(home: Home) -> None:
    assert soon(lambda: not processes_of(home.root)), processes_of(home.root)


def test_a_second_start_is_quick_and_changes_nothing(home: Home, wdh: Wdh) -> None:
    before, published = home.counts(), records(wdh("status", "--json"))
    begun = time.monotonic()
    again = subprocess.run(
        [*WDH, "start", "--once", "--json"],
        env=home.env,
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert again.returncode == 0, again.stderr
    assert time.monotonic() - begun < 15
    assert all(month["run_id"] == "" for month in json.loads(again.stdout)["months"])
    assert (home.counts(), records(wdh("status", "--json"))) == (before, published)


def test_plan_names_file_sheet_version_rows_scope_and_tables_and_writes_nothing(home: Home, wdh: Wdh) -> None:
    before = home.counts()
    said = wdh("plan", "annuity", "--period", "2025-09")
    assert said.status == 0, said.err
    assert home.counts() == before
    flat = " ".join(said.out.split())
    for part in (
        "202509/收集数据/数据采集/V2/",
        "version V2",
        "sheet 规模明细:",
        "period=2025-09-01",
        "replace_scope",
    ):
        assert part in flat
    document = wdh("plan", "annuity", "--period", "2025-09-01", "--json").json
    rows = document["sheets"][0]["rows"]
    assert rows["read"] == rows["data"] + rows["totals"] + rows["blank"] + rows["repeated_headers"]
    assert {table["action"] for table in document["tables"]} == {"unchanged"}
    assert len(document["tables"]) == TABLES


@pytest.mark.parametrize("form", [AMBIGUOUS, f"{AMBIGUOUS}-01"])
def test_plan_of_an_ambiguous_month_is_refused_naming_both_candidates(wdh: Wdh, form: str) -> None:
    said = wdh("plan", "annuity", "--period", form)
    assert (said.status, said.out) == (4, "")
    assert "1110.xlsx" in said.err
    assert "1111.xlsx" in said.err
    assert "Fix: " in said.err
    document = wdh("plan", "annuity", "--period", form, "--json").json
    assert document["exit_status"] == 4
    assert len(document["error"]["evidence"]["candidates"]) == 2


def test_plan_of_a_month_without_a_file_is_refused(wdh: Wdh) -> None:
    said = wdh("plan", "annuity", "--period", "2024-06")
    assert said.status == 4
    assert "Fix: " in said.err


@pytest.mark.parametrize("call", [("plan", "pensions"), ("run", "pensions"), ("run", "annuity")])
def test_what_is_not_there_is_wrong_usage(wdh: Wdh, call: tuple[str, ...]) -> None:
    period = () if call == ("run", "annuity") else ("--period", GOOD)
    said = wdh(*call, *period)
    assert (said.status, said.out) == (2, "")
    assert "Traceback" not in said.err


def test_a_month_run_again_publishes_nothing_new_and_is_still_told_its_warnings(home: Home, wdh: Wdh) -> None:
    wdh("run", "annuity", "--period", GOOD)
    before = home.counts()
    said = wdh("run", "annuity", "--period", GOOD, "--json")
    assert (said.status, said.json["exit_status"]) == (3, 3)
    assert home.counts()["hub.publishes"] == before["hub.publishes"]
    forced = wdh("run", "annuity", "--period", GOOD, "--force", "--json")
    assert forced.status == 3
    assert home.counts()["hub.publishes"] == before["hub.publishes"] + TABLES
    assert home.counts()["hub.quarantine"] == before["hub.quarantine"]


def test_a_range_goes_on_after_a_refused_month_and_reports_the_worst(wdh: Wdh) -> None:
    said = wdh("run", "annuity", "--from", "2025-08", "--to", GOOD, "--json")
    assert said.status == 4
    assert said.json["skipped"] == ["2025-08"]
    assert [(month["period"], month["exit_status"]) for month in said.json["months"]] == [
        ("2025-09", 3),
        (AMBIGUOUS, 4),
        (GOOD, 3),
    ]


def test_a_changed_workbook_makes_the_month_stale_until_it_is_run(home: Home, wdh: Wdh) -> None:
    book = next((home.landing / "202311").rglob("*.xlsx"))
    keep = home.root / "keep.xlsx"
    shutil.copy2(book, keep)
    try:
        with zipfile.ZipFile(book, "a") as archive:
            archive.comment = b"other bytes, same cells"
        states = [state[2] for state in records(wdh("status", "annuity", "--json")) if state[1] == SMALL]
        assert set(states) == {"stale"}
        planned = wdh("plan", "annuity", "--period", SMALL, "--json").json
        assert planned["tables"][0]["action"] == "load again"
    finally:
        shutil.copy2(keep, book)
    states = [state[2] for state in records(wdh("status", "annuity", "--json")) if state[1] == SMALL]
    assert set(states) == {"fresh"}


def test_status_shows_every_table_and_month_with_reasons(wdh: Wdh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = wdh("status")
    assert said.status == 0
    assert f"refused {AMBIGUOUS}: 2 candidates (bronze.scale_rows and 14 after it)" in said.out
    assert len(re.findall(r"^gold\.scale_fact +fresh", said.out, re.MULTILINE)) == 1
    states = wdh("status", "--json").json["domains"]["annuity"]["states"]
    assert states == {"fresh": 4 * TABLES, "refused": TABLES}


def test_doctor_finds_a_filled_home_well(wdh: Wdh) -> None:
    said = wdh("doctor", "--json")
    assert said.status == 0, said.out
    assert {check["name"]: check["verdict"] for check in said.json["checks"]}["database"] == "ok"


def test_doctor_names_what_is_wrong_and_how_to_mend_it(
    wdh: Wdh, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "nowhere"))
    get_settings.cache_clear()
    said = wdh("doctor")
    assert said.status == 1
    assert "✗ DAGSTER_HOME" in said.out
    assert "Fix: " in said.out


def test_a_missing_setting_is_named_with_a_way_out(
    wdh: Wdh, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.chdir(tmp_path)
    get_settings.cache_clear()
    said = wdh("status")
    assert said.status == 2
    assert "DATABASE_URL is required but not set in environment" in said.err


def test_db_url_masks_the_password_unless_asked(wdh: Wdh) -> None:
    assert ":***@" in wdh("db", "url").out
    assert ":***@" not in wdh("db", "url", "--show-password").out


def test_db_status_tells_the_revision(wdh: Wdh) -> None:
    wdh("status")
    document = wdh("db", "status", "--json").json
    assert not document["running"] or document["at_head"]
    assert "is at" in wdh("db", "upgrade").out


def test_db_downgrade_asks_first(home: Home, wdh: Wdh) -> None:
    before = home.counts()
    said = wdh("db", "downgrade", "-1")
    assert said.status == 2
    assert "--yes" in said.err
    assert home.counts() == before


def test_a_taken_port_is_told_before_the_long_work(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = subprocess.run(
            [*WDH, "start", "--port", port],
            env=home.env,
            cwd=PROJECT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert refused.returncode == 2
    assert f"port {port}" in refused.stderr
    assert "--port" in refused.stderr


def test_the_ui_is_served_until_it_is_ended_and_leaves_nothing_behind(home: Home) -> None:
    # in the background of a shell Ctrl+C is ignored
    ending = signal.SIGTERM if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else signal.SIGINT
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = home.root / "start.log"
    with log.open("w") as words:
        process = subprocess.Popen(
            [*WDH, "start", "--port", str(port)], env=home.env, cwd=PROJECT, stdout=words, stderr=words
        )
    try:
        assert soon(lambda: "Dagster UI at" in log.read_text(encoding="utf-8"), 90), log.read_text(
            encoding="utf-8"
        )
        with urlopen(f"http://127.0.0.1:{port}/server_info", timeout=10) as answer:
            assert "dagster_version" in json.load(answer)
    finally:
        process.send_signal(ending)
    assert process.wait(30) == 0, log.read_text(encoding="utf-8")
    assert soon(lambda: not processes_of(home.root)), processes_of(home.root)
