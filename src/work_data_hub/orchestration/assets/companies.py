"""Assets beside the monthly load: the search for companies, and the replacement of temporary ids."""

from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from work_data_hub.domain.annuity.contracts import COMPANY_QUEUE, COMPANY_REKEY
from work_data_hub.orchestration.assets.factory import WRITE_POOL
from work_data_hub.orchestration.companies import rekey_months, search
from work_data_hub.orchestration.conditions import whenever_fed
from work_data_hub.orchestration.metadata import contract_metadata
from work_data_hub.orchestration.resources import HubSession

COMPANIES_JOB: Final = "annuity_companies"
# not the group of the domain: what belongs to no month must not be selected with the months
GROUP: Final = "annuity_companies"
SEARCH: Final = dg.AssetKey(["annuity", "silver", "company_search"])
REKEY: Final = dg.AssetKey(COMPANY_REKEY.asset_key)


def company_assets(code_version: str) -> list[dg.AssetsDefinition]:
    """Give the worker that searches and the asset that re-keys; neither belongs to one month."""

    @dg.asset(
        key=SEARCH,
        deps=[dg.AssetKey(COMPANY_QUEUE.asset_key)],
        description="公司代码查找. Looks for the companies of queued names: in the index, then outside within the "
        f"budget of a run.\n\nGrain: one search a run. Owner: {COMPANY_QUEUE.owner}.",
        group_name=GROUP,
        owners=[COMPANY_QUEUE.owner],
        kinds=set(COMPANY_QUEUE.kinds),
        tags={"layer": str(COMPANY_QUEUE.layer)},
        metadata=contract_metadata(COMPANY_QUEUE),
        code_version=f"{COMPANY_QUEUE.version}+{code_version}",
        automation_condition=whenever_fed(),
        pool=WRITE_POOL,
    )
    def company_search(context: dg.AssetExecutionContext, hub: dg.ResourceParam[HubSession]) -> None:
        context.add_output_metadata(search(context, hub.hub))

    @dg.asset(
        key=REKEY,
        deps=[SEARCH],
        description=f"{COMPANY_REKEY.label}. {COMPANY_REKEY.description} The months concerned are built again."
        f"\n\nGrain: {COMPANY_REKEY.grain}. Owner: {COMPANY_REKEY.owner}.",
        group_name=GROUP,
        owners=[COMPANY_REKEY.owner],
        kinds=set(COMPANY_REKEY.kinds),
        tags={"layer": str(COMPANY_REKEY.layer)},
        metadata=contract_metadata(COMPANY_REKEY),
        code_version=f"{COMPANY_REKEY.version}+{code_version}",
        automation_condition=whenever_fed(),
        pool=WRITE_POOL,
    )
    def company_rekey(context: dg.AssetExecutionContext, hub: dg.ResourceParam[HubSession]) -> None:
        context.add_output_metadata(rekey_months(context, hub))

    return [company_search, company_rekey]


def companies_job() -> UnresolvedAssetJobDefinition:
    """Give the job that searches and re-keys."""
    return dg.define_asset_job(
        COMPANIES_JOB,
        dg.AssetSelection.assets(SEARCH, REKEY),
        description="Searches for the companies of queued names and replaces their temporary ids.",
        executor_def=dg.in_process_executor,
    )
