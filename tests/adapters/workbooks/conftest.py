"""Rows for exchange workbooks."""

from typing import Any

from work_data_hub.application.quarantine.exchange import ExchangeRow


def exchange_row(**more: Any) -> ExchangeRow:
    """Give a row as it goes out."""
    usual: dict[str, Any] = {
        "rejection_id": "0" * 32,
        "table": "annuity.silver.scale_detail",
        "month": "2025-11",
        "file": "202511/收集数据/甲.xlsx",
        "sheet": "规模明细",
        "row_number": 17,
        "cell": "L17",
        "column": "供款",
        "value": "待定",
        "problem": "不是数字",
        "problem_english": "contributions_yuan is not a number",
        "expected": "金额",
        "expected_english": "an amount",
        "context": "计划代码：S1001",
        "note": "",
    }
    return ExchangeRow(**{**usual, **more})
