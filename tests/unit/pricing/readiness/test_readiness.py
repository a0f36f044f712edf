"""The scenario is computed from the data, and scenarios that are not built refuse to run with the reason."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.pricing.silver.bronze_rows import Row, frame, held, records, unit

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.pricing.config import PricingConfig
from work_data_hub.domain.pricing.contracts.gold import SCENARIO_READINESS, SCENARIOS
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.readiness.build import make_scenario_readiness
from work_data_hub.domain.pricing.readiness.contracts import CONTRACTS, refuse
from work_data_hub.domain.pricing.readiness.scenario import Figures, scenario_of

EARLY, LATE = date(2025, 1, 10), date(2025, 11, 20)
LINE: Row = {
    "bu_id": "BU1",
    "line_kind": "order",
    "order_line_id": "1",
    "order_date": LATE,
    "quantity": Decimal("5.0000"),
    "usable": True,
    "product_family": "Pumps",
    "region": "Central",
    "customer_tier": "A",
}


def order(number: int, **changes: Any) -> Row:
    return {**LINE, "order_id": f"SO{number}", **changes}


def quote(number: int, **changes: Any) -> Row:
    return {**LINE, "line_kind": "quote", "order_id": f"Q{number}", "usable": False, **changes}


def report(rows: Sequence[Row]) -> dict[str, Any]:
    """Build the report, and give each finding's figure."""
    config = unit(guardrails={"min_lines": 30})
    pricing = PricingConfig(start_month="2024-01", units={"BU1": config})
    context = BuildContext(None, {"order_line": frame(ORDER_LINE, rows)}, pricing, member="BU1")
    found = records(held(make_scenario_readiness(context), SCENARIO_READINESS))
    assert len({row["scenario"] for row in found}) == 1
    return {**{row["finding"]: row["measured"] for row in found}, "scenario": found[0]["scenario"]}


def test_orders_alone_are_scenario_a() -> None:
    found = report(
        [order(1, order_date=EARLY), order(2), order(2, unit_cost=Decimal(9)), order(3, usable=False)]
    )
    assert found["scenario"] == "A"
    assert (found["order_lines"], found["usable_lines"], found["orders"]) == (4, 3, 3)
    assert found["history_months"] == 11
    assert found["cost_lines"] == pytest.approx(1 / 3)
    assert found["thin_lines"] == 1
    assert found["loss_share"] is None


def test_orders_that_name_quotes_without_a_loss_are_scenario_c() -> None:
    rows = [order(at, quote_id=f"Q{at}" if at % 2 else None) for at in range(100)]
    found = report(rows)
    assert (found["scenario"], found["mapped_orders"]) == ("C", 0.5)


def test_an_order_is_mapped_by_any_of_its_lines() -> None:
    assert report([order(1), order(1, quote_id="Q1"), order(2)])["mapped_orders"] == 0.5


def decided(mapped: int, of: int = 200) -> list[Row]:
    """Give orders of which so many name a quote, those quotes, and as many that nobody ordered."""
    sold = [order(at, quote_id=f"Q{at}" if at < mapped else None) for at in range(of)]
    return [*sold, *(quote(at, order_date=EARLY) for at in range(mapped)), *_lapsed(100)]


def _lapsed(number: int) -> list[Row]:
    return [quote(at, order_date=EARLY) for at in range(9_000, 9_000 + number)]


def test_quotes_with_losses_that_are_mapped_are_scenario_b() -> None:
    found = report(decided(200))
    assert found["scenario"] == "B"
    assert (found["quotes_won"], found["quotes_lost"]) == (200, 100)
    assert found["loss_share"] == pytest.approx(1 / 3)


def test_losses_without_a_way_to_the_orders_are_scenario_d() -> None:
    assert report(decided(0))["scenario"] == "D"


def test_families_that_differ_are_scenario_e() -> None:
    pumps = [order(at, quote_id=f"Q{at}") for at in range(40)]
    seals = [order(at, product_family="Seals") for at in range(100, 140)]
    found = report([*pumps, *seals, *_lapsed(100)])
    assert found["scenario"] == "E"
    assert (found["mapped_lowest"], found["mapped_highest"]) == (0, 1)


def test_an_open_quote_is_not_lost_yet() -> None:
    found = report([order(1), *(quote(at, order_date=LATE) for at in range(200))])
    assert (found["quotes"], found["quotes_lost"], found["scenario"]) == (200, 0, "A")


def test_a_segment_that_is_large_enough_is_not_thin() -> None:
    rows = [order(at) for at in range(30)] + [order(at, quantity=Decimal("50.0000")) for at in range(10)]
    assert report(rows)["thin_lines"] == 0.25


def test_a_unit_that_has_sold_nothing_yet_has_a_report() -> None:
    found = report([quote(1)])
    assert (found["scenario"], found["history_months"], found["thin_lines"]) == ("A", 0, None)


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = decided(120)
    assert report(rows) == report(rows[::-1])


@pytest.mark.parametrize(
    ("figures", "scenario"),
    [
        (Figures(0.049, 0, 0.1, 0, 0), "A"),
        (Figures(0.05, 0, 0.1, 0, 0), "C"),
        (Figures(1.0, 1, 1, 95, 4), "C"),  # too few decided quotes
        (Figures(1.0, 1, 1, 960, 40), "C"),  # four in a hundred lost: a file of wins
        (Figures(1.0, 1, 1, 950, 50), "B"),
        (Figures(0.8, 0.5, 1, 500, 500), "B"),
        (Figures(0.79, 0.5, 1, 500, 500), "C"),
        (Figures(0.04, 0.0, 0.1, 0, 500), "D"),
        (Figures(0.5, 0.04, 0.8, 500, 500), "E"),
    ],
)
def test_the_thresholds(figures: Figures, scenario: str) -> None:
    assert scenario_of(figures) == scenario


def test_every_scenario_has_a_contract_and_one_is_built() -> None:
    assert tuple(CONTRACTS) == SCENARIOS
    assert [name for name, contract in CONTRACTS.items() if contract.built] == ["A"]
    assert all(need.grain and need.columns for contract in CONTRACTS.values() for need in contract.inputs)


def test_the_scenario_that_is_built_goes_on() -> None:
    refuse("A")


@pytest.mark.parametrize(
    ("scenario", "needs"), [("B", "outcome"), ("C", "method"), ("D", "outcome"), ("E", "loss_share")]
)
def test_the_others_refuse_and_say_what_they_need(scenario: str, needs: str) -> None:
    with pytest.raises(UsageError, match=f"scenario {scenario} .* is not built: it needs .*{needs}"):
        refuse(scenario)


def test_a_scenario_that_nobody_knows_is_told() -> None:
    with pytest.raises(UsageError, match="'F' is no scenario"):
        refuse("F")
