"""From the sheets of a drop to a bronze table: every row as it came, in one month or another, none lost."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.cleansing.column import text_cells
from work_data_hub.cleansing.timestamps import months_of
from work_data_hub.domain.kernel.contract import DAY, Conservation, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError, EmptyInputError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome, Rejection
from work_data_hub.domain.kernel.sheets import DropPart, DropSpec
from work_data_hub.domain.pipelines.bronze import (
    header_facts,
    row_metrics,
    sheet_columns,
    sheet_table,
    skipped_rows,
)
from work_data_hub.domain.pipelines.lineage import Fault, rejections_of

Months = Callable[[pd.DataFrame], pd.Series]
Profile = Callable[[pd.DataFrame], Mapping[str, float]]

NO_MONTH: Final = "no_month"


def drop_spec(
    contract: TableContract,
    *,
    required: Sequence[str],
    sheets: str = "*",
    may_be_empty: Sequence[str] = (),
) -> DropSpec:
    """Derive from a bronze contract how a drop is read: labels and aliases are the headers."""
    return DropSpec(sheet_columns(contract, required=required, may_be_empty=may_be_empty), sheets)


def drop_outcome(
    contract: TableContract,
    parts: Sequence[DropPart],
    *,
    months: Months | None = None,
    profile: Profile | None = None,
) -> Outcome:
    """Give the rows of all parts as rows of their bronze table; `profile` tells metrics of the accepted ones.

    `months` gives each row's first day of the month, for a contract that is sliced by one; without it the
    column that the contract names as the month's source is read. A row without a month is rejected.
    """
    _require_parts(contract, parts)
    frame = to_pandas(pa.concat_tables([_table(contract, part) for part in parts]))
    frame, rejections = _in_months(contract, frame, months)
    reads = [part.read for part in parts]
    counts = Counts(
        read=sum(read.read_rows for read in reads),
        published=len(frame),
        rejected=len(rejections),
        skipped=sum(map(skipped_rows, reads)),
    )
    metrics = {**row_metrics(reads), **(profile(frame) if profile else {})}
    return Outcome(
        frame, counts, rejections, warnings=_warnings(parts), facts={**_facts(parts), "metrics": metrics}
    )


def _require_parts(contract: TableContract, parts: Sequence[DropPart]) -> None:
    if contract.conservation is not Conservation.ROW_PRESERVING:
        raise ConfigurationError(
            f"{contract.qualified_name} is made from a drop and does not preserve rows",
            expected="conservation row_preserving",
            fix="correct the contract",
        )
    if not parts:
        raise EmptyInputError(
            f"the drop of {contract.qualified_name} has no sheet",
            expected="at least one sheet",
            fix="put the drop's files into their folder",
        )


def _table(contract: TableContract, part: DropPart) -> pa.Table:
    return sheet_table(contract, part.read, {"file_id": part.file_id, "sheet": part.read.sheet})


def _in_months(
    contract: TableContract, frame: pd.DataFrame, months: Months | None
) -> tuple[pd.DataFrame, tuple[Rejection, ...]]:
    """Fill the month by which the table is sliced, and take out the rows that have none."""
    if contract.sliced_by is None:
        return frame, ()
    source = _month_source(contract)
    found = months(frame) if months else _read_months(contract, frame, source)
    month = pd.Series(_as_days(contract, found, len(frame)), index=frame.index)
    frame = frame.assign(**{contract.sliced_by: month})
    missing = np.flatnonzero(month.isna().to_numpy())
    if not len(missing):
        return frame, ()
    kept = np.ones(len(frame), dtype=bool)
    kept[missing] = False
    return frame[kept].reset_index(drop=True), _without_month(frame.iloc[missing], source)


def _as_days(contract: TableContract, found: pd.Series, rows: int) -> pd.api.extensions.ExtensionArray:
    days = pa.array(found.array, type=DAY, from_pandas=True)
    if len(days) != rows:
        raise ConfigurationError(
            f"{contract.qualified_name} has {rows} rows and {len(days)} months",
            expected="a month, or nothing, for each row",
            fix="correct the reading of months",
        )
    return pd.arrays.ArrowExtensionArray(days)


def _read_months(contract: TableContract, frame: pd.DataFrame, source: str | None) -> pd.Series:
    if source is None:
        raise ConfigurationError(
            f"{contract.qualified_name} is sliced by {contract.sliced_by}, and nothing says how to read it",
            expected="a reading of months, or one column of the table as the source of that column",
            fix="give months, or name the source in the contract",
        )
    return months_of(frame[source])


def _month_source(contract: TableContract) -> str | None:
    """Name the column of the table in which the month is read, where the contract tells one."""
    sliced_by = contract.sliced_by
    named = contract.column(sliced_by).sources if sliced_by else ()
    known = [name for name in named if name in contract.column_names]
    return known[0] if len(known) == 1 else None


def _without_month(rows: pd.DataFrame, source: str | None) -> tuple[Rejection, ...]:
    cells = text_cells(rows[source]).to_pylist() if source else [None] * len(rows)
    faults = [
        Fault(
            position,
            source,
            NO_MONTH,
            "tells no month" if cell else "is blank, so the row belongs to no month",
            "a day or a moment such as 2010-12-01 08:26",
            cell,
        )
        for position, cell in enumerate(cells)
    ]
    return rejections_of(rows, faults)


def _warnings(parts: Sequence[DropPart]) -> tuple[str, ...]:
    """Give the warnings of the readers; where there are several sheets, each says which it speaks of."""
    if len(parts) == 1:
        return parts[0].read.warnings
    return tuple(
        f"{part.file_name}, {part.read.sheet}: {warning}" for part in parts for warning in part.read.warnings
    )


def _facts(parts: Sequence[DropPart]) -> Mapping[str, object]:
    return {
        "files": list(dict.fromkeys(part.file_name for part in parts)),
        "sheets": [_sheet_facts(part) for part in parts],
        # said once for the whole drop, as a sheet says it; the first sheet that has a column wins
        "column_letters": _merged(part.read.column_letters for part in parts),
        "unknown_headers": _union(part.read.unknown_headers for part in parts),
        "absent_columns": _union(part.read.absent_columns for part in parts),
        "sheets_seen": _union(part.read.sheets_seen for part in parts),
    }


def _sheet_facts(part: DropPart) -> Mapping[str, object]:
    read = part.read
    return {
        "file": part.file_name,
        "file_id": part.file_id,
        "sheet": read.sheet,
        "header_row": read.header_row,
        **header_facts(read),
        "unknown_headers": list(read.unknown_headers),
        "absent_columns": list(read.absent_columns),
        "rows": row_metrics([read]),
    }


def _union(names: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(name for some in names for name in some))


def _merged(letters: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: letter for some in reversed(list(letters)) for name, letter in some.items()}
