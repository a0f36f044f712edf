"""Deals: value-weighted means that tie with hand calculation, to the last digit."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pricing.deals.aggregator import METHOD, DealAggregator, zero_value_deals

NAMES = ("disc_q_0_10", "disc_q_0_50", "disc_q_0_90")
DEALS = DealAggregator("order_id", ("list_price", "quantity"))


def lines(*rows: tuple[str, str, str, tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "order_id": order,
                "list_price": Decimal(price),
                "quantity": Decimal(quantity),
                **{name: Decimal(q) for name, q in zip(NAMES, qs, strict=True)},
            }
            for order, price, quantity, qs in rows
        ]
    )


def test_a_deal_ties_with_hand_calculation() -> None:
    deals = DEALS.aggregate(
        lines(
            ("A", "100", "3", ("0.1", "0.2", "0.3")),
            ("A", "50", "2", ("0.02", "0.04", "0.06")),
            ("B", "10", "1", ("0", "0", "0.5")),
        )
    )
    # weights 300 and 100: 0.08, 0.16, 0.24
    assert deals["order_id"].tolist() == ["A", "B"]
    assert deals["line_count"].tolist() == [2, 1]
    assert deals["deal_value"].tolist() == [Decimal(400), Decimal(10)]
    assert [deals[f"deal_{name}"][0] for name in NAMES] == [Decimal("0.08"), Decimal("0.16"), Decimal("0.24")]
    assert set(deals["method"]) == {METHOD}


def test_a_deal_of_no_value_has_no_band_and_is_counted() -> None:
    deals = DEALS.aggregate(
        lines(("A", "0", "3", ("0.1", "0.2", "0.3")), ("B", "1", "3", ("0.1", "0.2", "0.3")))
    )
    assert deals["deal_disc_q_0_50"].isna().tolist() == [True, False]
    assert zero_value_deals(deals) == 1


def test_a_tie_is_rounded_away_from_zero_once() -> None:
    deals = DEALS.aggregate(
        lines(
            ("A", "1", "1", ("0.000001", "-0.000001", "0")), ("A", "1", "1", ("0.000002", "-0.000002", "0"))
        )
    )
    assert deals["deal_disc_q_0_10"][0] == Decimal("0.000002")
    assert deals["deal_disc_q_0_50"][0] == Decimal("-0.000002")


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(PermanentError, match="no deal"):
        DealAggregator("deal", ("quantity",)).aggregate(lines())
    with pytest.raises(PermanentError, match="no value"):
        DealAggregator("order_id", ()).aggregate(lines(("A", "1", "1", ("0", "0", "0"))))


def mean(weights: list[Fraction], values: list[str]) -> Decimal:
    total = sum(weights, Fraction(0))
    exact = sum((w * Fraction(value) for w, value in zip(weights, values, strict=True)), Fraction(0)) / total
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("1e-6"), ROUND_HALF_UP)


SHARE = st.decimals(-2, 1, places=6)
LINE = st.tuples(
    st.sampled_from("ABC"),
    st.decimals(0, 1_000_000, places=2).map(str),
    st.decimals("0.5", 5000, places=1).map(str),
    st.tuples(SHARE, SHARE, SHARE).map(lambda qs: tuple(str(q) for q in qs)),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=12))
def test_means_are_exact_and_a_single_line_is_its_deal(
    rows: list[tuple[str, str, str, tuple[str, str, str]]],
) -> None:
    deals = DEALS.aggregate(lines(*rows)).set_index("order_id")
    for deal in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == deal]
        weights = [Fraction(price) * Fraction(quantity) for _, price, quantity, _ in own]
        for at, name in enumerate(NAMES):
            found = deals[f"deal_{name}"][deal]
            assert pd.isna(found) if not any(weights) else found == mean(weights, [row[3][at] for row in own])
            if len(own) == 1 and any(weights):
                assert found == Decimal(own[0][3][at])


def test_plain_floats_are_taken_to_the_millionth() -> None:
    deals = DEALS.aggregate(
        pd.DataFrame(
            {
                "order_id": ["A", "A"],
                "list_price": [100.0, 50.0],
                "quantity": [3, 2],
                "disc_q_0_50": [0.2, 0.04],
            }
        )
    )
    assert deals["deal_disc_q_0_50"].tolist() == [Decimal("0.16")]
