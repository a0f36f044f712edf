import logging
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from tests.graph.shop_hub import ShopHub
from tests.unit.application.shop import DETAIL, MART, MONTH, NEXT, RAW, make_detail

from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, PermanentError, TransientError
from work_data_hub.domain.kernel.outcome import Outcome

RAW_KEY, DETAIL_KEY, MART_KEY = (dg.AssetKey(c.asset_key) for c in (RAW, DETAIL, MART))


def materializations(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, dict[str, Any]]:
    """Give the newest metadata of each month."""
    found: dict[str, dict[str, Any]] = {}
    for record in instance.fetch_materializations(key, limit=50).records:
        made = record.asset_materialization
        assert made is not None
        values = {name: value.value for name, value in made.metadata.items()}
        found.setdefault(str(made.partition), values)
    return found


def failure(result: dg.ExecuteInProcessResult) -> Any:
    (event,) = [event for event in result.all_events if event.is_step_failure]
    return event.step_failure_data


def test_a_month_is_published_and_shown_with_its_counts(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1", "2", "x"], "first")
    result = shop.materialize(MONTH.key, instance=instance)
    assert result.success
    shown = materializations(instance, DETAIL_KEY)[MONTH.key]
    names = ("dagster/partition_row_count", "rows_read", "rows_rejected", "result")
    assert [shown[name] for name in names] == [2, 3, 1, "published"]
    record = shop.shop.ledger.records[1]
    assert shown["publish_run_id"] == record.run_id == result.run_id
    (made,) = result.asset_materializations_for_node("shop__silver__detail")
    assert made.tags is not None
    assert made.tags["dagster/data_version"] == record.identity_hash


def test_the_same_content_again_is_told_to_be_unchanged(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    shop.materialize(MONTH.key, instance=instance)
    first = materializations(instance, RAW_KEY)[MONTH.key]
    assert shop.materialize(MONTH.key, instance=instance).success
    again = materializations(instance, RAW_KEY)[MONTH.key]
    assert again["result"] == "unchanged"
    assert again["publish_run_id"] == first["publish_run_id"]
    assert len(shop.shop.ledger.records) == 3


def test_the_force_tag_publishes_again(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    shop.materialize(MONTH.key, instance=instance)
    shop.materialize(MONTH.key, instance=instance, force=True)
    assert len(shop.shop.ledger.records) == 6


def test_a_range_run_has_counts_and_preview_for_each_month(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1", "2"], "first")
    shop.shop.drop(NEXT, ["1", "2", "3", "x"], "second")
    assert shop.materialize(MONTH.key, NEXT.key, instance=instance).success
    shown = materializations(instance, DETAIL_KEY)
    assert {key: s["dagster/partition_row_count"] for key, s in shown.items()} == {MONTH.key: 2, NEXT.key: 3}
    assert {key: s["rows_rejected"] for key, s in shown.items()} == {MONTH.key: 0, NEXT.key: 1}
    assert all(s["months"] == 2 and "preview" in s for s in shown.values())


def test_a_range_run_keeps_months_that_came_before_a_bad_one(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    shop.shop.finder.files[NEXT] = AmbiguousCandidatesError("two files", fix="f", candidates=("a", "b"))
    assert not shop.materialize(MONTH.key, NEXT.key, instance=instance).success
    assert [record.scope for record in shop.shop.ledger.records] == ["period=2025-11-01"]
    shown = materializations(instance, RAW_KEY)
    assert {key: s["dagster/partition_row_count"] for key, s in shown.items()} == {MONTH.key: 1}


def test_the_listener_hears_of_every_table(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    shop.shop.drop(MONTH, ["1"], "first")
    shop.materialize(MONTH.key, instance=instance)
    names = ["shop/bronze/lines", "shop/silver/detail", "shop/gold/month"]
    assert shop.heard == [(name, event) for name in names for event in ("started", "succeeded")]


def test_a_permanent_failure_is_typed_tells_its_evidence(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    error = AmbiguousCandidatesError("2 candidates", fix="move one", candidates=("a.xlsx", "b.xlsx"))
    shop.shop.finder.files[MONTH] = error
    result = shop.materialize(MONTH.key, instance=instance)
    assert not result.success
    assert shop.session.failures == [error]
    assert ("shop/bronze/lines", "failed") in shop.heard
    told = failure(result).user_failure_data
    assert "Fix: move one" in told.description
    assert told.metadata["error"].value == "AmbiguousCandidatesError"
    assert told.metadata["partition"].value == MONTH.key
    assert "b.xlsx" in told.metadata["candidates"].value
    assert not instance.fetch_materializations(MART_KEY, limit=1).records


@pytest.mark.parametrize(
    ("error", "retried"),
    [(TransientError("connection lost", fix="wait"), True), (PermanentError("bad", fix="mend"), False)],
)
def test_only_a_transient_failure_may_be_retried(
    shop: ShopHub, instance: dg.DagsterInstance, error: Exception, retried: bool
) -> None:
    def fail(_context: BuildContext) -> Outcome:
        raise error

    shop.shop.detail = fail
    shop.shop.drop(MONTH, ["1"], "first")
    with pytest.raises(dg.Failure) as caught:
        shop.materialize(MONTH.key, instance=instance, raise_on_error=True)
    assert caught.value.allow_retries is retried
    assert shop.shop.ledger.tries[-1].result is Result.FAILED


def test_a_month_over_its_reject_budget_publishes_nothing(
    shop: ShopHub, instance: dg.DagsterInstance
) -> None:
    shop.shop.drop(MONTH, ["1", "x", "y"], "first")
    result = shop.materialize(MONTH.key, instance=instance)
    assert not result.success
    assert "2 of 3 rows rejected" in failure(result).user_failure_data.description
    assert [record.table for record in shop.shop.ledger.records] == [RAW.key]
    assert shop.shop.store.evidence


@pytest.fixture
def logging_to_runs() -> Iterator[None]:
    """Log as a run does, and leave the tests after this one what they had."""
    from work_data_hub.utils.logging import configure_logging

    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("logging_to_runs")
def test_what_a_build_logs_reaches_the_log_of_the_run(shop: ShopHub, instance: dg.DagsterInstance) -> None:
    from work_data_hub.utils.logging import get_logger

    def talk(context: BuildContext) -> Outcome:
        get_logger("work_data_hub.test").info("counted the till", rows=7)
        return make_detail(context)

    shop.shop.detail = talk
    shop.shop.drop(MONTH, ["1"], "first")
    result = shop.materialize(MONTH.key, instance=instance)
    lines = [entry.user_message for entry in instance.all_logs(result.run_id)]
    (line,) = [line for line in lines if "counted the till" in line]
    assert "rows=7" in line
    assert "shop/silver/detail" in line
    assert MONTH.key in line
