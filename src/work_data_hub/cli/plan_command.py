"""`wdh plan`: what a run of a month would read and replace; it writes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from work_data_hub.cli.options import DomainArgument, PeriodOption, month_of
from work_data_hub.cli.output import JsonOption, console, finish, print_table, write_json
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.cli.summary import STYLES
from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from work_data_hub.application.plan import MonthPlan, SheetPlan, TablePlan, WholePlan

_VERBS = {"fresh": "unchanged", "missing": "load", "stale": "load again", "failed": "try again"}


def plan(
    domain: DomainArgument,
    period: PeriodOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a run would touch: files, sheets, rows, scopes, tables. Writes nothing."""
    with open_hub(read_settings()) as hub:
        whole = hub.plan_all(domain) if hub.domain(domain).source is None else None
        found = None if whole else hub.plan(domain, month_of(_asked(domain, period), hub, domain))
    if found is not None:
        write_json(plan_document(found)) if as_json else _show(found)
    if whole is not None:
        write_json(_whole_document(whole)) if as_json else _show_whole(domain, whole)
        finish(4 if whole.refused else 0)


def _asked(domain: str, period: str | None) -> str:
    if period is None:
        raise UsageError(
            "say which month to plan",
            expected="--period",
            fix=f"such as `wdh plan {domain} --period 2025-11`",
        )
    return period


def _whole_document(plan: "WholePlan") -> dict[str, Any]:
    return {
        "files": plan.files,
        "refused": plan.refused,
        "tables": [_table_document(table) for table in plan.tables],
        "exit_status": 4 if plan.refused else 0,
    }


def _show_whole(domain: str, plan: "WholePlan") -> None:
    out = console()
    out.print(Text.assemble(("Plan for ", "bold"), (domain, "bold"), ": nothing is written"))
    for file in plan.files:
        out.print(f"  file     {file.name}, {file.size_bytes:,} bytes, id {file.file_id}")
    for refusal in plan.refused:
        out.print(Text(f"  ! {refusal.splitlines()[0]}", style="yellow"))
    out.print()
    shared = added_up(plan.tables)
    changed = [table for table in shared if _action(table) != "unchanged"]
    if changed:
        print_table(_tables(changed))
        out.print()
    out.print(f"{len(changed)} of {len(shared)} tables and months would be written.")


def added_up(tables: "Sequence[TablePlan]") -> "tuple[TablePlan, ...]":
    """Give one line for a table and month: members added up, what would be written told first."""
    groups: dict[tuple[str, str], list[TablePlan]] = {}
    for table in tables:
        groups.setdefault((table.table, table.shared_scope), []).append(table)
    return tuple(_added_up(group) for group in groups.values())


def _added_up(group: "list[TablePlan]") -> "TablePlan":
    worst = next((table for table in group if _action(table) != "unchanged"), group[0])
    if worst.member is None:
        return worst
    rows = [table.rows_now for table in group if table.rows_now is not None]
    reason = f"{worst.member}: {worst.reason}" if worst.reason else ""
    return replace(worst, scope=worst.shared_scope, rows_now=sum(rows) if rows else None, reason=reason)


def plan_document(plan: "MonthPlan") -> dict[str, Any]:
    """Give the plan as a JSON document."""
    return {
        "period": plan.period,
        "file": plan.file,
        "sheets": [_sheet_document(sheet) for sheet in plan.sheets],
        "tables": [_table_document(table) for table in plan.tables],
        "exit_status": 0,
    }


def _table_document(table: "TablePlan") -> dict[str, Any]:
    return {
        "table": table.table,
        "scope": table.scope,
        **({"member": table.member} if table.member else {}),
        "write_mode": table.write_mode,
        "rows_now": table.rows_now,
        "state": table.state,
        "action": _action(table),
        "reason": table.reason,
    }


def _sheet_document(sheet: "SheetPlan") -> dict[str, Any]:
    rows = sheet.rows
    return {
        "sheet": sheet.sheet,
        "table": sheet.table,
        "changed": sheet.changed,
        "header_row": rows.header_row,
        "rows": {
            "read": rows.read_rows,
            "data": rows.data_rows,
            "totals": rows.totals_rows,
            "blank": rows.blank_rows,
            "repeated_headers": rows.repeated_header_rows,
        },
        "unknown_headers": rows.unknown_headers,
        "absent_columns": rows.absent_columns,
        "warnings": rows.warnings,
    }


def _show(plan: "MonthPlan") -> None:
    out, file = console(), plan.file
    out.print(Text.assemble(("Plan for ", "bold"), (str(plan.period), "bold"), ": nothing is written"))
    out.print(f"  file     {file.name}")
    out.print(f"  version  {file.version or 'none'}, {file.size_bytes:,} bytes, id {file.file_id}")
    for sheet in plan.sheets:
        _show_sheet(sheet)
    out.print()
    print_table(_tables(plan.tables))
    changes = sum(_action(table) != "unchanged" for table in plan.tables)
    out.print()
    out.print(f"{changes} of {len(plan.tables)} tables would be written." if changes else "Nothing to do.")


def _show_sheet(sheet: "SheetPlan") -> None:
    out, rows = console(), sheet.rows
    out.print(
        f"  sheet    {sheet.sheet}: {rows.read_rows:,} rows = {rows.data_rows:,} data + {rows.totals_rows:,} totals"
        f" + {rows.blank_rows:,} blank + {rows.repeated_header_rows:,} repeated headers"
    )
    if rows.unknown_headers:
        out.print(f"           unknown headers, kept as they are: {', '.join(rows.unknown_headers)}")
    if rows.absent_columns:
        out.print(f"           columns that are not there: {', '.join(rows.absent_columns)}")
    for warning in rows.warnings:
        out.print(Text(f"           ! {warning}", style="yellow"))


def _tables(lines: "Sequence[TablePlan]") -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("table", "scope", "write mode"):
        table.add_column(head, no_wrap=True)
    table.add_column("rows now", justify="right")
    table.add_column("would")
    for line in lines:
        rows = "" if line.rows_now is None else f"{line.rows_now:,}"
        told = bool(line.reason) and (line.state != "missing" or line.member is not None)
        why = f" ({line.reason})" if told else ""
        action = Text.assemble((_action(line), STYLES.get(str(line.state), "")), (why, "dim"))
        table.add_row(line.table, line.scope, line.write_mode, rows, action)
    return table


def _action(table: "TablePlan") -> str:
    return _VERBS.get(str(table.state), str(table.state))
