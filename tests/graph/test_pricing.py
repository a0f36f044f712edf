"""The price desk's graph: what depends on what, its jobs and schedules, and two months that it builds in process."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest
from tests.graph.pricing_hub import MEMBERS, PricingHub
from tests.graph.shop_hub import ephemeral, settings

from work_data_hub.orchestration import schedules
from work_data_hub.orchestration.definitions import build_defs
from work_data_hub.orchestration.pictures import INLINE_LIMIT

# the two months are built once
pytestmark = pytest.mark.xdist_group("pricing_graph")
DECEMBER, JANUARY = "2024-12-01", "2025-01-01"
KEPT = {"silver/order_line", "feature/order_features", "model/price_limits"}
SCORED = {
    *("score/price_recs_line", "score/price_recs_deal"),
    *("gold/price_drift", "gold/price_diagnostics"),
}
MODEL = "model/price_bands"


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs().get_repository_def()


def key(name: str) -> dg.AssetKey:
    return dg.AssetKey(["pricing", *name.split("/")])


def parents(repository: dg.RepositoryDefinition, name: str) -> set[str]:
    return {
        found.to_user_string().removeprefix("pricing/")
        for found in repository.asset_graph.get(key(name)).parent_keys
    }


def test_lines_come_from_the_drops_and_from_retail(repository: dg.RepositoryDefinition) -> None:
    assert parents(repository, "silver/order_line") == {
        *("bronze/orders", "bronze/quotes", "bronze/lookups"),
        "retail/silver/sales_line",
    }


def test_a_month_is_scored_after_its_own_challenger_was_judged(repository: dg.RepositoryDefinition) -> None:
    assert parents(repository, "score/price_recs_line") == {
        "feature/order_features",
        "model/price_limits",
        MODEL,
    }
    assert parents(repository, "score/price_recs_deal") == {"score/price_recs_line"}
    assert parents(repository, "gold/price_drift") == {"feature/order_features", MODEL}


@pytest.mark.parametrize("name", [MODEL, "model/price_limits"])
def test_what_is_learnt_for_a_month_depends_on_the_months_before_it_alone(
    repository: dg.RepositoryDefinition, name: str
) -> None:
    graph = repository.asset_graph
    subset = graph.get(key(name)).partitions_def
    features = graph.get(key("feature/order_features")).partitions_def
    assert subset is not None
    assert features is not None
    mapping = graph.get_partition_mapping(key(name), key("feature/order_features"))
    asked = subset.subset_with_partition_keys(["2010-03-01"])
    found = mapping.get_upstream_mapped_partitions_result_for_partitions(asked, subset, features)
    assert sorted(found.partitions_subset.get_partition_keys()) == ["2009-12-01", "2010-01-01", "2010-02-01"]


def test_drops_and_readiness_are_wholes_and_the_rest_has_months(repository: dg.RepositoryDefinition) -> None:
    wholes = {
        found.path[-1]
        for found in repository.asset_graph.get_all_asset_keys()
        if found.path[0] == "pricing" and repository.asset_graph.get(found).partitions_def is None
    }
    assert wholes == {"orders", "quotes", "lookups", "scenario_readiness"}


def test_training_scores_nothing_and_scoring_trains_nothing(repository: dg.RepositoryDefinition) -> None:
    selected = {
        name: {"/".join(found.path[1:]) for found in repository.get_job(name).asset_layer.selected_asset_keys}
        for name in ("pricing_training", "pricing_scoring", "pricing")
    }
    assert selected["pricing_training"] == KEPT | {MODEL}
    assert selected["pricing_scoring"] == KEPT | SCORED
    assert selected["pricing"] == KEPT | SCORED | {MODEL}


@pytest.mark.parametrize(
    ("name", "job"), [("pricing_monthly", "pricing_training"), ("pricing_daily", "pricing_scoring")]
)
def test_schedules_ask_for_the_month_that_has_begun_where_they_may(
    monkeypatch: pytest.MonkeyPatch, repository: dg.RepositoryDefinition, name: str, job: str
) -> None:
    schedule = repository.get_schedule_def(name)
    assert schedule.job_name == job
    at = dg.build_schedule_context(
        repository_def=repository, scheduled_execution_time=datetime(2025, 11, 2, 4, tzinfo=UTC)
    )
    monkeypatch.setattr(schedules, "get_settings", lambda: settings(environment="dev"))
    assert "does not run in dev" in (schedule.evaluate_tick(at).skip_message or "")
    monkeypatch.setattr(schedules, "get_settings", lambda: settings(environment="staging"))
    (request,) = schedule.evaluate_tick(at).run_requests or ()
    assert request.partition_key == "2025-11-01"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PricingHub]:
    """A price desk of which two months are built."""
    with ephemeral() as instance:
        desk = PricingHub(tmp_path_factory.mktemp("landing"), instance)
        assert desk.run("pricing_drops").success
        assert desk.run("pricing", DECEMBER).success
        assert desk.run("pricing", JANUARY).success
        yield desk


@pytest.fixture(scope="module")
def bands(desk: PricingHub) -> dict[str, Any]:
    return desk.shown("model.price_bands", JANUARY)


def test_the_first_month_has_no_model_and_says_why(desk: PricingHub) -> None:
    told = desk.shown("model.price_bands", DECEMBER)
    assert [row["verdict"] for row in told["models"]] == ["none", "none"]
    assert {row["reason"] for row in told["reasons"]} == {"no order lines before this month"}
    assert desk.shown("score.price_recs_line", DECEMBER)["dagster/partition_row_count"] == 0
    assert len(desk.shown("score.price_recs_line", DECEMBER)["warnings"]) == len(MEMBERS)


def test_a_training_shows_the_ledgers_verdict_and_versions_and_who_waits(
    desk: PricingHub, bands: dict[str, Any]
) -> None:
    (entry,) = desk.book.made
    made = entry.decision
    versions = {
        "verdict": str(made.verdict),
        "challenger": made.challenger,
        "incumbent": "none",
        "champion": made.champion,
    }
    assert made.champion == made.challenger
    assert bands["models"] == [
        {"member": "BU1", **versions},
        {"member": "BU2", **dict.fromkeys(versions, "none")},
    ]
    first, second = bands["reasons"]
    assert first == {"member": "BU1", "reason": made.reason}
    assert second["reason"].startswith("not enough history")


def test_a_training_shows_its_figures_and_pictures(desk: PricingHub, bands: dict[str, Any]) -> None:
    row = desk.store.scopes["pricing.model.price_bands", f"bu_id=BU1,period={JANUARY}"].iloc[0]
    for name in ("pinball", "coverage", "width", "mae"):
        assert bands[f"BU1 {name}"] == pytest.approx(row[name], abs=1e-6)
        assert f"BU2 {name}" not in bands
    for title in ("calibration", "importances"):
        assert bands[f"BU1 {title}"].startswith(f"![{title}](<data:image/svg+xml,")
        assert len(bands[f"BU1 {title}"]) < INLINE_LIMIT


def test_scores_and_diagnostics_show_rates_that_can_be_drawn(desk: PricingHub) -> None:
    scores = desk.shown("score.price_recs_line", JANUARY)
    judged = desk.shown("gold.price_diagnostics", JANUARY)
    rows = desk.store.scopes["pricing.score.price_recs_line", f"bu_id=BU1,period={JANUARY}"]
    assert scores["BU1 cap_hit"] == pytest.approx(float(rows["cap_hit"].mean()), abs=1e-6)
    assert 0 < judged["BU1 coverage"] <= 1
    assert [row["figure"] for row in judged["figures"]].count("cap_rate") == 1
    assert "BU2 cap_hit" not in scores
