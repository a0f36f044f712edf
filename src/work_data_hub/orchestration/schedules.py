"""Schedules, stopped until somebody switches them on, and silent where the environment map forbids them."""

import dagster as dg

from work_data_hub.config.settings import get_settings
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.automation import allowed


def daily_schedule(domain: str, job: str, cron: str = "0 5 * * *") -> dg.ScheduleDefinition:
    """Look at all drops, and build what belongs to no month, every morning."""
    name = f"{domain}_daily"
    environments = allowed(name)

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        environment = str(get_settings().environment)
        if environment not in environments:
            return dg.SkipReason(f"{name} does not run in {environment}")
        return dg.RunRequest(run_key=str(context.scheduled_execution_time.date()))

    return dg.ScheduleDefinition(
        name=name,
        cron_schedule=cron,
        job_name=job,
        execution_fn=evaluate,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Brings the {domain} tables that belong to no month up to date, every day at five UTC.",
    )


def monthly_schedule(domain: str, cron: str = "0 6 5 * *") -> dg.ScheduleDefinition:
    """Load the month before on the morning of the fifth."""
    name = f"{domain}_monthly"
    environments = allowed(name)

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        environment = str(get_settings().environment)
        if environment not in environments:
            return dg.SkipReason(f"{name} does not run in {environment}")
        period = Period.of(context.scheduled_execution_time.date()).previous()
        return dg.RunRequest(run_key=period.key, partition_key=period.key)

    return dg.ScheduleDefinition(
        name=name,
        cron_schedule=cron,
        job_name=domain,
        execution_fn=evaluate,
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Loads the {domain} month before, on the fifth at six.",
    )


def current_month_schedule(name: str, job: str, cron: str, description: str) -> dg.ScheduleDefinition:
    """Run a job for the month in which it is asked for."""
    environments = allowed(name)

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        environment = str(get_settings().environment)
        if environment not in environments:
            return dg.SkipReason(f"{name} does not run in {environment}")
        at = context.scheduled_execution_time
        return dg.RunRequest(run_key=f"{name}:{at.date()}", partition_key=Period.of(at.date()).key)

    return dg.ScheduleDefinition(
        name=name,
        cron_schedule=cron,
        job_name=job,
        execution_fn=evaluate,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=description,
    )
