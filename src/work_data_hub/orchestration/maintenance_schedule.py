"""When retention runs by itself: weekly, once somebody has switched it on."""

import dagster as dg

from work_data_hub.config.settings import get_settings
from work_data_hub.orchestration.assets.platform import RETENTION
from work_data_hub.orchestration.automation import allowed

NAME = "retention_weekly"


def retention_schedule(cron: str = "30 3 * * 0") -> dg.ScheduleDefinition:
    """Forget what is beyond its horizon, on Sunday nights."""
    environments = allowed(NAME)

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        environment = str(get_settings().environment)
        if environment not in environments:
            return dg.SkipReason(f"{NAME} does not run in {environment}")
        config = {"ops": {RETENTION.to_python_identifier(): {"config": {"dry_run": False}}}}
        return dg.RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m-%d}", run_config=config)

    return dg.ScheduleDefinition(
        name=NAME,
        cron_schedule=cron,
        job=dg.define_asset_job("retention", dg.AssetSelection.assets(RETENTION)),
        execution_fn=evaluate,
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Removes old runs and lines of the ledgers that nothing needs any more, and closes dead attempts.",
    )
