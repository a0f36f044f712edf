"""Partitions are business periods; start months come from committed configuration."""

import dagster as dg

from work_data_hub.domain.kernel.period import Period

# months that an asset can have at most
_LONGEST = 1000


def monthly(start: Period) -> dg.MonthlyPartitionsDefinition:
    """Give one key per month from `start` on; the current month can be loaded."""
    return dg.MonthlyPartitionsDefinition(start_date=start.key, end_offset=1)


def previous_month_too(offset: int) -> dg.TimeWindowPartitionMapping:
    """Map a month onto itself and the months back to `offset`; months before the start may be missing."""
    return dg.TimeWindowPartitionMapping(start_offset=offset, allow_nonexistent_upstream_partitions=True)


def all_months_until() -> dg.TimeWindowPartitionMapping:
    """Map a month onto itself and every month before it."""
    return dg.TimeWindowPartitionMapping(start_offset=-_LONGEST, allow_nonexistent_upstream_partitions=True)


def all_months_before() -> dg.TimeWindowPartitionMapping:
    """Map a month onto every month before it, as far back as there are partitions."""
    return dg.TimeWindowPartitionMapping(
        start_offset=-_LONGEST, end_offset=-1, allow_nonexistent_upstream_partitions=True
    )
