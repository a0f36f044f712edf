"""From raw text columns to a judged sheet with its counts."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.errors import EmptyInputError, Location, UncomputedFormulaError
from work_data_hub.domain.kernel.sheets import SheetRead, SheetSpec
from work_data_hub.io.readers.extra_cells import extra_cells
from work_data_hub.io.readers.forward_fill import Merges, forward_fill
from work_data_hub.io.readers.merged_ranges import MergedRange
from work_data_hub.io.readers.raw_sheet import RawSheet, refuse_unstorable
from work_data_hub.io.readers.shape import Shape, understand
from work_data_hub.io.readers.texts import Positions, Texts

_NAMED_CELLS: Final = 5
_KINDS: Final = pa.array(["data", "subtotal", "total"])


def no_merges() -> tuple[MergedRange, ...]:
    """Say that there are no merged ranges, as in a text file."""
    return ()


def assemble(raw: RawSheet, spec: SheetSpec, merges: Merges = no_merges) -> SheetRead:
    """Judge a sheet for its shape and give its rows."""
    refuse_unstorable(raw)
    shape = understand(raw, spec)
    columns, filled = forward_fill(shape, merges)
    kept, below, header, kinds = shape.kept, shape.below, shape.header, shape.kinds
    data = kept[~kinds.totals[kept]]
    _judge(shape, columns, data)
    return SheetRead(
        rows=_frame(shape, columns, kept),
        sheet=raw.sheet,
        header_row=int(raw.row_numbers[header.position]),
        header_map=header.written,
        column_letters={name: raw.letter(index) for name, index in header.columns.items()},
        read_rows=int(below.sum()),
        blank_rows=int((kinds.blank & below).sum()),
        repeated_header_rows=int((kinds.repeated & below).sum()),
        totals_rows=len(kept) - len(data),
        data_rows=len(data),
        unknown_headers=header.unknown,
        absent_columns=header.absent,
        sheets_seen=raw.sheets_seen,
        forward_filled_cells=filled,
        warnings=(*header.warnings, *_uncomputed(shape)),
    )


def _judge(shape: Shape, columns: dict[str, Texts], data: Positions) -> None:
    raw = shape.raw
    if not len(data):
        raise EmptyInputError(
            f"Sheet {raw.sheet!r} has a header and no row of data.",
            where=Location(raw.file, raw.sheet),
            expected="at least one row below the header that is neither blank nor a total",
            fix="Check that the month's rows were exported, then deliver the file again.",
        )
    for column in shape.spec.columns:
        judged = column.required and not column.may_be_empty
        if judged and columns[column.name].blank()[data].all():
            raise _holds_nothing(shape, column.name)


def _holds_nothing(shape: Shape, name: str) -> EmptyInputError:
    raw, index, written = shape.raw, shape.header.columns[name], shape.header.written[name]
    where = Location(raw.file, raw.sheet, column=raw.letter(index))
    if raw.uncomputed.get(raw.first_column + index):
        return UncomputedFormulaError(
            f"Required column {written!r} holds formulas that no program has computed.",
            where=where,
            expected="the computed value stored beside each formula",
            fix="Open the workbook in a spreadsheet program, save it there, and deliver it again.",
        )
    return EmptyInputError(
        f"Required column {written!r} holds no value.",
        where=where,
        expected="a value in at least one row of data",
        fix="Fill the column in the workbook, or declare that it may be empty.",
    )


def _uncomputed(shape: Shape) -> Iterator[str]:
    """Warn of declared cells that look blank and hold a formula that no program has computed."""
    raw, top = shape.raw, int(shape.raw.row_numbers[shape.header.position])
    for name, index in shape.header.columns.items():
        rows = sorted(row for row in raw.uncomputed.get(raw.first_column + index, ()) if row > top)
        if rows:
            cells = ", ".join(f"{raw.letter(index)}{row}" for row in rows[:_NAMED_CELLS])
            more = ", …" if len(rows) > _NAMED_CELLS else ""
            yield (
                f"Column {shape.header.written[name]!r} has {len(rows)} formulas without a computed value, "
                f"read as blank: {cells}{more}."
            )


def _frame(shape: Shape, columns: dict[str, Texts], kept: Positions) -> pd.DataFrame:
    kinds, nothing = shape.kinds, pa.nulls(len(kept), pa.string())
    kind = np.where(kinds.total[kept], 2, kinds.subtotal[kept])
    declared = [column.name for column in shape.spec.columns]
    arrays = {
        "row_number": pa.array(shape.raw.row_numbers[kept], pa.int64()),
        "row_kind": _KINDS.take(pa.array(kind, pa.int8())),
        **{name: columns[name].cells(kept) if name in columns else nothing for name in declared},
        "extra_cells": extra_cells(shape.raw, shape.header.others, shape.blanks, kept),
    }
    series = {name: pd.Series(pd.arrays.ArrowExtensionArray(array)) for name, array in arrays.items()}
    return pd.DataFrame(series, copy=False)
