from typing import Any

import dagster as dg
import pytest
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import MONTH, NEXT

from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, NoCandidateError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.definitions import build_defs


def tick(shop: ShopHub, instance: dg.DagsterInstance) -> Any:
    repository = build_defs(shop.factory).get_repository_def()
    context = dg.build_sensor_context(instance=instance, repository_def=repository)
    return repository.get_sensor_def("annuity_landing").evaluate_tick(context)


def test_a_new_file_is_requested_by_month_and_content(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    (request,) = tick(shop, instance).run_requests
    assert (request.run_key, request.partition_key) == ("2025-11-01:first", "2025-11-01")
    assert request.tags["wdh/period"] == "2025-11"


def test_what_is_loaded_is_not_requested_again_even_under_other_code(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    shop.shop.load(MONTH)
    shop.shop.code = "newer"
    found = tick(shop, instance)
    assert not found.run_requests
    assert found.skip_message == "nothing new"


def test_a_corrected_file_has_a_new_run_key_and_so_has_one_that_comes_back(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    keys = []
    for content in ("first", "corrected", "first"):
        shop.shop.drop(MONTH, ["1"], content)
        keys += [request.run_key for request in tick(shop, instance).run_requests]
        shop.shop.load(MONTH)
    assert len(set(keys)) == 3
    assert all(
        f":{content}" in key for key, content in zip(keys, ("first", "corrected", "first"), strict=True)
    )


def test_several_months_are_requested_in_one_tick(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    shop.shop.drop(NEXT, ["2"], "second")
    assert [r.partition_key for r in tick(shop, instance).run_requests] == ["2025-11-01", "2025-12-01"]


def test_a_vanished_file_is_nothing_new(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    shop.shop.load(MONTH)
    shop.shop.finder.files[MONTH] = NoCandidateError("no file", fix="drop it")
    assert tick(shop, instance).skip_message == "nothing new"


def test_a_refused_content_waits_for_its_correction_under_the_same_key(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1"], "bad")
    shop.shop.reader.sheets.clear()
    with pytest.raises(KeyError):
        shop.shop.load(MONTH)
    (again,) = tick(shop, instance).run_requests
    assert again.run_key == "2025-11-01:bad"
    shop.shop.drop(MONTH, ["1"], "good")
    assert [r.run_key for r in tick(shop, instance).run_requests] == ["2025-11-01:good"]


def test_an_ambiguous_month_is_named_in_the_skip_reason(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.finder.files[MONTH] = AmbiguousCandidatesError("two", fix="f", candidates=("a", "b"))
    assert tick(shop, instance).skip_message == "nothing new; refused 2025-11: 2 candidates"


def test_an_ambiguous_month_does_not_hold_up_the_others(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.finder.files[MONTH] = AmbiguousCandidatesError("two", fix="f", candidates=("a", "b"))
    shop.shop.drop(NEXT, ["2"], "second")
    assert [r.partition_key for r in tick(shop, instance).run_requests] == ["2025-12-01"]


def test_a_month_that_has_not_begun_is_left_for_later(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(Period(2026, 3), ["1"], "early")
    assert tick(shop, instance).skip_message == "nothing new"


def test_an_environment_that_is_not_on_the_map_skips(
    shop: ShopHub, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "work_data_hub.orchestration.automation.ENVIRONMENTS",
        {"annuity_landing": ("staging",), "annuity_monthly": ("prod",)},
    )
    shop.shop.drop(MONTH, ["1"], "first")
    assert tick(shop, instance).skip_message == "annuity_landing does not run in dev"
