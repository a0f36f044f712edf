import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import dagster as dg
import pytest
from tests.adapters.alerts.log_lines import log_lines
from tests.adapters.web.server import answer, serving
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import MONTH
from tests.unit.application.test_alerts import DOWN, FakeSink

from work_data_hub.application.alerts.delivery import AlertSink
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.errors import RejectBudgetExceededError
from work_data_hub.io.alerts.sinks import alert_sinks
from work_data_hub.orchestration.alert_sensor import EVERY_SECONDS, remembered
from work_data_hub.orchestration.definitions import build_defs

TOLD = "annuity 2025-11: detail: too many rows rejected, nothing published"


class Ticks:
    """Evaluates the sensor again and again, as the daemon does."""

    def __init__(self, shop: ShopHub, instance: dg.DagsterInstance, *sinks: AlertSink) -> None:
        self.shop, self.instance, self.sinks = shop, instance, sinks
        self.cursor: str | None = None

    def hub(self) -> AbstractContextManager[Hub]:
        domain = replace(self.shop.shop.domain, name="annuity")
        return nullcontext(replace(self.shop.hub, domains={"annuity": domain}, alerts=self.sinks))

    def __call__(self) -> Any:
        repository = build_defs(self.hub).get_repository_def()
        context = dg.build_sensor_context(
            instance=self.instance, repository_def=repository, cursor=self.cursor
        )
        done = repository.get_sensor_def("annuity_alerts").evaluate_tick(context)
        self.cursor = done.cursor
        return done


def refuse_month(shop: ShopHub) -> None:
    shop.shop.drop(MONTH, ["1", "x", "y"], "bad")
    with pytest.raises(RejectBudgetExceededError):
        shop.shop.load(MONTH)


def test_it_starts_nothing_and_is_stopped_until_somebody_switches_it_on() -> None:
    sensor = build_defs().get_repository_def().get_sensor_def("annuity_alerts")
    assert sensor.targets == []
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
    assert sensor.minimum_interval_seconds == EVERY_SECONDS


def test_a_refused_month_is_told_once_and_again_when_it_is_over(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    sink = FakeSink("s")
    tick = Ticks(shop, instance, sink)
    assert tick().skip_message == "nothing new to tell; 0 stand"
    refuse_month(shop)
    first = tick()
    assert first.run_requests == []
    assert first.skip_message == f"told 1: {TOLD}; 1 stand"
    assert tick().skip_message == "nothing new to tell; 1 stand"
    shop.shop.drop(MONTH, ["1"], "good")
    shop.shop.load(MONTH)
    assert tick().skip_message == f"told 1: over: {TOLD}; 0 stand"
    assert sink.sent == [TOLD, f"over: {TOLD}"]


def test_a_sink_that_is_down_is_logged_and_tried_at_the_next_tick(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    down, fine = FakeSink("down", {"*": DOWN}), FakeSink("fine")
    tick = Ticks(shop, instance, down, fine)
    refuse_month(shop)
    with log_lines() as lines:
        assert tick().skip_message == f"told 1: {TOLD}; 1 stand; down: 1 waiting"
        (line,) = lines()
    assert line["context"] == {"sink": "down", "error": "does not answer"}
    down.failing.clear()
    assert tick().skip_message == "nothing new to tell; 1 stand"
    assert (down.sent, fine.sent) == ([TOLD], [TOLD])


def test_a_webhook_hears_of_it_and_the_log_too(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    refuse_month(shop)
    with serving(answer(200)) as server, log_lines() as lines:
        Ticks(shop, instance, *alert_sinks(webhook_url=server.url))()
        assert [line["message"] for line in lines()] == [TOLD]
    (heard,) = server.heard
    assert json.loads(heard.body)["subject"] == TOLD


@pytest.mark.parametrize("cursor", ["garbage", "{}", '{"at": 3, "told": []}', "[" * 10_000])
def test_a_cursor_that_cant_be_read_means_that_things_are_told_again(
    shop: ShopHub, instance: dg.DagsterInstance, cursor: str
) -> None:
    sink = FakeSink("s")
    tick = Ticks(shop, instance, sink)
    refuse_month(shop)
    tick()
    tick.cursor = cursor
    tick()
    assert sink.sent == [TOLD, TOLD]


def test_no_cursor_is_an_empty_memory() -> None:
    assert remembered(None).told == {}


def test_where_the_map_forbids_it_nothing_is_told(
    shop: ShopHub, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from work_data_hub.orchestration import automation

    monkeypatch.setitem(automation.ENVIRONMENTS, "annuity_alerts", ("prod",))
    sink = FakeSink("s")
    refuse_month(shop)
    assert Ticks(shop, instance, sink)().skip_message == "annuity_alerts does not run in dev"
    assert sink.sent == []
