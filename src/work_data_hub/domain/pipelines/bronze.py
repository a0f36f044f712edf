"""From a sheet to a bronze table: which columns to look for, and every row as it came with its coordinates."""

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.contract import Column, Role, TableContract
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetRead, SheetSpec

_MADE_BY_THE_READER = frozenset({"row_kind", "extra_cells"})


def raw_columns(contract: TableContract) -> tuple[Column, ...]:
    """Give the columns of a bronze contract that stand in the sheet."""
    return tuple(
        column
        for column in contract.columns
        if column.role is Role.BUSINESS and column.name not in _MADE_BY_THE_READER
    )


def sheet_spec(
    contract: TableContract,
    sheet: str,
    *,
    required: tuple[str, ...],
    forward_fill: tuple[str, ...] = (),
    may_be_empty: tuple[str, ...] = (),
) -> SheetSpec:
    """Derive from a bronze contract how its sheet is read: labels and aliases are the headers."""
    columns = tuple(
        SheetColumn(
            column.name,
            headers=(column.label, *column.aliases),
            required=column.name in required,
            forward_fill=column.name in forward_fill,
            may_be_empty=column.name in may_be_empty,
        )
        for column in raw_columns(contract)
    )
    return SheetSpec(sheet, columns)


def bronze_outcome(contract: TableContract, read: SheetRead, period: Period, file_id: str) -> Outcome:
    """Give the rows of a sheet as rows of its bronze table; only blank and repeated header rows stay out."""
    frame = _frame(contract, read, period, file_id)
    counts = Counts(
        read=read.read_rows, published=len(frame), skipped=read.blank_rows + read.repeated_header_rows
    )
    return Outcome(frame, counts, warnings=read.warnings, facts=_facts(read))


def _frame(contract: TableContract, read: SheetRead, period: Period, file_id: str) -> pd.DataFrame:
    lineage = {"period": period.start, "file_id": file_id, "sheet": read.sheet}
    fields = [field for field in contract.arrow_schema if contract.column(field.name).role is not Role.STAMP]
    arrays = [
        pa.repeat(pa.scalar(lineage[field.name], field.type), len(read.rows))
        if field.name in lineage
        else _cells(read.rows, field)
        for field in fields
    ]
    return to_pandas(pa.Table.from_arrays(arrays, schema=pa.schema(fields)))


def _cells(rows: pd.DataFrame, field: pa.Field) -> pa.Array:
    if field.name not in rows.columns:
        return pa.nulls(len(rows), field.type)
    return pa.array(rows[field.name].array, type=field.type, from_pandas=True)


def _facts(read: SheetRead) -> Mapping[str, object]:
    return {
        "sheet": read.sheet,
        "header_row": read.header_row,
        "header_map": dict(read.header_map),
        "column_letters": dict(read.column_letters),
        "unknown_headers": list(read.unknown_headers),
        "absent_columns": list(read.absent_columns),
        "sheets_seen": list(read.sheets_seen),
        "metrics": {
            "data_rows": read.data_rows,
            "totals_rows": read.totals_rows,
            "blank_rows": read.blank_rows,
            "repeated_header_rows": read.repeated_header_rows,
            "forward_filled_cells": read.forward_filled_cells,
        },
    }
