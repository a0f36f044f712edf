"""What a domain without monthly files needs next: the first stage that is not fresh, as runs to ask for."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import dagster as dg

from work_data_hub.application.domains import Domain
from work_data_hub.application.status import State, TableState
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.launch_tags import RANGE_TAGS
from work_data_hub.orchestration.stages import StageJob, stage_jobs

# what a run may mend; a refused input needs people first
_DUE: Final = (State.STALE, State.MISSING, State.FAILED)


def due_runs(domain: Domain, states: Sequence[TableState]) -> tuple[dg.RunRequest, ...]:
    """Give the runs of the first stage with something to build; each state of things is asked for once."""
    for job in stage_jobs(domain.name, domain.tables):
        mine = {table.contract.key for table in job.tables}
        due = [state for state in states if state.table in mine and _is_due(state)]
        if due:
            return tuple(_requests(job, due))
    return ()


def _is_due(state: TableState) -> bool:
    """Say whether a run would make something else of a table than what is there."""
    # without its inputs nothing can be built; one that waits for a refused input is made of what there is
    made_of_this = state.record is not None and state.record.input_hash == state.expected
    return state.state in _DUE and state.expected is not None and not made_of_this


def _requests(job: StageJob, due: Sequence[TableState]) -> Iterator[dg.RunRequest]:
    if not job.monthly:
        yield dg.RunRequest(run_key=_key(job, due), job_name=job.name)
        return
    for first, last in unbroken(sorted({state.period for state in due if state.period})):
        inside = [state for state in due if state.period and first <= state.period <= last]
        tags = dict(zip(RANGE_TAGS, (first.key, last.key), strict=True))
        single = first.key if first == last else None
        yield dg.RunRequest(
            run_key=_key(job, inside),
            job_name=job.name,
            partition_key=single,
            tags={} if single else tags,
        )


def unbroken(months: Sequence[Period]) -> Iterator[tuple[Period, Period]]:
    """Give the first and last of each unbroken row of months."""
    rows: list[list[Period]] = []
    for month in months:
        if rows and rows[-1][-1].next() == month:
            rows[-1].append(month)
        else:
            rows.append([month])
    return ((row[0], row[-1]) for row in rows)


def _key(job: StageJob, due: Sequence[TableState]) -> str:
    """Name a run by what it would build from: the same inputs under the same rules are tried once."""
    # what is there now belongs to the name: inputs that come back after others are built again
    told = sorted(
        f"{s.table}|{s.when}|{s.expected}|{s.record.run_id if s.record else ''}"
        + (f"|{s.member}" if s.member else "")
        for s in due
    )
    return f"{job.name}:{hashlib.sha256(chr(10).join(told).encode()).hexdigest()[:20]}"
