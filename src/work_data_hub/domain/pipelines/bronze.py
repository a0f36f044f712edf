"""From a sheet to a bronze table: which columns to look for, and every row as it came with its coordinates."""

from collections.abc import Mapping, Sequence

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
    made = {*_MADE_BY_THE_READER, contract.sliced_by, contract.member}
    return tuple(
        column for column in contract.columns if column.role is Role.BUSINESS and column.name not in made
    )


def sheet_columns(
    contract: TableContract,
    *,
    required: Sequence[str],
    forward_fill: Sequence[str] = (),
    may_be_empty: Sequence[str] = (),
) -> tuple[SheetColumn, ...]:
    """Derive from a bronze contract which columns to look for: labels and aliases are the headers."""
    return tuple(
        SheetColumn(
            column.name,
            headers=(column.label, *column.aliases),
            required=column.name in required,
            forward_fill=column.name in forward_fill,
            may_be_empty=column.name in may_be_empty,
        )
        for column in raw_columns(contract)
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
    columns = sheet_columns(contract, required=required, forward_fill=forward_fill, may_be_empty=may_be_empty)
    return SheetSpec(sheet, columns)


def bronze_outcome(contract: TableContract, read: SheetRead, period: Period, file_id: str) -> Outcome:
    """Give the rows of a sheet as rows of its bronze table; only blank and repeated header rows stay out."""
    lineage = {"period": period.start, "file_id": file_id, "sheet": read.sheet}
    frame = to_pandas(sheet_table(contract, read, lineage))
    counts = Counts(read=read.read_rows, published=len(frame), skipped=skipped_rows(read))
    return Outcome(frame, counts, warnings=read.warnings, facts=_facts(read))


def sheet_table(contract: TableContract, read: SheetRead, lineage: Mapping[str, object]) -> pa.Table:
    """Give the rows of a sheet in the contract's columns but the stamps; what the sheet lacks is null."""
    fields = [field for field in contract.arrow_schema if contract.column(field.name).role is not Role.STAMP]
    arrays = [
        pa.repeat(pa.scalar(lineage[field.name], field.type), len(read.rows))
        if field.name in lineage
        else _cells(read.rows, field)
        for field in fields
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def skipped_rows(read: SheetRead) -> int:
    """Count the rows below the header that become no row of the table."""
    return read.blank_rows + read.repeated_header_rows


def _cells(rows: pd.DataFrame, field: pa.Field) -> pa.Array:
    if field.name not in rows.columns:
        return pa.nulls(len(rows), field.type)
    return pa.array(rows[field.name].array, type=field.type, from_pandas=True)


def _facts(read: SheetRead) -> Mapping[str, object]:
    return {
        "sheet": read.sheet,
        "header_row": read.header_row,
        **header_facts(read),
        "unknown_headers": list(read.unknown_headers),
        "absent_columns": list(read.absent_columns),
        "sheets_seen": list(read.sheets_seen),
        "metrics": row_metrics([read]),
    }


def header_facts(read: SheetRead) -> Mapping[str, object]:
    """Give the headers as they were written, and the letters of their columns."""
    return {"header_map": dict(read.header_map), "column_letters": dict(read.column_letters)}


def row_metrics(reads: Sequence[SheetRead]) -> dict[str, int]:
    """Count the rows of sheets by what they are."""
    return {
        "data_rows": sum(read.data_rows for read in reads),
        "totals_rows": sum(read.totals_rows for read in reads),
        "blank_rows": sum(read.blank_rows for read in reads),
        "repeated_header_rows": sum(read.repeated_header_rows for read in reads),
        "forward_filled_cells": sum(read.forward_filled_cells for read in reads),
    }
