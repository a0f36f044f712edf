"""The whole of retail built once on a hub, in the order of its stages."""

import time
from collections import defaultdict

from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.period import Period


def backfill(hub: Hub) -> dict[str, float]:
    """Build every table, month by month where it has months, and give the seconds by table."""
    run, seconds = hub.start_run("retail"), defaultdict[str, float](float)
    for stage in hub.domain("retail").stages:
        # months are known when the drops are in
        for period in hub.status("retail").months() if stage.monthly else (None,):
            for table in stage.tables:
                began = time.perf_counter()
                run.build(table, period)
                seconds[table.contract.key] += time.perf_counter() - began
    return seconds


def rebuild(hub: Hub, period: Period) -> dict[str, float]:
    """Build every table of one month again, whether its inputs changed or not, and give the seconds by table."""
    run, seconds = hub.start_run("retail", force=True), defaultdict[str, float](float)
    for stage in hub.domain("retail").stages:
        for table in stage.tables if stage.monthly else ():
            began = time.perf_counter()
            run.build(table, period)
            seconds[table.contract.key] += time.perf_counter() - began
    return seconds
