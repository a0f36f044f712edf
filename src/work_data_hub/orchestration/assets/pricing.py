"""The price desk's tables as assets: drops as a whole, everything else by month, all business units in one asset."""

from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from work_data_hub.config.loader import load_start_month
from work_data_hub.config.pricing_loader import bu_drops, load_pricing_config
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.partitions import monthly
from work_data_hub.registry import code_version, pricing_tables

TRAINING_JOB: Final = "pricing_training"
SCORING_JOB: Final = "pricing_scoring"


def pricing_assets() -> list[dg.AssetsDefinition]:
    """Give one asset per table of the price desk."""
    return table_assets(pricing_tables(), monthly(load_start_month("pricing")), code_version("pricing"))


def pricing_sources() -> tuple[str, ...]:
    """Name the drops of all business units, which the landing sensor watches."""
    return tuple(bu_drops(load_pricing_config()))


def pricing_jobs() -> list[UnresolvedAssetJobDefinition]:
    """Give the jobs of the monthly training and of the daily scoring."""
    monthly_tables = [table.contract for table in pricing_tables() if table.contract.monthly]
    learnt = [c for c in monthly_tables if c.layer in {Layer.SILVER, Layer.FEATURE, Layer.MODEL}]
    scored = [c for c in monthly_tables if c is not PRICE_BANDS]
    return [
        dg.define_asset_job(
            name,
            dg.AssetSelection.assets(*(dg.AssetKey(c.asset_key) for c in contracts)),
            description=f"{told}, in one process.",
            executor_def=dg.in_process_executor,
        )
        for name, contracts, told in (
            (TRAINING_JOB, learnt, "Order lines, features, limits and the month's challengers"),
            (
                SCORING_JOB,
                scored,
                "Recommendations and diagnostics of a month with the champions that there are",
            ),
        )
    ]
