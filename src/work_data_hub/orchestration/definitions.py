"""The graph that Dagster loads; nothing here reads the environment or opens a connection."""

import dagster as dg

from work_data_hub.bootstrap import code_version
from work_data_hub.orchestration.alert_sensor import alert_sensor
from work_data_hub.orchestration.assets.annuity import annuity_assets
from work_data_hub.orchestration.assets.companies import companies_job, company_assets
from work_data_hub.orchestration.assets.platform import platform_assets
from work_data_hub.orchestration.jobs import domain_jobs
from work_data_hub.orchestration.maintenance_schedule import retention_schedule
from work_data_hub.orchestration.resources import (
    HubFactory,
    LoudIOManager,
    hub_from_settings,
    hub_resource,
)
from work_data_hub.orchestration.schedules import monthly_schedule
from work_data_hub.orchestration.sensors import automation_sensor, landing_sensor


def build_defs(factory: HubFactory = hub_from_settings) -> dg.Definitions:
    """Assemble the graph on a hub factory; tests hand in their own."""
    return dg.Definitions(
        assets=[*annuity_assets(), *company_assets(code_version()), *platform_assets()],
        jobs=[*domain_jobs("annuity"), companies_job()],
        schedules=[monthly_schedule("annuity"), retention_schedule()],
        sensors=[
            landing_sensor("annuity", factory),
            automation_sensor("annuity"),
            alert_sensor("annuity", factory),
        ],
        resources={"hub": hub_resource(factory), "io_manager": LoudIOManager()},
        executor=dg.in_process_executor,
    )


defs = build_defs()
