"""The retail tables as assets: drops and marts as a whole, lines and daily marts by month."""

from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from work_data_hub.config.loader import load_start_month
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.retail.tables import INTAKES, RELEASABLE, builds
from work_data_hub.io.learners.kmeans import SklearnKMeans
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.assets.releases import release_group
from work_data_hub.orchestration.partitions import monthly
from work_data_hub.registry import code_version

DAILY_JOB: Final = "retail_daily"
# which sources each landing sensor watches
DROP_SENSORS: Final = {
    "retail_eurostyle_landing": ("eurostyle", "rates"),
    "retail_contoso_landing": tuple(
        f"contoso_{name}"
        for name in ("sales", "salesitems", "products", "customers", "stock", "campaigns", "channels")
    ),
}


def retail_tables() -> tuple[Buildable, ...]:
    """Give the tables in the order in which they are built."""
    return (*INTAKES, *builds(SklearnKMeans()))


def retail_assets() -> list[dg.AssetsDefinition]:
    """Give one asset per retail table."""
    return table_assets(retail_tables(), monthly(load_start_month("retail")), code_version("retail"))


def retail_releases() -> tuple[TableContract, ...]:
    """Give the contracts of the tables that may leave the house."""
    return tuple(table.contract for table in retail_tables() if table.contract.key in RELEASABLE)


def retail_release_job() -> UnresolvedAssetJobDefinition:
    """Give the job that releases every table that may leave the house."""
    return dg.define_asset_job(
        "retail_release",
        dg.AssetSelection.groups(release_group("retail")),
        description="Releases of retail gold tables, in one process; what did not change is given back.",
        executor_def=dg.in_process_executor,
    )


def retail_daily_job() -> UnresolvedAssetJobDefinition:
    """Give the job over everything that belongs to no month."""
    whole = [dg.AssetKey(t.contract.asset_key) for t in retail_tables() if not t.contract.monthly]
    return dg.define_asset_job(
        DAILY_JOB,
        dg.AssetSelection.assets(*whole) | dg.AssetSelection.groups(release_group("retail")),
        description="All retail tables that belong to no month, and the releases, in one process.",
        executor_def=dg.in_process_executor,
    )
