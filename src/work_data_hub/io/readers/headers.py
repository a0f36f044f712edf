"""Where the header row is and which column of the sheet answers to which declared one."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from work_data_hub.cleansing.text import fold, normalise_header
from work_data_hub.domain.kernel.errors import EmptyInputError, HeaderMissingError, Location
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.texts import Flags

SEARCHED_ROWS = 50


@dataclass(frozen=True, slots=True)
class Header:
    """The header row and what its cells mean; positions count from the sheet's first column."""

    position: int
    columns: Mapping[str, int]
    written: Mapping[str, str]
    others: Mapping[int, str]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    warnings: tuple[str, ...]


def find_header(raw: RawSheet, spec: SheetSpec, blank_rows: Flags) -> Header:
    """Find the first row that holds every required header and read it."""
    filled = np.flatnonzero(~blank_rows)
    if not len(filled):
        raise EmptyInputError(
            f"Sheet {raw.sheet!r} is empty.",
            where=Location(raw.file, raw.sheet),
            expected="a header row and at least one row of data",
            fix="Put the month's rows into the sheet, or configure the sheet that holds them.",
        )
    searched = range(int(filled[0]), min(int(filled[0]) + SEARCHED_ROWS, len(blank_rows)))
    for position in searched:
        if _is_header(_headers_of(raw, position), spec):
            return _read_header(raw, spec, position)
    raise _missing(raw, spec, searched)


def _headers_of(raw: RawSheet, position: int) -> list[str]:
    return [normalise_header(text or "") for text in raw.row(position)]


def _answers(column: SheetColumn, present: Iterable[str]) -> bool:
    return not set(map(normalise_header, column.headers)).isdisjoint(present)


def _is_header(present: list[str], spec: SheetSpec) -> bool:
    if not spec.columns:
        # nothing is looked for: the first row that holds anything names what there is
        return any(present)
    required = [column for column in spec.columns if column.required]
    if required:
        return all(_answers(column, present) for column in required)
    return any(_answers(column, present) for column in spec.columns)


def _read_header(raw: RawSheet, spec: SheetSpec, position: int) -> Header:
    present = _headers_of(raw, position)
    cells = raw.row(position)
    columns: dict[str, int] = {}
    for column in spec.columns:
        found = _find(column, present, taken=columns.values())
        if found is not None:
            columns[column.name] = found
    others = _name_others(raw, cells, set(columns.values()))
    declared = {normalise_header(header) for column in spec.columns for header in column.headers}
    doubled = [key for index, key in others.items() if present[index] in declared]
    return Header(
        position=position,
        columns=columns,
        written={name: cells[index] or "" for name, index in columns.items()},
        others=others,
        unknown=tuple(key for index, key in others.items() if present[index]),
        absent=tuple(column.name for column in spec.columns if column.name not in columns),
        warnings=tuple(
            f"Header {key!r} is a second one of its kind; kept as an extra cell." for key in doubled
        ),
    )


def _find(column: SheetColumn, present: list[str], taken: Iterable[int]) -> int | None:
    free = {header: index for index, header in reversed(list(enumerate(present))) if index not in set(taken)}
    matches = (free.get(normalise_header(header)) for header in column.headers)
    return next((index for index in matches if index is not None), None)


def _name_others(raw: RawSheet, cells: list[str | None], taken: set[int]) -> dict[int, str]:
    keys = {fold(cells[index] or "") for index in taken}
    others: dict[int, str] = {}
    for index in range(len(cells)):
        if index in taken:
            continue
        name = fold(cells[index] or "") or raw.letter(index)
        key, count = name, 1
        while key in keys:
            count += 1
            key = f"{name} ({count})"
        keys.add(key)
        others[index] = key
    return others


def _missing(raw: RawSheet, spec: SheetSpec, searched: range) -> HeaderMissingError:
    wanted = [column for column in spec.columns if column.required] or list(spec.columns)
    best = max(searched, key=lambda row: sum(_answers(column, _headers_of(raw, row)) for column in wanted))
    present = _headers_of(raw, best)
    missing = tuple(column.headers[0] for column in wanted if not _answers(column, present))
    near = {label: _near(label, present) for label in missing if _near(label, present)}
    hints = "; ".join(f"{label}: perhaps {', '.join(names)}" for label, names in near.items())
    return HeaderMissingError(
        f"No header row with {', '.join(missing)} in sheet {raw.sheet!r}." + (f" {hints}." if hints else ""),
        where=Location(raw.file, raw.sheet, row=int(raw.row_numbers[best])),
        expected=f"the headers {', '.join(column.headers[0] for column in wanted)} together in one row "
        f"within the first {SEARCHED_ROWS} rows",
        fix="Restore the header in the workbook, or add its new spelling to the column's aliases.",
        missing=missing,
        near=near,
        best_row=int(raw.row_numbers[best]),
    )


def _near(label: str, present: list[str]) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(normalise_header(label), filter(None, present), n=2, cutoff=0.5))
