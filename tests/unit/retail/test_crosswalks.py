"""Crosswalks: without matches every id keeps its own; contradictions wait for a person."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import Row, config, frame, held, metric, records

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.config import Match
from work_data_hub.domain.retail.contracts.silver import (
    CUSTOMER_XWALK,
    PRODUCT_XWALK,
    SOURCE_CUSTOMER,
    SOURCE_PRODUCT,
)
from work_data_hub.domain.retail.silver.crosswalks import make_customer_xwalk, make_product_xwalk
from work_data_hub.domain.retail.silver.matches import judge, own_id

IDS = (("CONTOSO", "1"), ("CONTOSO", "2"), ("EUROSTYLE", "1"), ("EUROSTYLE", "85123A"))


def match(system: str, source: str, unified: str, **changes: Any) -> Row:
    usual = {"method": "manual", "confidence": Decimal(1)}
    return {"system": system, "source_id": source, "unified_id": unified, **usual, **changes}


def crossed(*matches: Row) -> tuple[Outcome, dict[tuple[str, str], tuple[str, str]]]:
    """Build the products' crosswalk; give its outcome, and unified id and status by id."""
    rows = [{"source_system": system, "source_product_id": source} for system, source in IDS]
    frames = {"source_product": frame(SOURCE_PRODUCT, rows)}
    settings = config(product_matches=list(matches))
    outcome = held(PRODUCT_XWALK, make_product_xwalk(BuildContext(None, frames, settings)))
    found = {
        (r["source_system"], r["source_product_id"]): (r["unified_product_id"], r["status"])
        for r in records(outcome.accepted)
    }
    return outcome, found


def test_without_matches_every_id_is_its_own() -> None:
    outcome, found = crossed()
    assert found == {key: (own_id(*key), "unmatched") for key in IDS}
    assert (metric(outcome, "status.unmatched"), metric(outcome, "status.matched")) == (4, 0)
    assert outcome.warnings == ()


def test_ids_of_two_brands_may_be_one() -> None:
    outcome, found = crossed(
        match("CONTOSO", "1", "P-1", valid_from=date(2025, 1, 1), confidence=Decimal("0.9")),
        match("EUROSTYLE", "85123A", "P-1"),
    )
    assert found[IDS[0]] == found[IDS[3]] == ("P-1", "matched")
    assert found[IDS[2]] == ("EUROSTYLE:1", "unmatched")
    (row,) = [r for r in records(outcome.accepted) if (r["source_system"], r["source_product_id"]) == IDS[0]]
    assert (row["method"], row["confidence"], row["valid_from"], row["valid_to"]) == (
        "manual",
        Decimal("0.9"),
        date(2025, 1, 1),
        None,
    )
    assert metric(outcome, "status.matched") == 2


def test_two_ids_of_one_brand_that_claim_one_unified_id_need_a_review() -> None:
    outcome, found = crossed(
        match("CONTOSO", "1", "P-1"), match("CONTOSO", "2", "P-1"), match("EUROSTYLE", "1", "P-1")
    )
    assert found[IDS[0]] == ("CONTOSO:1", "review")
    assert found[IDS[1]] == ("CONTOSO:2", "review")
    assert found[IDS[2]] == ("P-1", "matched")
    assert metric(outcome, "status.review") == 2
    assert outcome.warnings == (
        "2 product ids whose matches contradict each other need a review and are not used: CONTOSO:1, CONTOSO:2",
    )


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ({}, {}, "review"),
        ({"valid_to": date(2011, 1, 1)}, {"valid_from": date(2011, 1, 1)}, "review"),
        ({"valid_to": date(2010, 12, 31)}, {"valid_from": date(2011, 1, 1)}, "matched"),
        ({"valid_to": date(2010, 12, 31)}, {}, "review"),
    ],
)
def test_two_matches_of_one_id_may_follow_each_other_but_not_overlap(
    first: Row, second: Row, status: str
) -> None:
    _, found = crossed(match("CONTOSO", "1", "P-1", **first), match("CONTOSO", "1", "P-2", **second))
    assert found[IDS[0]] == ({"matched": "P-2", "review": "CONTOSO:1"}[status], status)


def test_a_match_that_ends_before_it_begins_needs_a_review() -> None:
    wrong = match("CONTOSO", "1", "P-1", valid_from=date(2011, 1, 2), valid_to=date(2011, 1, 1))
    assert crossed(wrong)[1][IDS[0]] == ("CONTOSO:1", "review")


def test_the_own_id_of_another_can_not_be_claimed() -> None:
    found = crossed(match("CONTOSO", "1", "EUROSTYLE:85123A"), match("CONTOSO", "2", "CONTOSO:2"))[1]
    assert found[IDS[0]] == ("CONTOSO:1", "review")
    assert found[IDS[1]] == ("CONTOSO:2", "matched")


def test_matches_of_ids_that_occur_nowhere_are_told() -> None:
    outcome, found = crossed(match("CONTOSO", "77", "P-1"))
    assert set(found) == set(IDS)
    assert metric(outcome, "matches_of_unknown_ids") == 1
    assert outcome.warnings == ("1 product matches of ids that occur nowhere: CONTOSO:77",)


def test_a_customer_with_several_countries_has_one_row() -> None:
    rows = [
        {"source_system": "EUROSTYLE", "source_customer_id": "12395", "valid_from": day}
        for day in (date(2010, 1, 1), date(2010, 6, 1))
    ]
    context = BuildContext(None, {"source_customer": frame(SOURCE_CUSTOMER, rows)}, config())
    outcome = held(CUSTOMER_XWALK, make_customer_xwalk(context))
    assert [r["unified_customer_id"] for r in records(outcome.accepted)] == ["EUROSTYLE:12395"]


drawn = st.lists(
    st.builds(
        lambda key, unified, begin: Match(
            system=key[0],
            source_id=key[1],
            unified_id=unified,
            method="m",
            confidence=Decimal(1),
            valid_from=begin,
        ),
        st.sampled_from([*IDS, ("CONTOSO", "77")]),
        st.sampled_from(["P-1", "P-2", "CONTOSO:1"]),
        st.sampled_from([None, date(2011, 1, 1)]),
    ),
    max_size=5,
)


@given(drawn)
def test_no_two_ids_of_a_brand_ever_share_a_unified_id(matches: list[Match]) -> None:
    judged = judge(matches, IDS)
    unified = {key: judged.used[key].unified_id if key in judged.used else own_id(*key) for key in IDS}
    for system in ("CONTOSO", "EUROSTYLE"):
        own = [unified[key] for key in IDS if key[0] == system]
        assert len(set(own)) == len(own)
    assert not set(judged.used) & set(judged.review)
    assert {(m.system, m.source_id) for m in matches} == set(judged.used) | set(judged.review) | set(
        judged.unknown
    )
