"""Scores at their limits, the map of segments, the stages of a customer."""

from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from tests.unit.retail.customer_orders import config

from work_data_hub.domain.retail.customers.rfm import (
    SEGMENT_NAMES,
    SEGMENTS,
    frequency_scores,
    recency_scores,
    segments,
    stages,
    value_scores,
)

RULES = config().mappings.customers


def test_scores_turn_at_their_limits() -> None:
    assert recency_scores(np.array([0, 30, 31, 90, 91]), RULES).tolist() == [3, 3, 2, 2, 1]
    assert frequency_scores(np.array([0, 1, 2, 5, 6]), RULES).tolist() == [1, 1, 2, 2, 3]
    assert value_scores(np.array([0, 39_99, 40_00, 99_99, 100_00]), RULES).tolist() == [1, 1, 2, 2, 3]


def test_a_limit_between_two_cents_is_met_by_the_upper_one() -> None:
    scores = {**RULES.scores.model_dump(), "order_value_eur": (Decimal("100.005"), Decimal(40))}
    rules = config(scores=scores).mappings.customers
    assert value_scores(np.array([100_00, 100_01]), rules).tolist() == [2, 3]


def test_every_triple_has_one_segment_and_the_fast_way_finds_it() -> None:
    triples = [(r, f, m) for r, f, m in product((1, 2, 3), repeat=3)]
    assert sorted(SEGMENTS) == triples
    assert segments(*np.array(triples).T).to_pylist() == [SEGMENTS[triple] for triple in triples]
    assert set(SEGMENTS.values()) == set(SEGMENT_NAMES)


@pytest.mark.parametrize(
    ("scores", "name"),
    [
        ((3, 3, 3), "Champions"),
        ((3, 3, 1), "Loyal"),
        ((3, 2, 3), "Big spenders"),
        ((3, 1, 2), "New or returning"),
        ((1, 3, 3), "At risk"),
        ((1, 1, 1), "Hibernating"),
        ((1, 1, 3), "Lost big spenders"),
    ],
)
def test_segments_mean_what_they_say(scores: tuple[int, int, int], name: str) -> None:
    assert SEGMENTS[scores] == name


def test_who_did_not_buy_lately_is_never_called_loyal_and_who_did_never_lost() -> None:
    gone = {"At risk", "Hibernating", "Lost big spenders"}
    assert {name for (r, _, _), name in SEGMENTS.items() if r == 1} == gone
    assert gone.isdisjoint(name for (r, _, _), name in SEGMENTS.items() if r > 1)


def test_stages_turn_at_their_limits() -> None:
    last = np.array([0, 30, 31, 60, 61, 90, 91])
    first = np.array([0, 30, 31, 400, 400, 400, 400])
    assert stages(last, first, RULES).to_pylist() == [
        *("new", "new", "active", "active", "at_risk", "at_risk", "churned"),
    ]


def test_churned_is_stronger_than_new_whatever_the_limits() -> None:
    rules = config(new_within_days=200).mappings.customers
    assert stages(np.array([91, 70]), np.array([91, 70]), rules).to_pylist() == ["churned", "new"]
