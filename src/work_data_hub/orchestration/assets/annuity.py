"""The annuity tables as monthly assets."""

import dagster as dg

from work_data_hub.config.loader import load_start_month
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.orchestration.assets.factory import table_assets
from work_data_hub.orchestration.partitions import monthly
from work_data_hub.registry import code_version


def annuity_tables() -> tuple[Buildable, ...]:
    """Give the tables in the order in which they are built."""
    return (*INTAKES, *BUILDS)


def annuity_partitions() -> dg.MonthlyPartitionsDefinition:
    """Give the months since the committed start."""
    return monthly(load_start_month("annuity"))


def annuity_assets() -> list[dg.AssetsDefinition]:
    """Give one asset per annuity table."""
    return table_assets(annuity_tables(), annuity_partitions(), code_version("annuity"))
