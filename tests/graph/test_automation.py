"""What the automation conditions request, tick by tick, on the shop and on the annuity tables."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import dagster as dg
import pytest
from dagster._core.definitions.asset_daemon_cursor import AssetDaemonCursor
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import DETAIL, MART, MONTH, NEXT, RAW

from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.assets.annuity import annuity_assets
from work_data_hub.orchestration.assets.companies import REKEY, company_assets
from work_data_hub.orchestration.resources import hub_from_settings, hub_resource

SHEETS = [table.contract.name for table in INTAKES]
CHAIN: tuple[Buildable, ...] = (*INTAKES, *BUILDS)
TABLES = [table.contract.name for table in CHAIN]
NEXT_BUT_ONE = NEXT.next()
MARTS = {"aum_flow_monthly", "fee_income_monthly"}
Requested = dict[str, set[str]]


@dataclass
class Automation:
    """The automation sensor over some assets: each tick tells what it requests, by table."""

    assets: list[dg.AssetsDefinition]
    instance: dg.DagsterInstance
    cursor: AssetDaemonCursor | None = None
    contents: Counter[tuple[str, Period]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        resources = {"hub": hub_resource(hub_from_settings)}
        self.definitions = dg.Definitions(assets=self.assets, resources=resources)

    def tick(self) -> Requested:
        everything = dg.AssetSelection.all()
        found = dg.evaluate_automation_conditions(
            self.definitions, self.instance, everything, cursor=self.cursor
        )
        self.cursor = found.cursor
        keys = {asset.key for asset in self.assets}
        # what belongs to no month, such as the search for companies, has a condition of its own
        requested = {key.path[-1]: found.get_requested_partitions(key) - {None} for key in keys}
        return {name: {str(month)[:7] for month in months} for name, months in requested.items() if months}

    def built(self, tables: Iterable[str], *periods: Period, changed: bool = True) -> None:
        """Report tables as built for months, with other content than before or with the same."""
        keys = {asset.key.path[-1]: asset.key for asset in self.assets}
        for period in periods:
            for name in tables:
                self.contents[name, period] += changed
                tags = {"dagster/data_version": str(self.contents[name, period])}
                made = dg.AssetMaterialization(keys[name], partition=period.key, tags=tags)
                self.instance.report_runless_asset_event(made)


@pytest.fixture
def annuity(instance: dg.DagsterInstance) -> Automation:
    return Automation([*annuity_assets(), *company_assets("code")], instance)


@pytest.fixture
def automation(shop: ShopHub, instance: dg.DagsterInstance) -> Automation:
    return Automation(shop.assets(), instance)


def follow(automation: Automation, ticks: int, *, changed: bool = True) -> list[Requested]:
    """Tick, and report what is requested as built, until the ticks are over."""
    told: list[Requested] = []
    for _ in range(ticks):
        told.append(automation.tick())
        for asset in automation.assets:
            months = told[-1].get(asset.key.path[-1], set())
            automation.built([asset.key.path[-1]], *map(Period.parse, months), changed=changed)
    return told


def test_sheets_have_no_condition_and_every_table_after_them_has_the_late_friendly_one() -> None:
    labels = {
        spec.key.path[-1]: spec.automation_condition and spec.automation_condition.get_label()
        for asset in annuity_assets()
        for spec in asset.specs
    }
    assert {name for name in TABLES if labels[name] is None} == set(SHEETS)
    assert {labels[name] for name in TABLES if name not in SHEETS} == {"late_friendly"}


def test_an_empty_instance_with_three_years_of_months_requests_nothing(annuity: Automation) -> None:
    assert len(annuity.assets[0].partitions_def.get_partition_keys()) > 24  # type: ignore[union-attr]  # it has some
    assert [annuity.tick(), annuity.tick(), annuity.tick()] == [{}, {}, {}]


def test_switching_on_over_a_filled_hub_requests_nothing(annuity: Automation) -> None:
    months = list(Period(2023, 11).until(MONTH))
    annuity.built(SHEETS, *months)
    annuity.built(TABLES, *months[:3])
    assert [annuity.tick(), annuity.tick()] == [{}, {}]


def test_a_sheet_loaded_alone_is_followed_to_the_marts_each_table_once(annuity: Automation) -> None:
    annuity.tick()
    annuity.built(SHEETS, MONTH)
    told = follow(annuity, 5)
    asked = [name for requested in told for name in requested]
    assert sorted(asked) == sorted(set(TABLES) - set(SHEETS))
    assert all(months == {"2025-11"} for requested in told for months in requested.values())
    assert told[-1] == {}


def test_a_month_loaded_by_one_run_is_not_requested_again(annuity: Automation) -> None:
    annuity.tick()
    for period in (MONTH, NEXT, Period(2024, 4)):
        annuity.built(TABLES, period)
        assert follow(annuity, 2) == [{}, {}]


def test_a_corrected_month_requests_what_compares_with_it_in_the_next_and_nothing_else(
    annuity: Automation,
) -> None:
    annuity.built(TABLES, Period(2024, 2), Period(2024, 3), Period(2024, 4), Period(2024, 5), MONTH)
    annuity.tick()
    annuity.built(TABLES, Period(2024, 3))
    asked = {name: {"2024-04"} for name in ("scale_fact", *MARTS)}
    assert follow(annuity, 4, changed=False) == [asked, {}, {}, {}]


def test_a_next_month_that_changes_by_a_correction_goes_on_to_the_one_after(annuity: Automation) -> None:
    annuity.built(TABLES, MONTH, NEXT, NEXT_BUT_ONE)
    annuity.tick()
    annuity.built(["scale_detail"], MONTH)
    told = follow(annuity, 6)
    months = {month for requested in told for month in requested.get("aum_flow_monthly", set())}
    assert months == {"2025-11", "2025-12", "2026-01"}
    assert told[-1] == {}


def test_a_month_built_again_with_the_same_rows_requests_nothing(annuity: Automation) -> None:
    annuity.built(TABLES, MONTH, NEXT)
    annuity.tick()
    annuity.built(TABLES, MONTH, changed=False)
    assert follow(annuity, 2) == [{}, {}]


def test_company_ids_that_a_month_teaches_do_not_request_all_later_months(annuity: Automation) -> None:
    annuity.built(TABLES, *Period(2024, 1).until(MONTH))
    annuity.tick()
    annuity.built(["company_index"], Period(2024, 1))
    assert follow(annuity, 2) == [{}, {}]


def test_a_rekeying_does_not_request_all_months_again(annuity: Automation) -> None:
    annuity.built(TABLES, *Period(2024, 1).until(MONTH))
    annuity.tick()
    for content in ("first", "second"):
        made = dg.AssetMaterialization(REKEY, tags={"dagster/data_version": content})
        annuity.instance.report_runless_asset_event(made)
        assert annuity.tick() == {}


def test_a_missing_month_before_holds_up_nothing(annuity: Automation) -> None:
    annuity.tick()
    annuity.built(SHEETS, Period(2024, 4))
    asked = {name for requested in follow(annuity, 4) for name in requested}
    assert {"scale_fact", *MARTS} <= asked


def test_an_optional_table_may_be_missing_and_a_needed_one_may_not(annuity: Automation) -> None:
    annuity.tick()
    annuity.built(["scale_detail"], MONTH)
    asked = {name for requested in follow(annuity, 4) for name in requested}
    assert {"company_queue", "plan", "scale_fact", "aum_flow_monthly"} <= asked
    assert not asked & {"income_detail", "income_fact", "fee_income_monthly"}


def test_a_month_without_its_own_fact_is_not_asked_for_its_mart_when_the_one_before_is_corrected(
    annuity: Automation,
) -> None:
    annuity.built(TABLES, MONTH)
    annuity.tick()
    annuity.built(TABLES, MONTH)
    assert follow(annuity, 2) == [{}, {}]


def test_a_month_in_work_is_left_alone_and_asked_for_when_the_work_ends_without_it(
    automation: Automation,
) -> None:
    automation.built([RAW.name, DETAIL.name, MART.name], MONTH)
    automation.tick()
    job = automation.definitions.resolve_implicit_global_asset_job_def()
    selection = frozenset(asset.key for asset in automation.assets)
    tags = {"dagster/partition": MONTH.key}
    status = dg.DagsterRunStatus.STARTED
    run = automation.instance.create_run_for_job(job, asset_selection=selection, tags=tags, status=status)
    automation.built([RAW.name], MONTH)
    assert automation.tick() == {}
    automation.instance.report_run_canceled(run)
    assert automation.tick() == {DETAIL.name: {str(MONTH)}}


def test_real_runs_of_the_shop_are_followed_by_its_mart_of_the_next_month(
    automation: Automation, shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    for period in (MONTH, NEXT):
        shop.shop.drop(period, ["1"], f"first of {period}")
        assert shop.materialize(period.key, instance=instance).success
    assert [automation.tick(), automation.tick()] == [{}, {}]
    shop.shop.drop(MONTH, ["7"], "corrected")
    assert shop.materialize(MONTH.key, instance=instance).success
    assert automation.tick() == {MART.name: {str(NEXT)}}
    assert shop.materialize(NEXT.key, instance=instance).success
    assert [automation.tick(), automation.tick()] == [{}, {}]
    (before,) = shop.shop.store.scopes[MART.key, f"period={NEXT.key}"]["before"]
    assert before == 7
