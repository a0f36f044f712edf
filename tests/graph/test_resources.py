from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import MONTH

from work_data_hub.bootstrap import Hub
from work_data_hub.config.settings import get_settings
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.orchestration.resources import LoudIOManager, hub_from_settings, hub_resource


def test_a_run_opens_the_hub_once_and_closes_it(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    seen: list[str] = []

    @contextmanager
    def factory() -> Iterator[Hub]:
        seen.append("opened")
        yield shop.hub
        seen.append("closed")

    shop.shop.drop(MONTH, ["1"], "first")
    resources = {"hub": hub_resource(factory), "io_manager": LoudIOManager()}
    result = dg.materialize(shop.assets(), instance=instance, resources=resources, partition_key=MONTH.key)
    assert result.success
    assert seen == ["opened", "closed"]


def test_a_missing_setting_is_named_when_a_run_needs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    get_settings.cache_clear()
    with pytest.raises(ConfigurationError, match="DATABASE_URL is required but not set in environment"):
        hub_from_settings()


def test_a_value_returned_by_an_asset_is_refused_with_a_hint(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def talkative() -> int:
        return 1

    with pytest.raises(dg.DagsterInvariantViolationError, match=r"talkative hands a value.*\nFix: .*deps="):
        dg.materialize([talkative], instance=instance, resources={"io_manager": LoudIOManager()})


def test_a_value_asked_from_another_asset_is_refused(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def quiet() -> None: ...

    @dg.asset
    def curious(quiet: object) -> None: ...

    with pytest.raises(dg.DagsterInvariantViolationError, match="quiet hands a value"):
        dg.materialize([quiet, curious], instance=instance, resources={"io_manager": LoudIOManager()})
