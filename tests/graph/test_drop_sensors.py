"""The sensors of a domain that takes drops, on a real folder: what they ask for, wait for and say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import xlsxwriter
from tests.graph.market_hub import FOLLOW, LANDING, PLACES, TICK, MarketHub
from tests.unit.application.market import GIFTS, SALES

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.orchestration.automation import ENVIRONMENTS
from work_data_hub.orchestration.drop_sensors import QUIET_FOR, drop_sensor
from work_data_hub.orchestration.drops import read_signatures
from work_data_hub.orchestration.landing import GIVEN_UP_AFTER
from work_data_hub.orchestration.landing_runs import LOST_AFTER

TEA, CUP = ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")
GIFT = ("2025-12-01", "card", "1")
SOLD, GIVEN = "sales/sold.csv", "gifts/given.csv"


@pytest.fixture
def market(tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> MarketHub:
    for name, places in PLACES.items():
        monkeypatch.setitem(ENVIRONMENTS, name, places)
    return MarketHub(tmp_path / "landing", instance)


def test_a_new_drop_is_asked_for_at_the_second_look_by_its_content(market: MarketHub) -> None:
    path = market.drop(SOLD, TEA)
    told = "nothing new; waiting for sales to be complete; gifts: market drop: no file found"
    assert market.tick() == ([], told)
    (request,), _ = market.tick()
    content = market.market.ports.drop_box.fingerprint(path)[:12]
    assert request.run_key == f"sales={content}:config:code"
    assert request.job_name is None


def test_several_sources_are_asked_for_in_one_run(market: MarketHub) -> None:
    market.drop(SOLD, TEA)
    market.drop(GIVEN, GIFT)
    (request,), _ = market.settle()
    assert [part.partition("=")[0] for part in request.run_key.split(",")] == ["sales", "gifts"]
    assert market.run(request, "market_drops").success
    assert market.settle() == ([], "nothing new")
    market.drop(GIVEN, GIFT, ("2025-12-02", "cup", "1"))
    (request,), _ = market.settle()
    assert request.run_key.startswith("gifts=")


def test_a_content_that_is_loaded_is_not_asked_for_whoever_loaded_it(market: MarketHub) -> None:
    path = market.drop(SOLD, TEA)
    market.market.build(SALES)
    assert market.settle()[0] == []
    path.rename(path.with_name("renamed.csv"))
    assert market.settle()[0] == []


def test_a_content_that_comes_back_after_another_one_is_asked_for_again(market: MarketHub) -> None:
    keys = []
    for line in (TEA, CUP, TEA):
        market.drop(SOLD, line)
        (request,), _ = market.settle()
        keys.append(request.run_key)
        market.run(request, "market_drops")
    assert len(set(keys)) == 3
    assert keys[2].startswith(f"{keys[0]}:after:")


def test_a_refused_content_is_asked_for_under_the_same_name_until_it_changes(market: MarketHub) -> None:
    market.write(SOLD, b"Day,Good\n2025-11-03,tea\n")
    (first,), _ = market.settle()
    assert not market.run(first, "market_drops").success
    (again,), _ = market.settle()
    assert again.run_key == first.run_key
    market.drop(SOLD, TEA)
    (other,), _ = market.settle()
    assert other.run_key != first.run_key


def test_a_drop_that_is_being_copied_is_left_until_it_lies_still(market: MarketHub) -> None:
    lines = [TEA] * 50
    for size in (10, 20, 30):
        market.drop(SOLD, *lines[:size])
        found, told = market.tick()
        assert found == []
        assert "waiting for sales to be complete" in told
    assert len(market.tick()[0]) == 1


def test_a_file_that_was_written_a_moment_ago_is_left_though_it_looks_the_same(market: MarketHub) -> None:
    market.drop(SOLD, TEA)
    market.tick()
    market.clock.at -= TICK + timedelta(seconds=16)
    assert market.tick()[0] == []
    assert len(market.tick()[0]) == 1


def test_half_a_workbook_is_waited_for_and_asked_for_as_it_is_in_the_end(market: MarketHub) -> None:
    path = market.root / "whole.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("lines")
        for row, cells in enumerate((("Day", "Good", "Amount"), *[TEA] * 200)):
            sheet.write_row(row, 0, cells)
    whole = path.read_bytes()
    market.write("sales/sold.xlsx", whole[: len(whole) // 2])
    for _ in range(GIVEN_UP_AFTER // TICK - 1):
        assert market.tick()[0] == []
    (half,), _ = market.tick()
    assert not market.run(half, "market_drops").success
    market.write("sales/sold.xlsx", whole)
    (request,), _ = market.settle()
    market.run(request, "market_drops")
    record = market.market.ledger.latest(SALES, Scope())
    assert record is not None
    assert record.counts.published == 200


def test_one_file_that_is_still_copied_holds_up_the_run_over_all_drops(market: MarketHub) -> None:
    market.drop(SOLD, TEA)
    market.tick()
    market.drop(GIVEN, GIFT)
    found, told = market.tick()
    assert (found, told) == ([], "sales is new; waiting for gifts to be complete")
    (request,), _ = market.tick()
    assert {part.partition("=")[0] for part in request.run_key.split(",")} == {"sales", "gifts"}


def test_a_drop_of_another_sensor_that_is_still_copied_holds_up_the_run_too(
    market: MarketHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRONMENTS, "market_sales_landing", ("dev",))
    sensor = drop_sensor("market_sales_landing", "market", ("sales",), market.factory)
    market.drop(SOLD, TEA)
    cursor = None
    for expected in (0, 0, 1):
        market.clock.at += TICK
        if expected == 0:
            market.drop(GIVEN, GIFT)
        context = dg.build_sensor_context(instance=market.instance, cursor=cursor)
        found = sensor(context)
        assert isinstance(found, dg.SensorResult)
        assert len(found.run_requests or ()) == expected
        cursor = found.cursor


def test_two_files_of_one_source_are_told_and_hold_up_no_other_source(market: MarketHub) -> None:
    market.drop(SOLD, TEA)
    market.drop("sales/second.csv", CUP)
    market.drop(GIVEN, GIFT)
    market.tick()
    (request,), _ = market.tick()
    assert request.run_key.startswith("gifts=")
    market.run(request, "market_drops")
    _, told = market.tick()
    assert told.startswith("nothing new; sales: ")


@pytest.mark.parametrize("cursor", ["", "{", "[1]", "17", '{"sales": 3}', "null"])
def test_a_cursor_that_is_no_cursor_only_means_another_look(market: MarketHub, cursor: str) -> None:
    market.drop(SOLD, TEA)
    market.settle()
    market.cursor = cursor
    assert market.tick()[0] == []
    assert len(market.tick()[0]) == 1


@pytest.mark.parametrize(("cursor", "told"), [(None, {}), ("x", {}), ("[]", {}), ('{"a": "b"}', {"a": "b"})])
def test_what_a_cursor_says_is_read_as_far_as_it_goes(cursor: str | None, told: dict[str, str]) -> None:
    assert read_signatures(cursor) == told


def test_sensors_do_nothing_where_the_map_does_not_let_them(market: MarketHub) -> None:
    market.environment = "staging"
    market.drop(SOLD, TEA)
    assert market.settle() == ([], f"{LANDING} does not run in staging")
    assert market.follow() == ([], f"{FOLLOW} does not run in staging")


def test_a_sensor_that_is_not_on_the_map_fails_at_load(market: MarketHub) -> None:
    with pytest.raises(ConfigurationError, match="not on the environment map"):
        drop_sensor("market_surprise", "market", ("sales",), market.factory)


def test_what_follows_is_asked_for_stage_by_stage(market: MarketHub) -> None:
    market.drop(SOLD, TEA, CUP)
    assert market.load_drops().success is False
    assert market.market.ledger.latest(SALES, Scope()) is not None
    market.clock.at += QUIET_FOR
    (request,), _ = market.follow()
    assert request.job_name == "market"
    assert market.run(request).success
    assert sorted(market.takings()) == ["2025-11", "2025-12"]
    (request,), _ = market.follow()
    assert request.job_name == "market_marts"
    assert market.run(request).success
    assert market.follow() == ([], "everything that can be built is fresh")


def test_a_drop_that_was_written_a_moment_ago_is_left_to_its_own_sensor(market: MarketHub) -> None:
    market.drop(SOLD, TEA)
    market.clock.at += QUIET_FOR - timedelta(seconds=1)
    assert market.follow() == ([], "waiting for sales to be complete")
    market.clock.at += timedelta(seconds=1)
    (request,), _ = market.follow()
    assert request.job_name == "market_drops"


@pytest.mark.parametrize("job", ["market", "market_drops", "market_marts", "market_parallel"])
def test_what_follows_waits_while_a_job_of_the_domain_is_at_work(market: MarketHub, job: str) -> None:
    market.drop(SOLD, TEA)
    market.clock.at += QUIET_FOR
    run = market.begun(job, tags={"dagster/partition": "2025-11-01"} if job == "market" else {})
    assert market.follow() == ([], f"{job} is at work")
    market.instance.report_run_canceled(run)
    assert len(market.follow()[0]) == 1


def test_a_run_that_was_lost_is_not_waited_for(market: MarketHub) -> None:
    market.drop(SOLD, TEA)
    market.begun("market_drops")
    market.clock.at = datetime.now(UTC) + LOST_AFTER + timedelta(minutes=1)
    assert len(market.follow()[0]) == 1


def test_a_failed_table_is_asked_for_once_and_again_after_its_input_has_changed(market: MarketHub) -> None:
    def fail(_: BuildContext) -> Outcome:
        raise PermanentError("no way", fix="mend the code")

    market.drop(SOLD, TEA)
    market.drop(GIVEN, GIFT)
    assert market.load_drops().success
    market.clock.at += QUIET_FOR
    good = market.market.takings
    market.market.takings = fail
    (first,), _ = market.follow()
    assert not market.run(first).success
    (again,), _ = market.follow()
    assert (again.run_key, again.tags) == (first.run_key, first.tags)
    market.drop(SOLD, ("2025-11-03", "tea", "5"))
    market.load_drops()
    market.clock.at += QUIET_FOR
    (other,), _ = market.follow()
    assert other.run_key != first.run_key
    market.market.takings = good
    assert market.run(other).success


def test_inputs_that_come_back_after_others_are_asked_for_under_another_name(market: MarketHub) -> None:
    market.drop(GIVEN, GIFT)
    keys = []
    for amount in ("4", "5", "4"):
        market.drop(SOLD, ("2025-11-03", "tea", amount), CUP)
        market.load_drops()
        market.clock.at += QUIET_FOR
        (request,), _ = market.follow()
        keys.append(request.run_key)
        assert market.run(request).success
    assert len(set(keys)) == 3


def test_a_refused_drop_does_not_keep_the_rest_from_being_built(market: MarketHub) -> None:
    market.drop(SOLD, TEA, CUP)
    market.drop(GIVEN, GIFT)
    market.load_drops()
    market.clock.at += QUIET_FOR
    for _ in range(2):
        (request,), _ = market.follow()
        market.run(request)
    market.drop("gifts/second.csv", GIFT, GIFT)
    market.drop(SOLD, TEA, ("2025-12-24", "cup", "8"))
    market.load_drops()
    market.clock.at += QUIET_FOR
    assert market.market.words()["takings", "2025-11"] == "stale"
    asked = []
    for _ in range(3):
        requests, _ = market.follow()
        asked += [(request.job_name, request.partition_key) for request in requests]
        for request in requests:
            market.run(request)
    assert asked == [("market", "2025-12-01"), ("market_marts", None)]
    record = market.market.ledger.latest(GIFTS, Scope())
    assert record is not None
