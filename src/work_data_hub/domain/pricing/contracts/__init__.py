"""The price desk's tables, from bronze to gold."""

from typing import Final

from work_data_hub.domain.pricing.contracts.bronze import LOOKUPS, ORDERS, QUOTES
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.gold import PRICE_DIAGNOSTICS, PRICE_DRIFT, SCENARIO_READINESS
from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS, PRICE_LIMITS
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_DEAL, PRICE_RECS_LINE
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE

PRICING_CONTRACTS: Final = (
    ORDERS,
    QUOTES,
    LOOKUPS,
    ORDER_LINE,
    ORDER_FEATURES,
    PRICE_LIMITS,
    PRICE_BANDS,
    PRICE_RECS_LINE,
    PRICE_RECS_DEAL,
    PRICE_DIAGNOSTICS,
    PRICE_DRIFT,
    SCENARIO_READINESS,
)
