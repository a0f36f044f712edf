"""Stages of a domain as jobs: what is built as a whole before the months, the months, and what follows them."""

from dataclasses import dataclass
from itertools import groupby

import dagster as dg

from work_data_hub.domain.kernel.build import Buildable


@dataclass(frozen=True, slots=True)
class StageJob:
    """The job of one stage; the one that builds months bears the name of its domain."""

    name: str
    monthly: bool
    tables: tuple[Buildable, ...]
    description: str

    @property
    def selection(self) -> dg.AssetSelection:
        """The assets of the stage."""
        return dg.AssetSelection.assets(*(dg.AssetKey(table.contract.asset_key) for table in self.tables))


def stage_jobs(domain: str, tables: tuple[Buildable, ...]) -> tuple[StageJob, ...]:
    """Give the jobs in the order in which their stages are run."""
    runs = [
        (monthly, tuple(run)) for monthly, run in groupby(tables, key=lambda table: table.contract.monthly)
    ]
    first = next((index for index, (monthly, _) in enumerate(runs) if monthly), len(runs))
    return tuple(
        _job(domain, monthly, run, before=index < first) for index, (monthly, run) in enumerate(runs)
    )


def _job(domain: str, monthly: bool, tables: tuple[Buildable, ...], *, before: bool) -> StageJob:
    if monthly:
        return StageJob(domain, True, tables, f"All {domain} tables of a month or a range of months")
    if before:
        return StageJob(
            f"{domain}_drops", False, tables, f"The {domain} drops and what is made of them as a whole"
        )
    return StageJob(f"{domain}_marts", False, tables, f"The {domain} tables over all months")
