"""A quote without a sell price is scored from typed lines and the past, and nothing later counts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from tests.unit.pricing.bu_config import bu_config
from tests.unit.pricing.fake_model import FakeModel
from tests.unit.pricing.feature_rows import given
from tests.unit.pricing.features.order_rows import frame, row

from work_data_hub.domain.pricing.policy.guardrails import GuardrailPolicy
from work_data_hub.domain.pricing.scoring.pipeline import PriceInferencePipeline
from work_data_hub.domain.pricing.scoring.quotes import score_quotes

CONFIG = bu_config()
POLICY = GuardrailPolicy.fit(given(*(f"0.{n:02d}" for n in range(1, 41))), CONFIG)
SCORER = PriceInferencePipeline(CONFIG, FakeModel((1.0, 1.1, 1.2)), POLICY, "abc")
DAY = date(2025, 3, 5)


def quote(**values: Any) -> dict[str, Any]:
    return row(
        line_kind="quote", order_id="Q1", order_line_id="1", order_date=DAY, discount_pct=None, **values
    )


def sold(number: int, day: date, discount: str) -> dict[str, Any]:
    return row(order_id=f"O{number}", order_line_id="1", order_date=day, discount_pct=Decimal(discount))


PAST = [sold(1, date(2025, 2, 3), "0.1"), sold(2, date(2025, 2, 4), "0.2")]


def answer(quotes: pd.DataFrame, past: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    return score_quotes(quotes, frame(past) if past else None, SCORER)


def test_a_quote_without_a_sell_price_is_scored() -> None:
    quotes = frame([quote()]).drop(columns=["sell_price", "discount_pct", "usable"])
    lines, deals = answer(quotes, PAST)
    # the fake model adds the customer's past discount, less 1, to its constants
    assert lines["raw_q_0_50"].tolist() == [Decimal("0.25")]
    assert lines["line_kind"].tolist() == ["quote"]
    assert not lines["unseen_customer"].any()
    assert deals["deal_disc_q_0_50"].tolist() == lines["disc_q_0_50"].tolist()


def test_what_a_file_says_of_the_sale_changes_nothing() -> None:
    plain = frame([quote()])
    told = frame([quote(sell_price=Decimal(1))]).assign(usable=[True])
    for mine, theirs in zip(answer(plain, PAST), answer(told, PAST), strict=True):
        assert mine.equals(theirs)


def test_lines_of_the_quotes_day_and_later_do_not_count() -> None:
    later = [sold(3, DAY, "0.9"), sold(4, date(2025, 4, 1), "0.9")]
    for mine, theirs in zip(
        answer(frame([quote()]), PAST), answer(frame([quote()]), [*PAST, *later]), strict=True
    ):
        assert mine.equals(theirs)


def test_a_new_customer_is_told_and_a_line_without_a_price_left_out() -> None:
    free = {**quote(list_price=Decimal(0)), "order_line_id": "2"}
    lines, _ = answer(frame([quote(), free]), [])
    assert lines["order_line_id"].tolist() == ["1"]
    assert lines["unseen_customer"].all()


def test_lines_of_a_file_do_not_teach_each_other_what_they_were_sold_for() -> None:
    told = frame([sold(8, date(2025, 3, 3), "0.9"), sold(9, DAY, "0.9")])
    bare = told.drop(columns=["sell_price", "discount_pct", "usable"])
    for mine, theirs in zip(answer(told, PAST), answer(bare, PAST), strict=True):
        assert mine.equals(theirs)
