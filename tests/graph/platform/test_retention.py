"""The retention asset on a real warehouse, and the schedule that starts it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from tests.fixtures_postgres import run_sql
from tests.graph.platform.conftest import age_runs
from tests.graph.shop_hub import ShopHub, settings
from tests.unit.application.shop import MONTH

from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.orchestration.assets.platform import RETENTION, retention
from work_data_hub.orchestration.definitions import build_defs
from work_data_hub.orchestration.maintenance_schedule import NAME, retention_schedule
from work_data_hub.orchestration.resources import HubSession

SUNDAY = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
COUNTS = ("runs_removed", "old_runs_kept", "attempts_closed")
ATTEMPT = """
    INSERT INTO hub.pipeline_executions (run_id, table_key, scope_key, result, actor, code_version, started_at)
    VALUES ('dead', 't', 's', 'running', 'somebody', 'code', now() - interval '5 hours')
"""


@pytest.fixture
def hub(migrated_url: str) -> Iterator[Hub]:
    with build_hub(settings(database_url=migrated_url)) as hub:
        yield hub


def keep(hub: Hub, instance: dg.DagsterInstance, **values: object) -> dict[str, object]:
    """Materialize the asset and give what it tells."""
    result = dg.materialize(
        [retention],
        instance=instance,
        resources={"hub": HubSession(hub)},
        run_config={"ops": {RETENTION.to_python_identifier(): {"config": values}}} if values else {},
    )
    (made,) = result.asset_materializations_for_node(RETENTION.to_python_identifier())
    return {name: value.value for name, value in made.metadata.items()}


def test_by_hand_it_counts_and_when_told_to_it_removes(
    shop: ShopHub, instance: dg.DagsterInstance, hub: Hub, migrated_url: str
) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    first = shop.materialize(MONTH.key, instance=instance).run_id
    shop.materialize(MONTH.key, instance=instance)
    age_runs(instance, datetime.now(UTC) - timedelta(days=181))
    run_sql(migrated_url, ATTEMPT)
    state = "SELECT result FROM hub.pipeline_executions"

    told = keep(hub, instance)
    assert [told[name] for name in ("dry_run", *COUNTS)] == [True, 1, 1, 1]
    assert instance.get_run_by_id(first) is not None
    assert run_sql(migrated_url, state) == [("running",)]

    done = keep(hub, instance, dry_run=False)
    assert [done[name] for name in ("dry_run", *COUNTS)] == [False, 1, 1, 1]
    assert instance.get_run_by_id(first) is None
    assert run_sql(migrated_url, state) == [("failed",)]

    again = keep(hub, instance, dry_run=False)
    assert [again[name] for name in COUNTS] == [0, 1, 0]
    assert {f"{table}_removed" for table in ("pipeline_executions", "quarantine")} <= again.keys()


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_schedule_removes_once_a_week(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "work_data_hub.orchestration.maintenance_schedule.get_settings",
        lambda: settings(
            environment=environment, database_url="postgresql://u:p@h/wdh", company_id_salt="of a test"
        ),
    )
    with dg.build_schedule_context(scheduled_execution_time=SUNDAY) as context:
        (request,) = retention_schedule().evaluate_tick(context).run_requests or []
    assert request.run_key == "2026-11-22"
    assert request.run_config == {"ops": {"hub__platform__retention": {"config": {"dry_run": False}}}}


def test_the_graph_holds_the_asset_and_its_schedule() -> None:
    repository = build_defs().get_repository_def()
    assert repository.asset_graph.get(RETENTION).group_name == "hub"
    (schedule,) = [schedule for schedule in repository.schedule_defs if schedule.name == NAME]
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    assert set(repository.get_job("retention").asset_layer.selected_asset_keys) == {RETENTION}
