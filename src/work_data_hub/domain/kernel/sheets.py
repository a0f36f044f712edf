"""A sheet as the hub sees it: which columns to look for, and the text that was found with true coordinates."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One declared column of a sheet and the headers it answers to."""

    name: str
    headers: tuple[str, ...]
    required: bool = False
    forward_fill: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One sheet to read: its name, its columns and the words that mark totals rows."""

    sheet: str
    columns: tuple[SheetColumn, ...]
    totals_labels: tuple[str, ...] = ("合计", "小计", "总计")
    sheet_aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropSpec:
    """The sheets of a drop: every sheet of a workbook whose name answers the pattern, or a text or Parquet file."""

    columns: tuple[SheetColumn, ...]
    sheets: str = "*"


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet as text with true coordinates; read = blank + repeated headers + totals + data rows.

    `rows` holds row_number (int64), row_kind (data, subtotal, total), each declared column as text
    in the order of the spec, and extra_cells (JSON of cells under unknown headers, or null).
    """

    rows: pd.DataFrame
    sheet: str
    header_row: int
    header_map: Mapping[str, str]
    column_letters: Mapping[str, str]
    read_rows: int
    blank_rows: int
    repeated_header_rows: int
    totals_rows: int
    data_rows: int
    unknown_headers: tuple[str, ...]
    absent_columns: tuple[str, ...]
    sheets_seen: tuple[str, ...]
    forward_filled_cells: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DropPart:
    """One sheet of a drop with the short fingerprint of the file it stands in."""

    file_id: str
    file_name: str
    read: SheetRead
