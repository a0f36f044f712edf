"""Releases as Dagster assets: built, promoted unless told otherwise, given back when nothing changed, refused aloud."""

from typing import Any

import dagster as dg
from tests.adapters.release.conftest import Desk
from tests.adapters.release.gold import ITEM, KEY, publish, rows
from tests.graph.shop_hub import ephemeral, settings

from work_data_hub.bootstrap import Hub
from work_data_hub.orchestration.assets.releases import release_assets, release_key
from work_data_hub.orchestration.resources import HubSession


def materialize(desk: Desk, **config: Any) -> dg.ExecuteInProcessResult:
    hub = Hub(settings(), None, {}, release_desk=lambda _domains: desk.open())  # type: ignore[arg-type]  # no port is used
    (asset,) = release_assets([ITEM.contract])
    with ephemeral() as instance:
        return dg.materialize(
            [asset],
            instance=instance,
            resources={"hub": HubSession(hub)},
            run_config={"ops": {asset.op.name: {"config": config}}} if config else None,
            raise_on_error=False,
        )


def shown(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (made,) = result.asset_materializations_for_node(release_key(ITEM.contract).to_python_identifier())
    return {name: value.value for name, value in made.metadata.items()}


def test_a_release_is_built_promoted_and_given_back(desk: Desk) -> None:
    first, second = shown(materialize(desk)), shown(materialize(desk))
    assert (first["version"], first["result"], first["dagster/row_count"]) == ("1.0.0", "built", 40)
    assert (second["version"], second["result"]) == ("1.0.0", "unchanged")
    with desk.open() as releases:
        assert [line.current for line in releases.list(KEY)] == [True]


def test_promotion_may_be_left_to_people(desk: Desk) -> None:
    materialize(desk, promote=False)
    with desk.open() as releases:
        assert [line.current for line in releases.list(KEY)] == [False]


def test_an_empty_table_is_refused_aloud(desk: Desk) -> None:
    publish(desk.url, rows(0), "run-2")
    result = materialize(desk)
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "Fix:" in str(failure.step_failure_data.error)
