"""What Dagster knows of a domain's runs, month by month: who is at work, and which contents were asked for."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES, NOT_FINISHED_STATUSES

from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.launch_tags import RANGE_TAGS

# longer than two ticks of the automation sensor, which must see one month's tables before its neighbour's change
SETTLED_AFTER: Final = timedelta(seconds=75)
# a process that was killed leaves its run unfinished for good; a month takes seconds
LOST_AFTER: Final = timedelta(hours=1)
_NEWEST: Final = 200


@dataclass(frozen=True, slots=True)
class MonthRuns:
    """Runs of a domain's job, by month."""

    instance: dg.DagsterInstance
    sensor: str
    running: frozenset[Period] = field(default_factory=frozenset)
    just_ended: frozenset[Period] = field(default_factory=frozenset)

    @classmethod
    def look(cls, instance: dg.DagsterInstance, job: str, sensor: str, now: datetime) -> "MonthRuns":
        """Ask for the job's unfinished and newest runs, whoever started them."""
        unfinished = dg.RunsFilter(
            job_name=job, statuses=list(NOT_FINISHED_STATUSES), created_after=now - LOST_AFTER
        )
        finished = dg.RunsFilter(
            job_name=job, statuses=list(FINISHED_STATUSES), updated_after=now - SETTLED_AFTER
        )
        ended = instance.get_run_records(finished, limit=_NEWEST)
        return cls(
            instance,
            sensor,
            _periods(instance.get_runs(unfinished, limit=_NEWEST)),
            _periods(record.dagster_run for record in ended if (record.end_time or 0) <= now.timestamp()),
        )

    def asked(self, keys: Collection[str]) -> dict[str, dg.DagsterRun]:
        """Give the runs that this sensor asked for under these keys."""
        if not keys:
            return {}
        tags = {"dagster/sensor_name": self.sensor, "dagster/run_key": list(keys)}
        found = self.instance.get_runs(dg.RunsFilter(tags=tags))
        return {run.tags["dagster/run_key"]: run for run in found}

    def in_the_way(self, period: Period, begun: Collection[Period]) -> str:
        """Say which run a month has to wait for: its own, or one of the months that are compared with it."""
        if period in self.running:
            return "being loaded"
        before, after = period.previous(), period.next()
        if before in begun or before in self.running:
            return f"waits for {before}, which goes first"
        if after in self.running or after in self.just_ended:
            return f"waits for {after}, which is being loaded"
        return ""


def _periods(runs: Iterable[dg.DagsterRun]) -> frozenset[Period]:
    return frozenset(period for run in runs for period in _months(run))


def _months(run: dg.DagsterRun) -> Iterator[Period]:
    first, last = (run.tags.get(name, run.tags.get("dagster/partition", "")) for name in RANGE_TAGS)
    if first and last:
        yield from Period.parse(first).until(Period.parse(last))
