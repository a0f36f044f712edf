"""Ledger rows to values and back: hub.publishes and hub.pipeline_executions."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import Attempt, InputVersion, PublishRecord, Result
from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Counts


def publish_row(request: PublishRequest, identity: str, seconds: float, at: datetime) -> dict[str, object]:
    """Give the ledger row of a publish that is about to happen."""
    outcome, counts = request.outcome, request.outcome.counts
    return {
        "run_id": request.run.run_id,
        "table_key": request.contract.key,
        "scope_key": request.scope.key,
        "contract_version": request.contract.version,
        "code_version": request.run.code_version,
        "input_hash": request.input_hash,
        "identity_hash": identity,
        "inputs": dump([asdict(i) for i in request.inputs]),
        "rows_read": counts.read,
        "rows_published": counts.published,
        "rows_rejected": counts.rejected,
        "rows_deduplicated": counts.deduplicated,
        "rows_skipped": counts.skipped,
        "values_discarded": counts.discarded_values,
        "rows_replaced": 0,
        "totals": dump([asdict(total) for total in outcome.totals]),
        "warnings": dump(list(outcome.warnings)),
        "facts": dump(dict(outcome.facts)),
        "seconds": seconds,
        "published_at": at,
    }


def publish_record(row: Mapping[str, Any], comparisons: tuple[Comparison, ...]) -> PublishRecord:
    """Give a ledger row as a value."""
    return PublishRecord(
        run_id=row["run_id"],
        table=row["table_key"],
        scope=row["scope_key"],
        contract_version=row["contract_version"],
        code_version=row["code_version"],
        input_hash=row["input_hash"],
        identity_hash=row["identity_hash"],
        inputs=tuple(InputVersion(**entry) for entry in json.loads(row["inputs"])),
        counts=Counts(
            row["rows_read"],
            row["rows_published"],
            row["rows_rejected"],
            row["rows_deduplicated"],
            row["rows_skipped"],
            row["values_discarded"],
        ),
        rows_replaced=row["rows_replaced"],
        totals=tuple(_total(entry) for entry in json.loads(row["totals"])),
        comparisons=comparisons,
        warnings=tuple(json.loads(row["warnings"])),
        facts=json.loads(row["facts"]),
        seconds=row["seconds"],
        published_at=row["published_at"],
        snapshot_id=row.get("snapshot_id"),
    )


def _total(entry: Mapping[str, Any]) -> ControlTotal:
    amounts = {name: Decimal(entry[name]) for name in ("read", "published", "rejected", "deduplicated")}
    return ControlTotal(entry["column"], unreadable_cells=entry["unreadable_cells"], **amounts)


def comparison(row: Mapping[str, Any]) -> Comparison:
    """Give a line of hub.reconciliation as a value."""
    return Comparison(
        row["comparison"],
        row["subject"],
        row["expected"],
        row["actual"],
        row["tolerance"],
        row["note"],
    )


def attempt_row(attempt: Attempt) -> dict[str, object]:
    """Give an attempt as a ledger row."""
    row = asdict(attempt)
    moved = {"table_key": row.pop("table"), "scope_key": row.pop("scope")}
    return {**row, **moved, "result": str(attempt.result)}


def attempt(row: Mapping[str, Any]) -> Attempt:
    """Give a ledger row as an attempt."""
    values = {**row, "result": Result(row["result"])}
    return Attempt(table=values.pop("table_key"), scope=values.pop("scope_key"), **values)


def dump(value: object) -> str:
    """Write JSON with Chinese as it is and decimals as text."""
    return json.dumps(value, ensure_ascii=False, default=str)
