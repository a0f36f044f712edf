"""What the UI shows of a table: static facts on the definition, counts and comparisons on each run."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from work_data_hub.application.runs import BuildReport, PublishRecord
from work_data_hub.application.table_pages import table_summary
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.domain.kernel.contract import Column, Layer, PersonalData, TableContract, WriteMode
from work_data_hub.domain.kernel.lineage import Lineage, column_lineage
from work_data_hub.domain.kernel.scope import WHOLE
from work_data_hub.orchestration.lineage import asset_page, lineage_metadata, origin_text
from work_data_hub.orchestration.members import MEMBERS
from work_data_hub.orchestration.metadata_history import (
    Figure,
    TableHistory,
    main_totals,
    published_rows,
    published_total,
)
from work_data_hub.orchestration.metadata_models import (
    charted,
    figure_rows,
    model_pictures,
    model_rows,
    reason_rows,
)
from work_data_hub.orchestration.metadata_tables import (
    comparisons,
    file_rows,
    member_rows,
    origin_rows,
    reconciliation_rows,
    reject_rows,
    step_rows,
    verdict_text,
    worth_showing,
)
from work_data_hub.orchestration.pictures import trend

_SHOWN = 50
_SHOWN_APART = ("steps", "new_members", MEMBERS)


def definition_metadata(table: Buildable) -> dict[str, Any]:
    """Give the facts that never change between runs."""
    contract, lineage = table.contract, column_lineage(table)
    origins = {column.name: origin_text(table, column, lineage) for column in contract.columns}
    return {
        **contract_metadata(contract, origins),
        **lineage_metadata(lineage),
        "documentation": _documentation(contract, lineage),
    }


def contract_metadata(contract: TableContract, origins: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Give what a contract alone says of its table; `origins` tells where each column comes from."""
    told = origins or {}
    return {
        "dagster/table_name": contract.qualified_name,
        "dagster/column_schema": dg.TableSchema(
            columns=[_column(contract, c, told.get(c.name, "")) for c in contract.columns]
        ),
        "grain": contract.grain,
        "contract_version": contract.version,
        "label": contract.label,
        "write_mode": str(contract.write_mode),
        "scope": ", ".join(contract.scope) or "members named by the rows",
        "conservation": str(contract.conservation),
        "reject_budget": f"{contract.budget.ratio:%}",
        **({"member": contract.member} if contract.member else {}),
    }


def _documentation(contract: TableContract, lineage: Lineage) -> dg.MetadataValue[Any]:
    """Give the table's page itself: a link would need a host, and the UI lists the columns anyway."""
    return dg.MetadataValue.md(table_summary(contract, lineage, asset_page))


def _column(contract: TableContract, column: Column, origin: str) -> dg.TableColumn:
    tags = {"label": _tag(column.label)} | ({"unit": column.unit} if column.unit else {})
    if column.personal is not PersonalData.NONE:
        tags["personal_data"] = str(column.personal)
    unit = f" ({column.unit})" if column.unit else ""
    return dg.TableColumn(
        name=column.name,
        type=str(column.dtype),
        description=f"{column.label}: {column.meaning}{unit}" + (f"\n\n← {origin}" if origin else ""),
        constraints=dg.TableColumnConstraints(
            nullable=column.nullable,
            unique=contract.primary_key == (column.name,),
            other=[str(check) for check in column.checks],
        ),
        tags=tags,
    )


def _tag(label: str) -> str:
    return "".join(c if c.isalnum() or c in "_-." else "_" for c in label)[:63]


def run_metadata(report: BuildReport, history: TableHistory) -> dict[str, Any]:
    """Give what one build of one scope tells."""
    record, contract = report.record, history.contract
    lines = comparisons(record)
    return {
        **_tables(models=model_rows(contract, record), reasons=reason_rows(contract, record)),
        **model_pictures(contract, record),
        **_trends(record, history),
        **_counts(report),
        **_tables(
            members=_members(record),
            figures=figure_rows(contract, record),
            warnings=[{"warning": warning} for warning in record.warnings],
            rejects=reject_rows(contract, history.lines_of(record.scope)),
            company_id_origins=origin_rows(contract, record),
            new_members=member_rows(contract, record),
            file=file_rows(record),
        ),
        "reconciliation_result": verdict_text(lines),
        "reconciliation": _table(reconciliation_rows(worth_showing(lines))),
        **_tables(steps=step_rows(record)),
        "inputs": _table(
            [{"input": i.name, "scope": i.scope, "version": i.version[:16]} for i in record.inputs]
        ),
        "facts": dg.MetadataValue.json(_facts(record)),
        **({"preview": dg.MetadataValue.md(_markdown(report.preview))} if report.preview else {}),
        **charted(contract, record),
    }


def _trends(record: PublishRecord, history: TableHistory) -> dict[str, Any]:
    """Draw the rows of twelve months, and of a gold table its main control total."""
    if not history.contract.monthly:
        return {}
    # an upsert publishes what it added
    rows = "rows_added" if history.contract.write_mode is WriteMode.UPSERT else "rows"
    figures: dict[str, Figure] = {rows: published_rows}
    if history.contract.layer is Layer.GOLD:
        figures |= {name: published_total(name) for name in main_totals(history.contract)}
    return {
        f"trend_{name}": dg.MetadataValue.md(trend(history.points(record, figure), name))
        for name, figure in figures.items()
    }


def _counts(report: BuildReport) -> dict[str, Any]:
    record, counts = report.record, report.record.counts
    rate = counts.read / record.seconds if record.seconds else 0.0
    return {
        _rows_key(record): counts.published,
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
    }


def _rows_key(record: PublishRecord) -> str:
    return "dagster/row_count" if record.scope == WHOLE else "dagster/partition_row_count"


def _members(record: PublishRecord) -> Sequence[Mapping[str, Any]]:
    rows = record.facts.get(MEMBERS)
    return rows if isinstance(rows, list | tuple) else ()


def _facts(record: PublishRecord) -> Mapping[str, Any]:
    facts = {name: value for name, value in record.facts.items() if name not in _SHOWN_APART}
    loaded: Mapping[str, Any] = json.loads(json.dumps(facts, default=str))
    return loaded


def _tables(**tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: _table(rows) for name, rows in tables.items() if rows}


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
