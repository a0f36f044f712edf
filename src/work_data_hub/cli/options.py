"""Arguments that several commands share, and their reading."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.domain.kernel.errors import NoCandidateError, UsageError
from work_data_hub.domain.kernel.period import Period

if TYPE_CHECKING:
    from work_data_hub.bootstrap import Hub

DomainArgument = Annotated[str, typer.Argument(help="Business domain, such as annuity.", show_default=False)]
PeriodOption = Annotated[
    str | None, typer.Option("--period", "-p", help="Month, as 2025-10 or 2025-10-01.", show_default=False)
]


def month_of(text: str, hub: "Hub", domain: str) -> Period:
    """Read a month and refuse one that the domain can't have."""
    period = Period.parse(text)
    first, last = hub.domain(domain).start, Period.of(hub.ports.clock.now().date())
    if not first <= period <= last:
        raise UsageError(
            f"{domain} has no month {period}", expected=f"{first} to {last}", fix="name a month in between"
        )
    return period


def chosen_months(
    hub: "Hub", domain: str, period: str | None, first: str | None, last: str | None
) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
    """Give the months to run and those of a range that have no folder in the landing root."""
    if (period is None) == (first is None) or (period is not None and last is not None):
        raise UsageError(
            "say which months to run",
            expected="--period, or --from with or without --to",
            fix=f"such as `wdh run {domain} --period 2025-11`",
        )
    if period is not None:
        return (month_of(period, hub, domain),), ()
    landed = hub.ports.finder.months(hub.domain(domain).monthly_source)
    begin = month_of(first or "", hub, domain)
    end = month_of(last, hub, domain) if last else max(landed, default=begin)
    _refuse_reversed(begin, end)
    return _split(domain, tuple(begin.until(end)), landed)


def months_between(
    hub: "Hub", domain: str, period: str | None, first: str | None, last: str | None
) -> tuple[Period, ...] | None:
    """Give the months that are named of a domain that takes drops, or None where all of it is meant."""
    if period is not None and (first is not None or last is not None):
        raise UsageError(
            "say which months to run", expected="--period, or --from and --to", fix="leave one out"
        )
    if period is not None:
        return (month_of(period, hub, domain),)
    if first is None and last is None:
        return None
    known = hub.status(domain).months()
    begin = month_of(first, hub, domain) if first else hub.domain(domain).start
    end = month_of(last, hub, domain) if last else max(known, default=begin)
    _refuse_reversed(begin, end)
    wanted = tuple(month for month in known if begin <= month <= end)
    if not wanted:
        raise NoCandidateError(
            f"{domain} knows no month of {begin} to {end}", fix=f"load its drops first: `wdh run {domain}`"
        )
    return wanted


def _refuse_reversed(begin: Period, end: Period) -> None:
    if end < begin:
        raise UsageError("the range ends before it begins", expected="--from ≤ --to", fix="swap the two")


def _split(
    domain: str, wanted: tuple[Period, ...], landed: Sequence[Period]
) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
    there = tuple(period for period in wanted if period in landed)
    if not there:
        raise NoCandidateError(
            f"no month of {wanted[0]} to {wanted[-1]} has a folder in the landing root",
            fix=f"drop the files there, or see `wdh status {domain}` for the months that are there",
        )
    return there, tuple(period for period in wanted if period not in landed)


def spans(months: Sequence[Period]) -> str:
    """Name months in order, each unbroken row of them by its ends."""
    rows: list[list[Period]] = []
    for month in months:
        if rows and rows[-1][-1].next() == month:
            rows[-1].append(month)
        else:
            rows.append([month])
    return ", ".join(str(row[0]) if len(row) == 1 else f"{row[0]} to {row[-1]}" for row in rows)
