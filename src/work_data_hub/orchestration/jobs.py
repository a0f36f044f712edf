"""Jobs over a domain's assets: in one process, or a few side by side for heavy work."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def domain_jobs(domain: str) -> list[UnresolvedAssetJobDefinition]:
    """Give the domain's job and its parallel twin."""
    selection = dg.AssetSelection.groups(domain)
    parallel = dg.multiprocess_executor.configured({"max_concurrent": 2}, name="few_processes")
    return [
        dg.define_asset_job(
            domain,
            selection,
            description=f"All {domain} tables of a month, in one process.",
            executor_def=dg.in_process_executor,
        ),
        dg.define_asset_job(
            f"{domain}_parallel",
            selection,
            description=f"All {domain} tables of a month, two processes side by side.",
            executor_def=parallel,
        ),
    ]
