"""The month's limits: rows of the contract, made from earlier months, and the policy read back from them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pandas as pd
from tests.unit.pricing.bu_config import bu_config, pricing_config
from tests.unit.pricing.feature_rows import given

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.contracts.model import PRICE_LIMITS
from work_data_hub.domain.pricing.policy.build import (
    PRICE_LIMITS_INPUTS,
    make_price_limits,
    policy_from_limits,
)
from work_data_hub.domain.pricing.policy.guardrails import GuardrailPolicy

CONFIG = bu_config({"min_lines": 2})


def made(frames: Mapping[str, pd.DataFrame]) -> Outcome:
    return make_price_limits(BuildContext(Period(2025, 4), frames, pricing_config(CONFIG), member="BU1"))


def test_limits_are_rows_of_the_contract() -> None:
    outcome = made({"order_features@before": given("0.1", "0.2", "0.3")})
    rows = outcome.accepted.assign(run_id=pd.Series(["run"] * 5, dtype=outcome.accepted["bu_id"].dtype))
    assert to_arrow(PRICE_LIMITS, rows).num_rows == 5
    assert set(rows["period"]) == {date(2025, 4, 1)}
    assert rows["cap"].tolist() == [Decimal("0.300000")] * 5
    assert outcome.facts["policy_version"] == rows["policy_version"].iloc[0]
    assert (outcome.counts.read, outcome.counts.published) == (3, 5)


def test_limits_are_made_from_months_before_only() -> None:
    (ref,) = PRICE_LIMITS_INPUTS
    assert ref.scope(Period(2025, 4), "BU1").before == ("period", date(2025, 4, 1))


def test_no_history_gives_no_limits_and_says_so() -> None:
    for frames in ({}, {"order_features@before": given()}):
        outcome = made(frames)
        assert outcome.accepted.empty
        assert "no limits yet" in str(outcome.facts["why_not"])


def test_the_policy_comes_back_from_its_rows_in_any_order() -> None:
    history = pd.concat([given("0.1", "0.2", "0.3"), given("0.6", region="FR")], ignore_index=True)
    rows = made({"order_features@before": history}).accepted
    policy = policy_from_limits(rows.sample(frac=1, random_state=1), CONFIG)
    assert policy is not None
    assert policy.version == rows["policy_version"].iloc[0] == GuardrailPolicy.fit(history, CONFIG).version


def test_limits_without_rows_make_no_policy() -> None:
    assert policy_from_limits(made({}).accepted, CONFIG) is None
