"""Hold one month of a table against another system's rows: which agree, which differ, and by how much."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.application.compare.columns import (
    as_side,
    compared_columns,
    header_words,
    month_column,
    our_side,
    read_column,
)
from work_data_hub.application.compare.findings import Held, findings
from work_data_hub.application.compare.match import pair_rows
from work_data_hub.application.compare.model import (
    ComparedColumn,
    CompareOptions,
    CompareReport,
    OtherRows,
    OtherSide,
)
from work_data_hub.application.domains import Domain
from work_data_hub.application.ports import TableStore
from work_data_hub.domain.kernel.contract import Role, TableContract
from work_data_hub.domain.kernel.errors import EmptyInputError, HeaderMissingError, Location, UsageError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

Rows = npt.NDArray[np.int64]
_MONTHS_NAMED: Final = 12


@dataclass(frozen=True, slots=True)
class _Month:
    """The rows of the other side that belong to the month, and what was said about the others."""

    rows: OtherRows
    other_months: Mapping[str, int]
    notes: tuple[str, ...]


def compare_table(
    store: TableStore,
    domain: Domain,
    contract: TableContract,
    period: Period,
    other: OtherSide,
    *,
    options: CompareOptions,
) -> CompareReport:
    """Compare the published rows of a month with the other side's."""
    _check_names(contract, options)
    month = month_column(contract)
    frame = store.read(contract, Scope.month(period, month) if month else Scope())
    _require_rows(len(frame), f"{contract.qualified_name} holds no row of {period}", "run the month first")
    found = other.read(header_words(contract, domain.contracts))
    columns = compared_columns(contract, found, options)
    _require_columns(contract, found, columns, options)
    kept = _of_month(contract, columns, found, month, period)
    here = our_side(contract, columns, frame)
    there = as_side(contract, columns, kept.rows.cells, kept.rows.rows, kept.rows.lineage)
    key = options.key or suggested_key(contract, columns)
    held = Held(columns, here, there, pair_rows(columns, here, there, key))
    named = {column.name for column in columns} | options.ignore
    lacking = (c.name for c in contract.columns if c.role is Role.BUSINESS and c.name not in named)
    return CompareReport(
        table=contract.qualified_name,
        period=str(period) if month else None,
        other=found.name,
        key=key,
        columns_only_here=tuple(lacking),
        columns_only_there=found.unknown,
        ignored=tuple(sorted(options.ignore)),
        other_months=kept.other_months,
        totals_rows_left_out=found.left_out,
        notes=kept.notes,
        findings=findings(held, options.samples),
    )


def suggested_key(contract: TableContract, columns: Iterable[ComparedColumn]) -> tuple[str, ...]:
    """Give the primary key where it is made of business columns both sides have; detail rows have none."""
    names = {column.name for column in columns}
    key = tuple(name for name in contract.primary_key if name not in contract.scope)
    business = all(contract.column(name).role is Role.BUSINESS for name in key)
    return key if business and names.issuperset(key) else ()


def _check_names(contract: TableContract, options: CompareOptions) -> None:
    asked = {*options.key, *options.ignore, *(options.tolerances or {})}
    unknown = sorted(asked - set(contract.column_names))
    if unknown or set(options.key) & options.ignore:
        raise UsageError(
            f"{contract.qualified_name} has no column {', '.join(unknown)}"
            if unknown
            else "a column of the key can't be ignored",
            expected=", ".join(c.name for c in contract.columns if c.role is Role.BUSINESS),
            fix="name columns as the contract does",
        )


def _require_rows(rows: int, what: str, fix: str) -> None:
    if not rows:
        raise EmptyInputError(what, expected="rows on both sides", fix=fix)


def _require_columns(
    contract: TableContract,
    found: OtherRows,
    columns: tuple[ComparedColumn, ...],
    options: CompareOptions,
) -> None:
    names = {column.name for column in columns}
    missing = [name for name in options.key if name not in names]
    if missing or not names - set(contract.scope):
        raise HeaderMissingError(
            f"{found.name} has no column for {', '.join(missing) or 'anything of ' + contract.qualified_name}",
            where=Location(found.name),
            expected="the contract's names, labels or aliases as headers",
            fix=f"rename its columns; it has {', '.join((*found.headers.values(), *found.unknown)) or 'none'}",
        )


def _of_month(
    contract: TableContract,
    columns: tuple[ComparedColumn, ...],
    found: OtherRows,
    month: str | None,
    period: Period,
) -> _Month:
    """Keep the rows of the month, and those whose month nobody can read."""
    column = next((c for c in columns if c.name == month), None)
    if month is None or column is None:
        _require_rows(found.rows, f"{found.name} holds no row", "export it again")
        told = f"{found.name} has no column for {month}: all its rows count as {period}" if month else ""
        return _Month(found, {}, (told,) if told else ())
    days = pa.array(read_column(contract, column, found.cells[month]).values, from_pandas=True)
    known = pc.value_counts(pc.drop_null(days)).to_pylist()
    counts = {str(Period.of(each["values"])): each["counts"] for each in known}
    others = {name: counts[name] for name in sorted(counts) if name != str(period)}
    kept = np.flatnonzero(pc.fill_null(pc.equal(days, period.start), True).to_numpy(zero_copy_only=False))
    _require_rows(
        len(kept),
        f"{found.name} holds no row of {period}",
        f"name a month it holds: {', '.join(list(others)[-_MONTHS_NAMED:]) or 'none'}",
    )
    unread = len(days) - sum(counts.values())
    told = f"{unread:,} rows there name no month that can be read; they are taken along" if unread else ""
    return _Month(_take(found, kept), others, (told,) if told else ())


def _take(found: OtherRows, rows: Rows) -> OtherRows:
    lineage = pd.DataFrame({"row_number": rows + 1}) if found.lineage is None else found.lineage.iloc[rows]
    return OtherRows(
        found.name,
        {name: cells.take(pa.array(rows)) for name, cells in found.cells.items()},
        len(rows),
        found.headers,
        found.unknown,
        found.left_out,
        lineage,
    )
