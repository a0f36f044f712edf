"""Lines of the shop's quarantine, for tests."""

from datetime import UTC, datetime
from typing import Any

from tests.unit.application.shop import DETAIL
from work_data_hub.application.quarantine.book import LineState, QuarantineLine

SEEN = datetime(2025, 12, 1, tzinfo=UTC)


def line(row: int = 4, **more: Any) -> QuarantineLine:
    """Give a line of the shop's detail table."""
    usual: dict[str, Any] = {
        "rejection_id": f"{row:032x}",
        "table": DETAIL.key,
        "scope": "period=2025-11-01",
        "file_id": "first",
        "file_name": "2025-11.xlsx",
        "sheet": "lines",
        "row_number": row,
        "column": "amount",
        "rule": "unreadable_number",
        "value": "x",
        "reason": "is not a number",
        "expected": "one of 1, 2",
        "state": LineState.OPEN,
        "first_run_id": "run-1",
        "last_run_id": "run-2",
        "first_seen_at": SEEN,
        "last_seen_at": SEEN,
    }
    return QuarantineLine(**{**usual, **more})
