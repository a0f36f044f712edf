"""Quotes that nobody has sold yet: from typed lines and the past to recommendations, without a table in between."""

from typing import Final

import pandas as pd

from work_data_hub.domain.pricing.features.build import order_features
from work_data_hub.domain.pricing.scoring.pipeline import PriceInferencePipeline

# known only after the sale: not handed on, whatever a file says
_AFTER: Final = ("sell_price", "discount_pct", "usable", "exclusion")


def score_quotes(
    quotes: pd.DataFrame, history: pd.DataFrame | None, scorer: PriceInferencePipeline
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give recommendations of lines and deals for quotes in the types of order lines.

    `history` are past order lines; those of a quote's own day and later do not count for it. Quotes without a list
    price or a quantity are left out.
    """
    lines = quotes.drop(columns=[name for name in _AFTER if name in quotes.columns])
    return scorer.run(order_features(lines, history, scorer.config))
