"""The graph that Dagster loads; nothing here reads the environment or opens a connection."""

import dagster as dg

from work_data_hub.orchestration.alert_sensor import alert_sensor
from work_data_hub.orchestration.assets.annuity import annuity_assets, annuity_tables
from work_data_hub.orchestration.assets.companies import GROUP as COMPANIES_GROUP
from work_data_hub.orchestration.assets.companies import companies_job, company_assets
from work_data_hub.orchestration.assets.platform import platform_assets
from work_data_hub.orchestration.assets.pricing import (
    SCORING_JOB,
    TRAINING_JOB,
    pricing_assets,
    pricing_jobs,
    pricing_sources,
)
from work_data_hub.orchestration.assets.releases import release_assets, release_group
from work_data_hub.orchestration.assets.retail import (
    DAILY_JOB,
    DROP_SENSORS,
    retail_assets,
    retail_daily_job,
    retail_release_job,
    retail_releases,
    retail_tables,
)
from work_data_hub.orchestration.drop_sensors import drop_sensor, follow_sensor
from work_data_hub.orchestration.jobs import domain_jobs, stage_only
from work_data_hub.orchestration.maintenance_schedule import retention_schedule
from work_data_hub.orchestration.resources import (
    HubFactory,
    LoudIOManager,
    hub_from_settings,
    hub_resource,
)
from work_data_hub.orchestration.schedules import current_month_schedule, daily_schedule, monthly_schedule
from work_data_hub.orchestration.sensors import automation_sensor, landing_sensor
from work_data_hub.registry import code_version, pricing_tables


def build_defs(factory: HubFactory = hub_from_settings) -> dg.Definitions:
    """Assemble the graph on a hub factory; tests hand in their own."""
    retail_jobs = domain_jobs("retail", retail_tables())
    price_jobs = domain_jobs("pricing", pricing_tables())
    return dg.Definitions(
        assets=[
            *annuity_assets(),
            *company_assets(code_version("annuity")),
            *retail_assets(),
            *release_assets(retail_releases()),
            *pricing_assets(),
            *platform_assets(),
        ],
        jobs=[
            *domain_jobs("annuity", annuity_tables()),
            companies_job(),
            *retail_jobs,
            retail_daily_job(),
            retail_release_job(),
            *price_jobs,
            *pricing_jobs(),
        ],
        schedules=[
            monthly_schedule("annuity"),
            daily_schedule("retail", DAILY_JOB),
            current_month_schedule(
                "pricing_monthly",
                TRAINING_JOB,
                "0 4 2 * *",
                "Trains the month's challengers, on the second at four.",
            ),
            current_month_schedule(
                "pricing_daily",
                SCORING_JOB,
                "30 5 * * *",
                "Scores the month with the champions, every morning.",
            ),
            retention_schedule(),
        ],
        sensors=[
            landing_sensor("annuity", factory),
            # the work beside the months is a group of its own
            automation_sensor("annuity", "annuity", COMPANIES_GROUP),
            alert_sensor("annuity", factory),
            *(drop_sensor(name, "retail", sources, factory) for name, sources in DROP_SENSORS.items()),
            follow_sensor("retail", stage_only(retail_jobs), factory),
            automation_sensor("retail", release_group("retail")),
            alert_sensor("retail", factory),
            drop_sensor("pricing_landing", "pricing", pricing_sources(), factory),
            follow_sensor("pricing", stage_only(price_jobs), factory),
            alert_sensor("pricing", factory),
        ],
        resources={"hub": hub_resource(factory), "io_manager": LoudIOManager()},
        executor=dg.in_process_executor,
    )


defs = build_defs()
