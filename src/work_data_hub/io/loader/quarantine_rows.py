"""Rows of hub.quarantine, hub.corrections and hub.waivers to values and back."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa

from work_data_hub.application.quarantine.book import LineState, QuarantineLine, Waiver
from work_data_hub.application.quarantine.corrections import Correction

_WAIVER: Final = "waiver_"
_CORRECTION: Final = "correction_"


def joined_columns(lines: sa.Table, waivers: sa.Table, made: sa.Table) -> Iterator[sa.ColumnElement[Any]]:
    """Give the columns of a line beside its waiver and its correction; the state is the caller's."""
    yield from (column for column in lines.c if column.name != "state")
    yield from (column.label(f"{_WAIVER}{column.name}") for column in waivers.c)
    yield from (column.label(f"{_CORRECTION}{column.name}") for column in made.c)


def line(row: Mapping[str, Any]) -> QuarantineLine:
    """Give a joined row as a line."""
    waiver, made = _part(row, _WAIVER), _part(row, _CORRECTION)
    return QuarantineLine(
        rejection_id=row["rejection_id"],
        table=row["table_key"],
        scope=row["scope_key"],
        file_id=row["file_id"],
        file_name=row["file_name"],
        sheet=row["sheet"],
        row_number=row["row_number"],
        column=row["column_name"],
        rule=row["rule"],
        value=row["value"],
        reason=row["reason"],
        expected=row["expected"],
        state=LineState(row["state"]),
        first_run_id=row["first_run_id"],
        last_run_id=row["last_run_id"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
        waiver=Waiver(**waiver) if waiver["rejection_id"] is not None else None,
        correction=correction(made) if made["table_key"] is not None else None,
    )


def correction(row: Mapping[str, Any]) -> Correction:
    """Give a row of hub.corrections as a value."""
    return Correction(
        table=row["table_key"],
        file_id=row["file_id"],
        sheet=row["sheet"],
        row_number=row["row_number"],
        column=row["column_name"],
        value=row["value"],
        author=row["author"],
        reason=row["reason"],
        made_at=row["made_at"],
        rejection_id=row["rejection_id"],
    )


def correction_row(made: Correction) -> dict[str, object]:
    """Give a correction as a row of hub.corrections."""
    return {
        "table_key": made.table,
        "file_id": made.file_id,
        "sheet": made.sheet,
        "row_number": made.row_number,
        "column_name": made.column,
        "value": made.value,
        "author": made.author,
        "reason": made.reason,
        "made_at": made.made_at,
        "rejection_id": made.rejection_id,
    }


def waiver_row(made: Waiver) -> dict[str, object]:
    """Give a waiver as a row of hub.waivers."""
    return {
        "rejection_id": made.rejection_id,
        "reason": made.reason,
        "author": made.author,
        "made_at": made.made_at,
        "expires_on": made.expires_on,
    }


def _part(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
