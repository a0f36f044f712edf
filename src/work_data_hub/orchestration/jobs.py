"""Jobs over a domain's assets: one for each stage, in one process, or a few side by side for heavy work."""

from collections.abc import Sequence
from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.orchestration.stages import StageJob, stage_jobs

_TWIN: Final = "_parallel"


def domain_jobs(domain: str, tables: tuple[Buildable, ...]) -> list[UnresolvedAssetJobDefinition]:
    """Give the jobs of a domain's stages, and the parallel twin of the one that builds months."""
    jobs = stage_jobs(domain, tables)
    return [*(_job(job) for job in jobs), *(_parallel(job) for job in jobs if job.monthly)]


def _job(job: StageJob) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        job.name,
        job.selection,
        description=f"{job.description}, in one process.",
        executor_def=dg.in_process_executor,
    )


def _parallel(job: StageJob) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        f"{job.name}{_TWIN}",
        job.selection,
        description=f"{job.description}, two processes side by side.",
        executor_def=dg.multiprocess_executor.configured({"max_concurrent": 2}, name="few_processes"),
    )


def stage_only(jobs: Sequence[UnresolvedAssetJobDefinition]) -> tuple[UnresolvedAssetJobDefinition, ...]:
    """Leave the parallel twins out."""
    return tuple(job for job in jobs if not job.name.endswith(_TWIN))
