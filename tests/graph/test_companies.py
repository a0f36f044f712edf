"""The search and the re-keying as assets: what they tell, and that a failing outside fails no run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import DETAIL, MONTH, NEXT, Shop, make_detail
from tests.unit.application.test_company_search import FakeBook, FakeLookup, answer, book

from work_data_hub.application.companies.search import Rekey
from work_data_hub.application.inputs import GateStaleError
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.annuity.contracts import COMPANY_QUEUE, COMPANY_REKEY
from work_data_hub.domain.kernel.build import BuildContext, InputRef, TableBuild
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.kernel.errors import HubError, InputChangedError, PermanentError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.orchestration.assets.companies import REKEY, SEARCH, company_assets
from work_data_hub.orchestration.resources import HubSession, LoudIOManager

REPLACED = Rekey("INA", "600000007", "look_up", "岚汐", None, datetime(2025, 12, 1, tzinfo=UTC))


@dataclass
class KnowingBook(FakeBook):
    """A queue whose answers stand in some months."""

    known: dict[Period, tuple[Rekey, ...]] = field(default_factory=dict)

    def rekeys(self) -> Mapping[Period, tuple[Rekey, ...]]:
        return self.known


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(hub: Hub, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    resources = {"hub": HubSession(hub), "io_manager": LoudIOManager()}
    return dg.materialize(company_assets("code"), instance=instance, resources=resources)


def told(result: dg.ExecuteInProcessResult, key: dg.AssetKey) -> Mapping[str, Any]:
    (made,) = [e for e in result.get_asset_materialization_events() if e.asset_key == key]
    values = made.materialization.metadata.items()
    return {name: getattr(value, "records", value.value) for name, value in values}


def test_the_search_tells_what_came_of_it(instance: dg.DagsterInstance) -> None:
    hub = replace(ShopHub(Shop()).hub, companies=book("a", "b"), lookup=FakeLookup({"a": answer()}))
    shown = told(run(hub, instance), SEARCH)
    assert (shown["learnt"], shown["answered"], shown["nobody"]) == (2, 1, 1)
    assert shown["outside_look_up"] == "2 of 5 calls"


def test_a_failing_outside_is_a_warning_and_no_failure(instance: dg.DagsterInstance) -> None:
    refused = PermanentError("the token was refused", fix="renew it")
    hub = replace(ShopHub(Shop()).hub, companies=book("a"), lookup=FakeLookup({"a": refused}))
    result = run(hub, instance)
    assert result.success
    assert told(result, SEARCH)["postponed"] == 1
    lines = [log.user_message for log in instance.all_logs(result.run_id)]
    assert "the token was refused (Fix: renew it)" in lines


def test_tables_built_again_are_shown_in_their_months(instance: dg.DagsterInstance) -> None:
    shop = Shop()
    gold = replace(DETAIL, key="shop.gold.detail")
    reads = TableBuild(gold, (InputRef(shop.domain.intakes[0].contract), InputRef(COMPANY_REKEY, optional=True)), make_detail)  # fmt: skip
    domain = replace(shop.domain, builds=(reads,))
    for month in (MONTH, NEXT):
        shop.drop(month, ["1"], str(month))
    ready = Hub(ShopHub(shop).hub.settings, shop.ports, {"annuity": domain}, KnowingBook({}))
    for month in (MONTH, NEXT):
        for table in domain:
            ready.start_run("annuity").build(table, month)
    knowing = replace(ready, companies=KnowingBook({}, known={MONTH: (REPLACED,)}))
    result = run(knowing, instance)
    made = [
        e for e in result.get_asset_materialization_events() if e.asset_key == dg.AssetKey(gold.asset_key)
    ]
    assert [event.partition for event in made] == [MONTH.key]
    assert gold.layer is Layer.GOLD
    (row,) = told(result, REKEY)["replaced"]
    assert (row.data["month"], row.data["temporary ids replaced"]) == (str(MONTH), 1)
    record = shop.ledger.latest(COMPANY_REKEY, Scope.month(MONTH))
    assert record is not None
    again = run(knowing, instance)
    assert told(again, REKEY)["months"] == 0


def test_the_search_is_asked_for_after_a_month_and_every_hour(instance: dg.DagsterInstance) -> None:
    @dg.asset(key=dg.AssetKey(COMPANY_QUEUE.asset_key))
    def queue() -> None: ...

    resources = {"hub": HubSession(ShopHub(Shop()).hub)}
    defs = dg.Definitions(assets=[queue, *company_assets("code")], resources=resources)
    begun = datetime(2025, 12, 1, 8, 10, tzinfo=UTC)
    seen, cursor = [], None
    for minutes, fed in ((0, False), (1, True), (2, False), (60, False), (61, False)):
        if fed:
            instance.report_runless_asset_event(dg.AssetMaterialization(COMPANY_QUEUE.asset_key))
        result = dg.evaluate_automation_conditions(
            defs,
            instance,
            dg.AssetSelection.assets(SEARCH),
            cursor=cursor,
            evaluation_time=begun + timedelta(minutes=minutes),
        )
        seen.append(result.get_num_requested(SEARCH))
        cursor = result.cursor
    assert seen == [0, 1, 0, 1, 0]


@pytest.mark.parametrize("error", [InputChangedError, GateStaleError])
def test_a_month_that_another_run_took_meanwhile_waits_and_fails_nothing(
    instance: dg.DagsterInstance, error: type[HubError]
) -> None:
    def lose(context: BuildContext) -> Outcome:
        if COMPANY_REKEY.name in context.frames:
            raise error("another run was here", fix="wait")
        return make_detail(context)

    shop = Shop()
    sheet = InputRef(shop.domain.intakes[0].contract)
    gold = replace(DETAIL, key="shop.gold.detail")
    domain = replace(
        shop.domain, builds=(TableBuild(gold, (sheet, InputRef(COMPANY_REKEY, optional=True)), lose),)
    )
    shop.drop(MONTH, ["1"], "first")
    book_ = KnowingBook({}, known={MONTH: (REPLACED,)})
    hub = Hub(ShopHub(shop).hub.settings, shop.ports, {"annuity": domain}, book_)
    for table in domain:
        hub.start_run("annuity").build(table, MONTH)
    result = run(hub, instance)
    assert result.success
    (row,) = told(result, REKEY)["replaced"]
    assert row.data["waits"] == "another run was here"
