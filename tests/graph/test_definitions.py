import ast
import inspect
from pathlib import Path

import dagster as dg
import pytest

from work_data_hub.config.loader import load_source_specs
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.orchestration.assets import factory
from work_data_hub.orchestration.assets.annuity import annuity_tables
from work_data_hub.orchestration.assets.pricing import pricing_sources
from work_data_hub.orchestration.assets.releases import release_key
from work_data_hub.orchestration.assets.retail import DROP_SENSORS, retail_releases, retail_tables
from work_data_hub.orchestration.automation import ENVIRONMENTS, allowed, started_in_dev
from work_data_hub.orchestration.definitions import build_defs
from work_data_hub.registry import pricing_tables

SPECS = {spec.key: spec for spec in build_defs().resolve_all_asset_specs()}
# what belongs to no month: work beside the monthly load
BESIDE = {"annuity/silver/company_search", "annuity/silver/company_rekey", "hub/platform/retention"}
COMPANIES = {"company_search", "company_rekey"}
TABLES = {
    dg.AssetKey(table.contract.asset_key): table.contract
    for table in (*annuity_tables(), *retail_tables(), *pricing_tables())
}
MONTHLY = sorted(key for key, contract in TABLES.items() if contract.monthly)
WHOLE = sorted(TABLES.keys() - set(MONTHLY))
RELEASES = {release_key(contract) for contract in retail_releases()}
STARTS = {"annuity": "2023-11-01", "retail": "2009-12-01", "pricing": "2009-12-01"}
LONGEST_BODY = 15


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs().get_repository_def()


def test_the_graph_loads_without_any_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert len(build_defs().resolve_all_asset_specs()) == len(TABLES) + len(BESIDE) + len(RELEASES)


def test_every_contract_is_an_asset() -> None:
    known = {tuple(key.path) for key in SPECS}
    assert {contract.asset_key for contract in ANNUITY_CONTRACTS} <= known
    assert TABLES.keys() <= SPECS.keys()
    assert {key.to_user_string() for key in SPECS.keys() - TABLES.keys() - RELEASES} == BESIDE


@pytest.mark.parametrize("key", sorted(SPECS), ids=lambda k: k.to_user_string())
def test_every_asset_says_what_it_is(key: dg.AssetKey) -> None:
    spec = SPECS[key]
    groups = dict.fromkeys(RELEASES, "retail_release")
    assert spec.group_name == (
        "annuity_companies" if key.path[-1] in COMPANIES else groups.get(key, key.path[0])
    )
    assert spec.owners
    assert spec.kinds
    assert "Grain:" in (spec.description or "")


@pytest.mark.parametrize("key", sorted(TABLES), ids=lambda k: k.to_user_string())
def test_every_table_has_columns_and_is_partitioned_where_it_has_months(key: dg.AssetKey) -> None:
    spec = SPECS[key]
    assert spec.code_version
    assert (spec.partitions_def is not None) is TABLES[key].monthly
    schema = spec.metadata["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    assert all(column.description for column in schema.columns)
    assert spec.metadata["dagster/table_name"]


@pytest.mark.parametrize("key", MONTHLY, ids=lambda k: k.to_user_string())
def test_every_asset_is_fresh_by_policy_covers_ranges_and_has_few_checks(
    repository: dg.RepositoryDefinition, key: dg.AssetKey
) -> None:
    node = repository.asset_graph.get(key)
    assert node.backfill_policy == dg.BackfillPolicy.single_run()
    assert 1 <= len(node.check_keys) <= 4
    assert SPECS[key].freshness_policy is not None


@pytest.mark.parametrize("key", WHOLE, ids=lambda k: k.to_user_string())
def test_a_whole_table_is_one_piece_and_expected_every_day_where_people_read_it(
    repository: dg.RepositoryDefinition, key: dg.AssetKey
) -> None:
    node = repository.asset_graph.get(key)
    assert node.backfill_policy is None
    assert 1 <= len(node.check_keys) <= 4
    policy = SPECS[key].freshness_policy
    assert (policy is not None) is (TABLES[key].layer is Layer.GOLD)


def deps(name: str) -> set[str]:
    """Name what a table is built from."""
    (spec,) = [s for k, s in SPECS.items() if k.path[-1] == name and k not in RELEASES]
    return {dep.asset_key.path[-1] for dep in spec.deps}


def test_retail_is_connected_from_its_drops_to_the_marts_over_all_months() -> None:
    assert deps("eurostyle_lines") == set()
    assert {"eurostyle_lines", "contoso_line", "fx_rate"} <= deps("sales_line")
    assert {"sales_line", "customer_dim"} <= deps("order_fact")
    assert "order_fact" in deps("customer_360") & deps("cohort_retention")
    assert deps("customer_cluster") == {"customer_360"}


def test_a_release_is_fed_by_its_table_alone() -> None:
    assert RELEASES
    for contract in retail_releases():
        (dep,) = SPECS[release_key(contract)].deps
        assert dep.asset_key == dg.AssetKey(contract.asset_key)


def test_the_chain_is_connected_from_sheet_to_mart() -> None:
    references = {"plan", "portfolio", "product_line", "branch", "customer"}
    assert deps("scale_rows") == set()
    assert deps("scale_detail") == {"scale_rows", "company_index"}
    assert deps("income_detail") == {"income_rows", "company_index"}
    assert "income_detail" in deps("income_fact") & deps("plan")
    assert "company_rekey" in deps("scale_fact") & deps("income_fact")
    assert references <= deps("scale_fact")
    assert "scale_detail" in deps("scale_fact")
    assert "scale_fact" in deps("aum_flow_monthly")
    assert "plan" in deps("portfolio")
    assert all(spec.key not in {dep.asset_key for dep in spec.deps} for spec in SPECS.values())


def test_asset_bodies_are_short() -> None:
    tree = ast.parse(inspect.getsource(factory))
    bodies = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any("asset" in ast.dump(d) for d in node.decorator_list)
    ]
    assert bodies
    for node in bodies:
        assert (node.end_lineno or 0) - node.body[0].lineno + 1 <= LONGEST_BODY


