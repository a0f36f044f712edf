"""The annuity tables as monthly assets."""

import dagster as dg

from work_data_hub.bootstrap import code_version
from work_data_hub.config.loader import load_start_month
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.partitions import monthly


def annuity_partitions() -> dg.MonthlyPartitionsDefinition:
    """Give the months since the committed start."""
    return monthly(load_start_month("annuity"))


def annuity_assets() -> list[dg.AssetsDefinition]:
    """Give one asset per annuity table."""
    return table_assets((*INTAKES, *BUILDS), annuity_partitions(), code_version())
