"""One member's month without an orchestrator: what it stands on is brought up to date, then the month itself is built."""

from collections.abc import Collection, Iterator
from typing import Final

from work_data_hub.application.build import BuildRun
from work_data_hub.application.domains import Domain
from work_data_hub.application.members import Span
from work_data_hub.application.runs import BuildReport
from work_data_hub.domain.kernel.build import Buildable, TableBuild
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period

# a model and a score stand on these of every month until theirs; so does a champion on the trainings before
HISTORY: Final = frozenset({Layer.BRONZE, Layer.SILVER, Layer.FEATURE})


def build_month(
    run: BuildRun, member: str, month: Period | None, layers: Collection[Layer], skip: Collection[str] = ()
) -> Iterator[BuildReport]:
    """Build a member's tables of these layers: history and trainings until the month, the rest for it alone.

    Without a month it is the newest that the member's files tell. What is up to date is passed over.
    """
    require_member(run.domain, member)
    for table in run.domain.tables:
        if table.contract.layer not in layers or table.contract.key in skip:
            continue
        # a unit without quotes or look-ups has no source of theirs
        if member not in run.domain.members_of(table):
            continue
        if table.contract in run.domain.all_anchors:
            run.members.forget()
        for at in _months(run, table, member, month) if table.contract.monthly else (None,):
            if at is not None or run.members.takes_part(table, None, member):
                yield run.build(table, at, member)


def _span(run: BuildRun, member: str) -> Span:
    """Give the first and last month of a member's own files; a member without any is wrong usage."""
    span = run.members.span(member)
    if span is None:
        raise UsageError(
            f"{member} has no orders yet",
            expected="files in its landing folder, or the tables it is made from",
            fix=f"put its files there and run this again; `wdh plan {run.domain.name}` says where",
        )
    return span


def _months(run: BuildRun, table: Buildable, member: str, month: Period | None) -> Iterator[Period]:
    first, newest = _span(run, member)
    last = month or newest
    if not first <= last <= newest:
        raise UsageError(
            f"{member} has no orders in {last}",
            expected=f"a month from {first} to {newest}",
            fix="name one of these, or none for the newest",
        )
    if _needs_all(table):
        yield from (at for at in first.until(last) if run.members.takes_part(table, at, member))
    else:
        yield last


def _needs_all(table: Buildable) -> bool:
    trains = isinstance(table, TableBuild) and table.model is not None and table.model.incumbent
    return trains or table.contract.layer in HISTORY


def require_member(domain: Domain, member: str) -> None:
    """Refuse a member that the domain does not have."""
    if member not in domain.members:
        raise UsageError(
            f"{domain.name} has no {member}",
            expected=", ".join(domain.members),
            fix="name one of these",
        )
