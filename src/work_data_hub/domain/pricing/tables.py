"""The price desk's tables in the order in which they are built; new tables are declared here."""

from collections.abc import Mapping
from typing import Final

from work_data_hub.domain.kernel.build import InputRef, ModelRef, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.pricing.bronze.intakes import intakes
from work_data_hub.domain.pricing.config import MODEL_FAMILY, BuConfig, HubTable
from work_data_hub.domain.pricing.contracts.bronze import ORDERS, QUOTES
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.gold import PRICE_DIAGNOSTICS, PRICE_DRIFT, SCENARIO_READINESS
from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS, PRICE_LIMITS
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_DEAL, PRICE_RECS_LINE
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.diagnostics.build import PRICE_DIAGNOSTICS_INPUTS, make_price_diagnostics
from work_data_hub.domain.pricing.diagnostics.drift import PRICE_DRIFT_INPUTS, make_price_drift
from work_data_hub.domain.pricing.features.build import ORDER_FEATURES_INPUTS, make_order_features
from work_data_hub.domain.pricing.policy.build import PRICE_LIMITS_INPUTS, make_price_limits
from work_data_hub.domain.pricing.ports import Learner
from work_data_hub.domain.pricing.readiness.build import (
    SCENARIO_READINESS_INPUTS,
    make_scenario_readiness,
)
from work_data_hub.domain.pricing.scoring.build import (
    PRICE_RECS_DEAL_INPUTS,
    PRICE_RECS_LINE_INPUTS,
    make_price_recs_deal,
    make_price_recs_line,
)
from work_data_hub.domain.pricing.silver.inputs import order_line_inputs, orders_of
from work_data_hub.domain.pricing.silver.order_line import make_order_line
from work_data_hub.domain.pricing.training.build import PRICE_BANDS_INPUTS, price_bands

__all__ = ["anchors", "builds", "hub_table_keys", "intakes"]

# the month's own challenger, where there is one, is judged before the month is scored
_JUDGED: Final = InputRef(PRICE_BANDS, optional=True, columns=("model_version",))

Units = Mapping[str, BuConfig]
Tables = Mapping[str, TableContract]


def hub_table_keys(units: Units) -> frozenset[str]:
    """Name the tables of other domains that stand in the place of files."""
    places = (unit.data_paths.orders_table for unit in units.values())
    return frozenset(place.table for place in places if isinstance(place, HubTable))


def anchors(units: Units, hub_tables: Tables) -> dict[str, tuple[TableContract, ...]]:
    """Give for each unit the tables whose months tell when it is at work."""
    places = {name: orders_of(unit, hub_tables) for name, unit in units.items()}
    return {name: (ORDERS, QUOTES) if place is ORDERS else (place,) for name, place in places.items()}


def builds(units: Units, learner: Learner, hub_tables: Tables) -> tuple[TableBuild, ...]:
    """Give the builds; what learns, and the tables of other domains, come from outside."""
    incumbent, champion = ModelRef(MODEL_FAMILY, incumbent=True), ModelRef(MODEL_FAMILY)
    return (
        TableBuild(ORDER_LINE, order_line_inputs(units, hub_tables), make_order_line),
        TableBuild(ORDER_FEATURES, ORDER_FEATURES_INPUTS, make_order_features),
        TableBuild(PRICE_LIMITS, PRICE_LIMITS_INPUTS, make_price_limits),
        TableBuild(PRICE_BANDS, PRICE_BANDS_INPUTS, price_bands(learner), model=incumbent),
        TableBuild(
            PRICE_RECS_LINE,
            (*PRICE_RECS_LINE_INPUTS, _JUDGED),
            make_price_recs_line(learner),
            model=champion,
        ),
        TableBuild(PRICE_RECS_DEAL, PRICE_RECS_DEAL_INPUTS, make_price_recs_deal),
        TableBuild(PRICE_DRIFT, (*PRICE_DRIFT_INPUTS, _JUDGED), make_price_drift, model=champion),
        TableBuild(PRICE_DIAGNOSTICS, PRICE_DIAGNOSTICS_INPUTS, make_price_diagnostics),
        TableBuild(SCENARIO_READINESS, SCENARIO_READINESS_INPUTS, make_scenario_readiness),
    )
