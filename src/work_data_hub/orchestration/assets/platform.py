"""Assets of the platform itself: keeping house."""

import dagster as dg

from work_data_hub.application.ledgers import OWNER
from work_data_hub.orchestration.maintenance import RetentionConfig, keep_house
from work_data_hub.orchestration.resources import HubSession

RETENTION = dg.AssetKey(["hub", "platform", "retention"])


@dg.asset(
    key=RETENTION,
    group_name="hub",
    owners=[OWNER],
    kinds={"dagster", "postgres"},
    description=(
        "Forgets old runs and old lines of the hub's ledgers, and closes attempts whose process has died. "
        "By hand it only counts, unless dry_run is switched off.\n\nGrain: one report a run."
    ),
)
def retention(
    context: dg.AssetExecutionContext, config: RetentionConfig, hub: dg.ResourceParam[HubSession]
) -> None:
    """Keep house, and tell what was removed or would be."""
    report = keep_house(hub.hub, context.instance, config, context.log.info)
    context.add_output_metadata(report.metadata)


def platform_assets() -> list[dg.AssetsDefinition]:
    """Give the platform's own assets."""
    return [retention]
