"""Tables of members in Dagster and on the command line: one event for a month, with everybody in it by name."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import typer
from tests.graph.shop_hub import settings
from tests.graph.stalls_hub import FOLLOW, LANDING, StallsHub
from tests.unit.application.stalls import (
    DECEMBER,
    EAST,
    NORTH,
    NOVEMBER,
    OCTOBER,
    TAKINGS,
    Stalls,
    make_takings,
    short,
)

from work_data_hub.application.runs import Result
from work_data_hub.application.status import State, TableState
from work_data_hub.cli import plan_command, run_command, status_command
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, PermanentError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.orchestration import launch
from work_data_hub.orchestration.automation import ENVIRONMENTS
from work_data_hub.orchestration.due import due_runs
from work_data_hub.orchestration.launch import launch_month, launch_range, launch_whole
from work_data_hub.orchestration.members import joint_version, merged_record, merged_report
from work_data_hub.orchestration.metadata_history import TableHistory, published_rows

TEA, CUP = ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")
JAR, PAN = ("2025-10-09", "jar", "2"), ("2025-11-30", "pan", "3")
TAKEN = ("stalls", "silver", "takings")


@pytest.fixture
def stalls(tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> StallsHub:
    """Stalls whose runs are launched as `wdh run` launches them; SOUTH has nothing to live on."""
    for name in (LANDING, FOLLOW):
        monkeypatch.setitem(ENVIRONMENTS, name, ("dev",))
    made = StallsHub(tmp_path / "landing", instance)
    monkeypatch.setattr(launch, "defs", made.defs)
    monkeypatch.setattr(dg.DagsterInstance, "get", lambda: nullcontext(instance))
    made.drop("sales.EAST", TEA, CUP)
    made.drop("sales.NORTH", JAR, PAN)
    return made


def command(
    module: Any, stalls: StallsHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **words: Any
) -> int:
    """Call a command about the stalls and give its exit status."""
    monkeypatch.setattr(module, "read_settings", lambda: settings(dagster_home=tmp_path))
    monkeypatch.setattr(module, "open_hub", lambda _settings: nullcontext(stalls.hub))
    name = module.__name__.rpartition(".")[2].removesuffix("_command")
    try:
        getattr(module, name)("stalls", **words)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def run_all(
    stalls: StallsHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, as_json: bool = False
) -> int:
    words: dict[str, Any] = {"period": None, "first": None, "last": None, "as_json": as_json}
    return command(run_command, stalls, monkeypatch, tmp_path, **words)


def fail_for_east(context: BuildContext) -> Outcome:
    if context.member == EAST:
        raise PermanentError("no way", fix="mend it")
    return make_takings(context)


def fail_for_all(_context: BuildContext) -> Outcome:
    raise PermanentError("no way", fix="mend it")


def test_a_month_is_one_materialization_that_adds_up_its_members(stalls: StallsHub) -> None:
    launch_whole(stalls.hub, "stalls_drops")
    assert launch_month(stalls.hub, "stalls", NOVEMBER).success
    (told,) = stalls.shown(*TAKEN).values()
    assert (told["dagster/partition_row_count"], told["rows_read"], told["result"]) == (2, 2, "published")
    rows = told["members"]
    assert [(row["member"], row["result"], row["published"]) for row in rows] == [
        (EAST, "published", 1),
        (NORTH, "published", 1),
    ]
    assert {row["version"] for row in rows} == {
        record.identity_hash[:16]
        for record in stalls.stalls.ledger.publishes((TAKINGS,))
        if record.scope.endswith("2025-11-01")
    }
    assert "in 2025-11" in told["trend_rows"]


def test_a_whole_table_counts_the_rows_of_all_members(stalls: StallsHub) -> None:
    assert launch_whole(stalls.hub, "stalls_drops").success
    (told,) = stalls.shown("stalls", "bronze", "sales").values()
    assert told["dagster/row_count"] == 4
    assert [row["member"] for row in told["members"]] == [EAST, NORTH]
    (gifts,) = stalls.shown("stalls", "bronze", "gifts").values()
    assert gifts["members"] == "no stall has anything to build it from"


def test_a_range_shows_every_month_with_those_who_were_at_work(stalls: StallsHub) -> None:
    launch_whole(stalls.hub, "stalls_drops")
    assert launch_range(stalls.hub, "stalls", OCTOBER, DECEMBER).success
    found = {
        month: [row["member"] for row in told["members"]] for month, told in stalls.shown(*TAKEN).items()
    }
    assert found == {OCTOBER.key: [NORTH], NOVEMBER.key: [EAST, NORTH], DECEMBER.key: [EAST]}


def test_a_month_in_which_nobody_is_at_work_builds_nothing(stalls: StallsHub) -> None:
    launch_whole(stalls.hub, "stalls_drops")
    before = len(stalls.stalls.ledger.publishes(stalls.stalls.domain.contracts))
    assert launch_month(stalls.hub, "stalls", OCTOBER.shift(-3)).success
    assert len(stalls.stalls.ledger.publishes(stalls.stalls.domain.contracts)) == before


def test_a_member_that_fails_is_named_and_the_others_are_told_as_published(stalls: StallsHub) -> None:
    launch_whole(stalls.hub, "stalls_drops")
    stalls.stalls.takings = fail_for_east
    result = launch_month(stalls.hub, "stalls", NOVEMBER)
    assert not result.success
    assert result.error is not None
    assert result.error.what == "no way"
    (told,) = stalls.shown(*TAKEN).values()
    assert [row["member"] for row in told["members"]] == [NORTH]
    run = [entry.dagster_event for entry in stalls.instance.all_logs(result.run_id) if entry.dagster_event]
    # what follows is built for the others, so the run goes on; a check says who is missing
    assert not [event for event in run if event.is_step_failure]
    evaluated = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    checks = [event.asset_check_evaluation_data for event in run if event.event_type is evaluated]
    failed = [check for check in checks if not check.passed and check.check_name == "contract"]
    assert failed
    assert all(check.severity is dg.AssetCheckSeverity.ERROR for check in failed)
    assert all("Of: EAST" in str(check.description) for check in failed)


def test_a_failure_of_everybody_fails_the_run(stalls: StallsHub) -> None:
    launch_whole(stalls.hub, "stalls_drops")
    stalls.stalls.takings = fail_for_all
    result = launch_month(stalls.hub, "stalls", NOVEMBER)
    run = [entry.dagster_event for entry in stalls.instance.all_logs(result.run_id) if entry.dagster_event]
    assert [event for event in run if event.is_step_failure]
    assert not result.success


def test_a_refused_member_leaves_the_others_a_run(
    stalls: StallsHub,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = stalls.drop("sales.EAST", TEA)
    copy.with_name("other.csv").write_text("Day,Good,Amount\n2025-11-03,tea,5\n")
    assert run_all(stalls, monkeypatch, tmp_path) == AmbiguousCandidatesError.exit_status
    shown = capsys.readouterr()
    assert "EAST: 2 candidates" in " ".join(shown.out.split())
    scopes = {short(r.scope) for r in stalls.stalls.ledger.publishes((TAKINGS,)) if r.table == TAKINGS.key}
    assert scopes == {"NORTH 2025-10", "NORTH 2025-11"}


def test_the_checks_look_at_every_member(stalls: StallsHub) -> None:
    launch_whole(stalls.hub, "stalls_drops")
    result = launch_month(stalls.hub, "stalls", NOVEMBER)
    assert result.success
    checks = [
        event.dagster_event.asset_check_evaluation_data
        for event in stalls.instance.all_logs(result.run_id)
        if event.dagster_event and event.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    takings = [check for check in checks if check.asset_key == dg.AssetKey(TAKEN)]
    assert {check.check_name for check in takings} == {
        "contract",
        "reject_budget",
        "reconciliation",
        "volume",
    }
    assert {check.metadata["months"].value for check in takings} == {2}


def test_members_are_merged_with_their_names() -> None:
    stalls = Stalls()
    stalls.drop("sales.EAST", TEA)
    stalls.drop("sales.NORTH", ("2025-11-01", "loss", "-1"))
    reports = [r for r in stalls.load() if r.table == TAKINGS.key]
    merged = merged_report(reports)
    assert (merged.scope, merged.record.counts.published) == ("period=2025-11-01", 2)
    assert merged.record.warnings == ("NORTH: a word",)
    assert merged.record.identity_hash == joint_version(r.record.identity_hash for r in reports)
    assert merged.record.seconds == pytest.approx(sum(r.record.seconds for r in reports))
    assert {i.scope for i in merged.record.inputs} == {
        "stall=EAST,period=2025-11-01",
        "stall=NORTH,period=2025-11-01",
    }
    alone = [r for r in stalls.load() if r.table == TAKINGS.key]
    assert {r.result for r in alone} == {Result.UNCHANGED}
    assert merged_report(alone).result is Result.UNCHANGED
    assert merged_record([reports[0].record]).scope == "period=2025-11-01"


def test_the_history_adds_members_up_by_month() -> None:
    stalls = Stalls()
    stalls.drop("sales.EAST", TEA, CUP)
    stalls.drop("sales.NORTH", JAR, PAN)
    reports = [r for r in stalls.load() if r.table == TAKINGS.key]
    history = TableHistory.of(stalls.ports, TAKINGS)
    december = merged_report([r for r in reports if r.scope.endswith("2025-12-01")])
    points = dict(history.points(december.record, published_rows))
    assert [points[month] for month in ("2025-09", "2025-10", "2025-11", "2025-12")] == [None, 1, 2, 1]


def test_a_drop_of_a_member_is_asked_for_by_its_source(stalls: StallsHub) -> None:
    stalls.tick()
    (request,), _ = stalls.tick()
    assert [part.partition("=")[0] for part in request.run_key.split(":")[0].split(",")] == [
        "sales.EAST",
        "sales.NORTH",
    ]
    assert launch_whole(stalls.hub, "stalls_drops").success
    told = stalls.tick()[1]
    assert told.startswith("nothing new; gifts.NORTH: ")
    stalls.drop("sales.EAST", TEA)
    stalls.tick()
    (request,), _ = stalls.tick()
    assert request.run_key.startswith("sales.EAST=")


def test_what_follows_is_asked_for_until_everybody_is_fresh_and_who_has_nothing_is_not_due(
    stalls: StallsHub,
) -> None:
    asked = []
    for _ in range(5):
        requests, told = stalls.follow()
        if not requests:
            break
        for request in requests:
            asked.append((request.job_name, dict(request.tags).get("dagster/asset_partition_range_end", "")))
            whole = launch_whole if request.job_name != "stalls" else None
            assert (
                whole(stalls.hub, request.job_name)
                if whole
                else launch_range(stalls.hub, "stalls", OCTOBER, DECEMBER)
            ).success
    assert asked == [("stalls_drops", ""), ("stalls", DECEMBER.key), ("stalls_marts", "")]
    assert told == "everything that can be built is fresh"


def test_members_in_the_same_state_are_runs_of_different_names() -> None:
    domain = Stalls().domain

    def key(*members: str) -> str | None:
        states = [
            TableState(TAKINGS.key, NOVEMBER, State.MISSING, expected="e", member=member)
            for member in members
        ]
        return due_runs(domain, states)[0].run_key

    assert len({key(EAST), key(NORTH), key(EAST, NORTH)}) == 3
    assert key(EAST, NORTH) == key(NORTH, EAST)


def test_run_status_and_plan_show_one_line_for_a_table_and_month(
    stalls: StallsHub,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command(plan_command, stalls, monkeypatch, tmp_path) == 0
    planned = capsys.readouterr().out
    assert planned.count("stalls_bronze.sales") == 1
    assert "1 of 1 tables and months would be written." in planned
    assert run_all(stalls, monkeypatch, tmp_path) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    (sales,) = [row for row in rows if "bronze.sales" in row]
    assert sales[:4] == ["all", "bronze.sales", "4", "4"]
    (takings,) = [row for row in rows if "silver.takings" in row]
    assert takings[:5] == ["2025-10", "to", "2025-12", "silver.takings", "4"]
    assert command(status_command, stalls, monkeypatch, tmp_path) == 0
    status = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert ["silver.takings", "fresh", "fresh", "fresh"] in status
    assert ["1", "2", "1"] in status
    assert ["bronze.sales", "4", "fresh"] in status
    stalls.drop("sales.EAST", ("2025-11-03", "tea", "5"), CUP)
    command(status_command, stalls, monkeypatch, tmp_path)
    assert "EAST: sales.EAST/drop.csv changed since" in capsys.readouterr().out
    command(plan_command, stalls, monkeypatch, tmp_path)
    plan = " ".join(capsys.readouterr().out.split())
    assert "stalls_bronze.sales all replace_scope 4 load again (EAST: sales.EAST/drop.csv changed" in plan
    command(status_command, stalls, monkeypatch, tmp_path, as_json=True)
    tables = json.loads(capsys.readouterr().out)["domains"]["stalls"]["tables"]
    states = {(t["table"], t["member"]): t["state"] for t in tables if t["period"] is None}
    assert states["stalls.bronze.sales", EAST] == "stale"
    assert states["stalls.bronze.sales", NORTH] == "fresh"