def test_partitions_begin_with_the_committed_start_and_include_the_current_month() -> None:
    for domain, start in STARTS.items():
        (partitions,) = {SPECS[key].partitions_def for key in MONTHLY if key.path[0] == domain}
        assert partitions is not None
        keys = partitions.get_partition_keys()
        assert keys[0] == start
        assert len(keys) <= 1000


def test_everything_that_starts_by_itself_is_stopped_and_on_the_map(
    repository: dg.RepositoryDefinition,
) -> None:
    for sensor in repository.sensor_defs:
        assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
    for schedule in repository.schedule_defs:
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    names = [sensor.name for sensor in repository.sensor_defs]
    names += [schedule.name for schedule in repository.schedule_defs]
    assert sorted(names) == sorted(ENVIRONMENTS)


def test_every_condition_is_looked_after_by_one_automation_sensor(
    repository: dg.RepositoryDefinition,
) -> None:
    automations = [s for s in repository.sensor_defs if isinstance(s, dg.AutomationConditionSensorDefinition)]
    assert sorted(sensor.name for sensor in automations) == ["annuity_automation", "retail_automation"]
    assert not any(sensor.emit_backfills for sensor in automations)
    first, second = (sensor.asset_selection.resolve(repository.asset_graph) for sensor in automations)
    assert not first & second
    assert {key for key, spec in SPECS.items() if spec.automation_condition} <= first | second
    # retail's and the price desk's tables are asked for by the sensors that follow stage by stage
    assert not {key for key in SPECS if SPECS[key].automation_condition and key.path[0] == "pricing"}
    assert {key for key in SPECS if SPECS[key].automation_condition and key.path[0] == "retail"} == RELEASES


def test_every_drop_is_watched_by_one_sensor() -> None:
    watched = [source for sources in DROP_SENSORS.values() for source in sources]
    named = [name.removeprefix("retail.") for name in load_source_specs() if name.startswith("retail.")]
    assert sorted(watched) == sorted(named)
    assert {"orders.BU1", "quotes.BU1", "lookups.BU1", "orders.BU2", "orders.AW"} <= set(pricing_sources())


def test_the_daily_job_holds_whole_tables_and_releases_and_no_months(
    repository: dg.RepositoryDefinition,
) -> None:
    selected = set(repository.get_job("retail_daily").asset_layer.selected_asset_keys)
    assert selected == {key for key in WHOLE if key.path[0] == "retail"} | RELEASES
    assert set(repository.get_job("retail_release").asset_layer.selected_asset_keys) == RELEASES


@pytest.mark.parametrize("name", [name for name in ENVIRONMENTS if name != "retention_weekly"])
def test_a_sensor_or_schedule_that_is_taken_from_the_map_keeps_the_graph_from_loading(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delitem(ENVIRONMENTS, name)
    with pytest.raises(ConfigurationError, match=f"{name} is not on the environment map"):
        build_defs()


def test_what_wdh_start_switches_on_may_run_in_dev() -> None:
    assert set(started_in_dev(["annuity"])) == {"annuity_landing", "annuity_automation"}
    assert set(started_in_dev(["retail"])) == {
        *("retail_eurostyle_landing", "retail_contoso_landing"),
        *("retail_automation", "retail_follow"),
    }
    assert set(started_in_dev(["pricing"])) == {"pricing_landing", "pricing_follow"}
    assert all("dev" in allowed(name) for name in started_in_dev(["annuity", "retail", "pricing"]))


def test_what_is_not_on_the_environment_map_fails_at_load() -> None:
    with pytest.raises(ConfigurationError, match="not on the environment map"):
        allowed("surprise")
