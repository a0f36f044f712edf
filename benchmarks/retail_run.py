"""One backfill of retail, or one month of it again, in a process of its own; tells seconds and the peak of memory."""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from pydantic import SecretStr
from tests.adapters.retail.backfill import backfill, rebuild

from benchmarks.load_memory import peak_bytes
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE, SALES_LINE


def main(action: str, url: str, landing: Path, lake: Path) -> None:
    """Do what is asked and print it as one line of JSON."""
    settings = Settings(
        _env_file=None, database_url=SecretStr(url), landing_root=landing, lake_root=str(lake)
    )
    began = time.perf_counter()
    with build_hub(settings) as hub:
        if action == "month":
            told = _month(hub)
        else:
            told = {
                "by_table": _rounded(backfill(hub)),
                "monthly": _monthly(hub),
                "lines": _lines(hub).total(),
            }
    wall = round(time.perf_counter() - began, 3)
    sys.stdout.write(json.dumps({**told, "wall": wall, "peak_mb": round(peak_bytes() / 1e6)}) + "\n")


def _month(hub: Hub) -> dict[str, object]:
    """Build the month with most lines again."""
    (month, lines), *_ = _lines(hub).most_common(1)
    # a process loads the lake's library once, which a backfill does before its months
    hub.ports.store.read(CONTOSO_LINE, Scope(), ("order_id",))
    seconds = rebuild(hub, month)
    return {
        "month": str(month),
        "lines": lines,
        "by_table": _rounded(seconds),
        "seconds": sum(seconds.values()),
    }


def _lines(hub: Hub) -> Counter[Period]:
    found = {
        month: hub.ports.ledger.latest(SALES_LINE, Scope.month(month))
        for month in hub.status("retail").months()
    }
    return Counter({month: record.counts.published for month, record in found.items() if record})


def _monthly(hub: Hub) -> list[str]:
    return [table.contract.key for table in hub.domain("retail") if table.contract.monthly]


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {table: round(value, 3) for table, value in seconds.items()}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(Path, sys.argv[3:]))
