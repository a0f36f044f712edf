"""The month's scores: its features, its limits and its champion make recommendations of lines, and these of deals."""

from collections.abc import Callable
from typing import Final

import pandas as pd
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.models import ModelVersion
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.model import PRICE_LIMITS
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_LINE
from work_data_hub.domain.pricing.deals.aggregator import METHOD, zero_value_deals
from work_data_hub.domain.pricing.policy.build import policy_from_limits
from work_data_hub.domain.pricing.policy.rows import no_rows, truths
from work_data_hub.domain.pricing.ports import Learner
from work_data_hub.domain.pricing.scoring.contract import SCORING_COLUMNS
from work_data_hub.domain.pricing.scoring.deals import LINE_COLUMNS, deal_rows
from work_data_hub.domain.pricing.scoring.pipeline import PriceInferencePipeline
from work_data_hub.domain.pricing.training.model import PriceModel

PRICE_RECS_LINE_INPUTS: Final = (
    # what a line was sold for is not even read
    InputRef(ORDER_FEATURES, columns=SCORING_COLUMNS),
    InputRef(PRICE_LIMITS),
)
PRICE_RECS_DEAL_INPUTS: Final = (InputRef(PRICE_RECS_LINE, columns=LINE_COLUMNS),)
_FLAGS: Final = (
    "cap_hit",
    "floor_hit",
    "band_collapsed",
    "quantile_repaired",
    "unseen_customer",
    "unseen_product",
)


def make_price_recs_line(learner: Learner) -> Callable[[BuildContext], Outcome]:
    """Give the build that scores a month's lines with the champion that the learner can read."""

    def make(context: BuildContext) -> Outcome:
        """Score the lines of a business unit's month."""
        lines = context.frame(ORDER_FEATURES.name)
        limits = context.frame(PRICE_LIMITS.name)
        if context.champion is None:
            return _unscored(lines, "no model has been promoted for this month: nothing is scored")
        if limits.empty:
            return _unscored(lines, "the month has no limits: nothing is scored")
        return _scored(context.config.unit(context.member), lines, limits, context.champion, learner)

    return make


def _unscored(lines: pd.DataFrame, why: str) -> Outcome:
    counts = Counts(len(lines), 0, skipped=len(lines))
    warnings = (f"{why} ({len(lines):,} lines)",) if len(lines) else ()
    return Outcome(
        no_rows(PRICE_RECS_LINE),
        counts,
        warnings=warnings,
        facts={"metrics": {"scored": 0, "unscored": len(lines)}},
    )


def _scored(
    config: BuConfig, lines: pd.DataFrame, limits: pd.DataFrame, champion: ModelVersion, learner: Learner
) -> Outcome:
    policy = policy_from_limits(limits, config)
    if policy is None or lines.empty:
        return _unscored(lines, "there is nothing to score with")
    model = PriceModel.from_content(champion.content, learner)
    rows = PriceInferencePipeline(config, model, policy, champion.version).score_lines(lines)
    metrics = {
        "scored": len(rows),
        "unscored": 0,
        **{name: int(truths(rows, name).sum()) for name in _FLAGS},
        "wider_limits": int(pc.sum(pc.less(arrow(rows, "limit_level"), len(policy.keys))).as_py()),
    }
    facts = {"metrics": metrics, "model_version": champion.version, "policy_version": policy.version}
    return Outcome(rows, Counts(len(lines), len(rows)), facts=facts)


def make_price_recs_deal(context: BuildContext) -> Outcome:
    """Put the month's scored lines together by order and quote."""
    lines = context.frame(PRICE_RECS_LINE.name)
    rows = deal_rows(lines)
    zero = zero_value_deals(rows)
    warnings = (f"deals of no value, which have no band: {zero:,}",) if zero else ()
    facts = {"metrics": {"deals": len(rows), "deals_without_value": zero}, "method": METHOD}
    return Outcome(rows.reset_index(drop=True), Counts(len(lines), len(rows)), warnings=warnings, facts=facts)
