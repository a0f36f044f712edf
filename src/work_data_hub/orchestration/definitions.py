"""The graph that Dagster loads; nothing here reads the environment or opens a connection."""

import dagster as dg

from work_data_hub.orchestration.assets.annuity import annuity_assets
from work_data_hub.orchestration.jobs import domain_jobs
from work_data_hub.orchestration.resources import (
    HubFactory,
    LoudIOManager,
    hub_from_settings,
    hub_resource,
)
from work_data_hub.orchestration.schedules import monthly_schedule
from work_data_hub.orchestration.sensors import landing_sensor


def build_defs(factory: HubFactory = hub_from_settings) -> dg.Definitions:
    """Assemble the graph on a hub factory; tests hand in their own."""
    return dg.Definitions(
        assets=annuity_assets(),
        jobs=domain_jobs("annuity"),
        schedules=[monthly_schedule("annuity")],
        sensors=[landing_sensor("annuity", factory)],
        resources={"hub": hub_resource(factory), "io_manager": LoudIOManager()},
        executor=dg.in_process_executor,
    )


defs = build_defs()
