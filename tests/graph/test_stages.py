"""Stages as jobs: what they hold, a run over whole tables or a range of months, and what ends a run of all of them."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import typer
from tests.graph.market_hub import MarketHub, months
from tests.graph.shop_hub import settings
from tests.unit.application.market import DECEMBER, GOODS, NOVEMBER, SALES, TAKINGS, YEARS, Market

from work_data_hub.application.inputs import UpstreamMissingError
from work_data_hub.cli import run_command, stages
from work_data_hub.cli.months import MonthRun
from work_data_hub.cli.progress import steps
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, PermanentError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration import launch
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.automation import ENVIRONMENTS
from work_data_hub.orchestration.jobs import domain_jobs, stage_only
from work_data_hub.orchestration.launch import launch_month, launch_range, launch_whole
from work_data_hub.orchestration.partitions import monthly
from work_data_hub.orchestration.resources import HubSession, LoudIOManager
from work_data_hub.orchestration.stages import stage_jobs

TEA, CUP = ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")
GIFT = ("2025-12-01", "card", "1")
DAY = dg.AssetKey(TAKINGS.asset_key)


@pytest.fixture
def market(tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> MarketHub:
    """A market whose runs are launched as `wdh run` launches them, in an instance in memory."""
    for name in ("market_landing", "market_follow"):
        monkeypatch.setitem(ENVIRONMENTS, name, ("dev",))
    made = MarketHub(tmp_path / "landing", instance)
    monkeypatch.setattr(launch, "defs", made.defs)
    monkeypatch.setattr(dg.DagsterInstance, "get", lambda: nullcontext(instance))
    return made


def filled(market: MarketHub) -> MarketHub:
    """Let both drops fall."""
    market.drop("sales/sold.csv", TEA, CUP)
    market.drop("gifts/given.csv", GIFT)
    return market


def run_all(market: MarketHub, only: tuple[Period, ...] | None = None, **more: bool) -> list[MonthRun]:
    """Run stage after stage as `wdh run` does, and give what came of each."""
    with steps("market", 1) as shown:
        return list(stages.run_stages(market.hub, "market", shown, months=only, **more))


def told(run: MonthRun) -> dict[str, str]:
    return {line.table.removeprefix("market."): line.state for line in run.lines}


def test_stages_are_jobs_in_order_and_the_months_bear_the_name_of_the_domain() -> None:
    jobs = stage_jobs("market", Market().domain.tables)
    assert [(job.name, job.monthly, len(job.tables)) for job in jobs] == [
        ("market_drops", False, 3),
        ("market", True, 1),
        ("market_marts", False, 1),
    ]


def test_a_domain_whose_months_come_first_has_no_job_for_drops() -> None:
    tables = Market().domain.tables[3:]
    assert [job.name for job in stage_jobs("market", tables)] == ["market", "market_marts"]


def test_only_months_have_a_parallel_twin_and_no_sensor_asks_for_it() -> None:
    jobs = domain_jobs("market", Market().domain.tables)
    assert [job.name for job in jobs] == ["market_drops", "market", "market_marts", "market_parallel"]
    assert [job.name for job in stage_only(jobs)] == ["market_drops", "market", "market_marts"]


def test_a_whole_table_has_no_partitions_and_months_have_their_policy(market: MarketHub) -> None:
    specs = {spec.key: spec for spec in market.defs.resolve_all_asset_specs()}
    assert specs[dg.AssetKey(GOODS.asset_key)].partitions_def is None
    assert specs[DAY].partitions_def is not None
    graph = market.defs.get_repository_def().asset_graph
    assert graph.get(DAY).backfill_policy == dg.BackfillPolicy.single_run()
    assert graph.get(DAY).parent_keys >= {dg.AssetKey(SALES.asset_key), dg.AssetKey(GOODS.asset_key)}
    assert graph.get(dg.AssetKey(YEARS.asset_key)).parent_keys == {DAY}


def test_a_whole_job_materializes_its_tables_with_their_rows(market: MarketHub) -> None:
    heard: list[tuple[str, str]] = []
    result = launch_whole(filled(market).hub, "market_drops", on_event=lambda *event: heard.append(event))
    assert (result.success, result.error) == (True, None)
    names = ("market/bronze/sales", "market/bronze/gifts", "market/silver/goods")
    assert sorted(heard) == sorted((name, event) for name in names for event in ("started", "succeeded"))
    event = market.instance.get_latest_materialization_event(dg.AssetKey(SALES.asset_key))
    assert event is not None
    made = event.asset_materialization
    assert made is not None
    assert made.partition is None
    assert (made.metadata["dagster/row_count"].value, made.metadata["result"].value) == (2, "published")
    assert launch_whole(market.hub, "market_drops").success
    assert len(market.market.ledger.records) == 3
    assert launch_whole(market.hub, "market_drops", force=True).success
    assert len(market.market.ledger.records) == 6


def test_a_range_materializes_every_month_with_its_own_figures(market: MarketHub) -> None:
    launch_whole(filled(market).hub, "market_drops")
    result = launch_range(market.hub, "market", NOVEMBER, DECEMBER)
    assert result.success
    assert set(market.takings().values()) == {result.run_id}
    found = market.instance.fetch_materializations(DAY, limit=10).records
    made = {
        record.asset_materialization.partition: record for record in found if record.asset_materialization
    }
    assert set(made) == {"2025-11-01", "2025-12-01"}
    hashes = set()
    for record in made.values():
        told = record.asset_materialization
        assert told is not None
        assert told.metadata["dagster/partition_row_count"].value == 1
        hashes.add(told.metadata["identity_hash"].value)
    assert len(hashes) == 2
    run = market.instance.get_run_by_id(result.run_id)
    assert run is not None
    assert months(NOVEMBER, DECEMBER).items() <= run.tags.items()


def test_a_range_of_one_month_is_the_run_of_that_month(market: MarketHub) -> None:
    launch_whole(filled(market).hub, "market_drops")
    result = launch_range(market.hub, "market", NOVEMBER, NOVEMBER)
    run = market.instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.tags["dagster/partition"] == "2025-11-01"
    assert list(market.takings()) == ["2025-11"]


def test_of_several_failures_the_one_that_is_no_refused_input_is_told(market: MarketHub) -> None:
    def fail(_: BuildContext) -> Outcome:
        raise PermanentError("no way", fix="mend the code")

    market.market.goods = fail
    market.drop("sales/sold.csv", TEA)
    result = launch_whole(market.hub, "market_drops")
    assert not result.success
    assert result.error is not None
    assert result.error.what == "no way"


def test_a_month_without_its_whole_tables_fails_and_says_what_to_build_first(market: MarketHub) -> None:
    result = launch_month(filled(market).hub, "market", NOVEMBER)
    assert not result.success
    assert "materialize market/bronze/sales first" in str(result.error)


def test_all_stages_are_run_in_order_and_fresh_ones_are_passed_over(market: MarketHub) -> None:
    runs = run_all(filled(market))
    assert [(run.what, run.exit_status) for run in runs] == [
        ("all", 0),
        ("2025-11 to 2025-12", 0),
        ("all", 0),
    ]
    assert set().union(*(told(run).values() for run in runs)) == {"fresh"}
    (takings,) = runs[1].lines
    assert (takings.when, takings.published) == ("2025-11 to 2025-12", 2)
    again = run_all(market)
    assert [(run.what, run.run_id) for run in again] == [("all", ""), ("all", "")]


def test_only_months_that_are_not_fresh_are_run(market: MarketHub) -> None:
    market.drop("sales/sold.csv", TEA, CUP, ("2026-01-03", "tea", "1"))
    market.drop("gifts/given.csv", GIFT)
    run_all(market)
    market.drop("sales/sold.csv", ("2025-11-03", "tea", "5"), CUP, ("2026-01-03", "tea", "2"))
    assert [run.what for run in run_all(market)] == ["all", "2025-11", "2026-01", "all"]


def test_a_forced_run_builds_everything_again(market: MarketHub) -> None:
    run_all(filled(market))
    before = len(market.market.ledger.records)
    assert all(run.run_id for run in run_all(market, force=True))
    assert len(market.market.ledger.records) == 2 * before


def test_months_that_are_named_are_built_and_nothing_else(market: MarketHub) -> None:
    launch_whole(filled(market).hub, "market_drops")
    runs = run_all(market, (DECEMBER,))
    assert [run.what for run in runs] == ["2025-12"]
    assert list(market.takings()) == ["2025-12"]
    assert (
        market.market.words()["years", "all"] == "stale"
        or market.market.states()["years", "all"].record is None
    )


def test_a_stage_that_failed_ends_the_run(market: MarketHub) -> None:
    def fail(_: BuildContext) -> Outcome:
        raise PermanentError("no way", fix="mend the code")

    market.market.goods = fail
    (run,) = run_all(filled(market))
    assert run.exit_status == 1
    assert told(run) == {"bronze.sales": "fresh", "bronze.gifts": "fresh", "silver.goods": "failed"}


def test_a_month_that_failed_ends_the_run_before_the_marts(market: MarketHub) -> None:
    def fail(_: BuildContext) -> Outcome:
        raise PermanentError("no way", fix="mend the code")

    market.market.takings = fail
    runs = run_all(filled(market))
    assert [(run.what, run.exit_status) for run in runs] == [("all", 0), ("2025-11 to 2025-12", 1)]


def test_a_refused_drop_is_told_and_what_can_be_built_without_it_is_built(market: MarketHub) -> None:
    filled(market)
    market.drop("gifts/second.csv", GIFT, GIFT)
    runs = run_all(market)
    assert [run.exit_status for run in runs] == [4, 0, 0]
    assert isinstance(runs[0].error, AmbiguousCandidatesError)
    assert told(runs[0])["bronze.gifts"] == "refused"
    assert list(market.takings()) == ["2025-11", "2025-12"]
    assert market.market.ledger.records[-1].table == YEARS.key


def test_what_waits_for_a_refused_drop_is_refused_and_no_failure(market: MarketHub) -> None:
    filled(market)
    market.drop("sales/second.csv", TEA)
    runs = run_all(market)
    assert [(run.what, run.exit_status) for run in runs] == [("all", 4), ("2025-12", 4), ("all", 4)]
    assert {run.error for run in runs} == {runs[0].error}
    assert told(runs[0])["silver.goods"] == "refused"
    assert market.takings() == {}


def test_a_month_whose_input_is_missing_for_no_refusal_fails(market: MarketHub) -> None:
    market.drop("sales/sold.csv", TEA)
    (run,) = run_all(market, (NOVEMBER,))
    assert run.exit_status == 1
    assert isinstance(run.error, UpstreamMissingError)


def test_a_run_of_one_month_over_all_assets_builds_whole_tables_whole(market: MarketHub) -> None:
    filled(market)
    result = dg.materialize(
        table_assets(market.market.domain.tables, monthly(market.market.domain.start), "code"),
        partition_key=NOVEMBER.key,
        instance=market.instance,
        resources={"hub": HubSession(market.hub), "io_manager": LoudIOManager()},
    )
    assert result.success
    scopes = [(record.table.split(".")[2], record.scope) for record in market.market.ledger.records]
    assert sorted(scopes) == [
        ("gifts", "all"),
        ("goods", "all"),
        ("sales", "all"),
        ("takings", "period=2025-11-01"),
        ("years", "all"),
    ]


def command(
    market: MarketHub,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    as_json: bool = False,
    **chosen: str,
) -> int:
    """Call `wdh run market` and give its exit status."""
    monkeypatch.setattr(run_command, "read_settings", lambda: settings(dagster_home=tmp_path))
    monkeypatch.setattr(run_command, "open_hub", lambda _settings: nullcontext(market.hub))
    words: dict[str, Any] = {"period": None, "first": None, "last": None} | chosen
    try:
        run_command.run("market", as_json=as_json, **words)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def test_the_command_prints_stages_and_ends_with_the_worst_of_them(
    market: MarketHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(market)
    assert command(market, monkeypatch, tmp_path) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:3] for row in rows if "gold.takings" in row] == [["2025-11", "to", "2025-12"]]
    market.drop("gifts/second.csv", GIFT, GIFT)
    assert command(market, monkeypatch, tmp_path, as_json=True) == 4
    document = json.loads(capsys.readouterr().out)
    first = document["months"][0]
    assert (document["exit_status"], first["period"], first["exit_status"]) == (4, "all", 4)
    assert "gifts/second.csv" in json.dumps(first["error"])


def test_the_command_builds_the_months_that_are_named(
    market: MarketHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    launch_whole(filled(market).hub, "market_drops")
    assert command(market, monkeypatch, tmp_path, first="2025-12") == 0
    assert "2025-12" in capsys.readouterr().out
    assert list(market.takings()) == ["2025-12"]
