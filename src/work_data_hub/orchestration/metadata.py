"""What the UI shows of a table: static facts on the definition, counts and comparisons on each run."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from work_data_hub.application.runs import BuildReport, PublishRecord
from work_data_hub.domain.kernel.contract import Column, PersonalData, TableContract
from work_data_hub.domain.kernel.outcome import Comparison, Verdict

_SHOWN = 50


def definition_metadata(contract: TableContract) -> dict[str, Any]:
    """Give the facts that never change between runs."""
    return {
        "dagster/table_name": contract.qualified_name,
        "dagster/column_schema": dg.TableSchema(columns=[_column(contract, c) for c in contract.columns]),
        "grain": contract.grain,
        "contract_version": contract.version,
        "label": contract.label,
        "write_mode": str(contract.write_mode),
        "scope": ", ".join(contract.scope) or "members named by the rows",
        "conservation": str(contract.conservation),
        "reject_budget": f"{contract.budget.ratio:%}",
        "documentation": dg.MetadataValue.md(f"`docs/tables/{contract.qualified_name}.md`"),
    }


def _column(contract: TableContract, column: Column) -> dg.TableColumn:
    tags = {"label": _tag(column.label)} | ({"unit": column.unit} if column.unit else {})
    if column.personal is not PersonalData.NONE:
        tags["personal_data"] = str(column.personal)
    return dg.TableColumn(
        name=column.name,
        type=str(column.dtype),
        description=f"{column.label}: {column.meaning}" + (f" ({column.unit})" if column.unit else ""),
        constraints=dg.TableColumnConstraints(
            nullable=column.nullable,
            unique=contract.primary_key == (column.name,),
            other=[str(check) for check in column.checks],
        ),
        tags=tags,
    )


def _tag(label: str) -> str:
    return "".join(c if c.isalnum() or c in "_-." else "_" for c in label)[:63]


def run_metadata(report: BuildReport) -> dict[str, Any]:
    """Give what one build of one scope tells."""
    record, counts = report.record, report.record.counts
    rate = counts.read / record.seconds if record.seconds else 0.0
    shown = {
        "dagster/partition_row_count": counts.published,
        "result": str(report.result),
        "rows_read": counts.read,
        "rows_rejected": counts.rejected,
        "rows_deduplicated": counts.deduplicated,
        "rows_skipped": counts.skipped,
        "rows_replaced": record.rows_replaced,
        "duration_s": round(record.seconds, 3),
        "rows_per_s": round(rate),
        "identity_hash": record.identity_hash,
        "publish_run_id": record.run_id,
        "inputs": _table(
            [{"input": i.name, "scope": i.scope, "version": i.version[:16]} for i in record.inputs]
        ),
        "reconciliation": _table(_reconciliation(record)),
        "facts": dg.MetadataValue.json({k: v for k, v in _facts(record).items() if k != "steps"}),
    }
    if steps := _facts(record).get("steps"):
        shown["steps"] = _table(steps)
    if report.preview:
        shown["preview"] = dg.MetadataValue.md(_markdown(report.preview))
    return shown


def _reconciliation(record: PublishRecord) -> list[dict[str, str]]:
    totals = [
        {
            "comparison": "read = published + rejected + deduplicated",
            "subject": t.column,
            "expected": f"{t.read:,}",
            "actual": f"{t.published + t.rejected + t.deduplicated:,}",
            "verdict": "ties" if t.ties else "differs",
        }
        for t in record.totals
    ]
    lines = totals + [_line(comparison) for comparison in record.comparisons]
    # a table in the UI is cut, and what differs must not be what is cut off
    return sorted(lines, key=lambda line: line["verdict"] != Verdict.DIFFERS)


def _line(line: Comparison) -> dict[str, str]:
    return {
        "comparison": line.name,
        "subject": line.subject,
        "expected": "" if line.expected is None else f"{line.expected.normalize():,f}",
        "actual": "" if line.actual is None else f"{line.actual.normalize():,f}",
        "verdict": str(line.verdict),
    }


def _facts(record: PublishRecord) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(json.dumps(dict(record.facts), default=str))
    return loaded


def _table(rows: Sequence[Mapping[str, Any]]) -> dg.MetadataValue[Any]:
    if not rows:
        return dg.MetadataValue.text("none")
    return dg.MetadataValue.table([dg.TableRecord(dict(row)) for row in rows[:_SHOWN]])


def _markdown(rows: tuple[Mapping[str, object], ...]) -> str:
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *[[_cell(row[name]) for name in names] for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def differing(record: PublishRecord) -> list[Comparison]:
    """Give the comparisons that do not tie."""
    return [line for line in record.comparisons if line.verdict is Verdict.DIFFERS]
