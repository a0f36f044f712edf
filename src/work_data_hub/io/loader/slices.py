"""Versions of the months of a table that is published as a whole: equal business values give an equal version."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import Role, TableContract
from work_data_hub.io.loader.key_order import key_order

NO_MONTH: Final = "none"
_SHEET: Final = "sheet"
_ABSENT: Final = -1
_NO_DAY: Final = np.iinfo(np.int32).min
# sizes of the cells, what they hold, and where a row begins in it
_Cells = tuple[npt.NDArray[Any], memoryview, Callable[[int], int]]


def slice_versions(contract: TableContract, rows: pa.Table) -> dict[str, str]:
    """Hash each month's business columns, and the sheet, in key order; a month is named by its first day."""
    names = _hashed(contract)
    head = json.dumps([[name, str(contract.column(name).dtype)] for name in names]).encode()
    days = _days(rows[str(contract.sliced_by)])
    order = _by_month(days, key_order(rows, contract.primary_key))
    bounds = _bounds(days if order is None else days[order])
    digests = {month: hashlib.sha256(head) for month, _, _ in bounds}
    for name in names:
        column = rows[name] if order is None else rows[name].take(pa.array(order))
        _add(digests, bounds, column)
    return {month: digest.hexdigest() for month, digest in digests.items()}


def version_of_slices(slices: Mapping[str, str]) -> str:
    """Give the version of a table from those of its months."""
    return hashlib.sha256(json.dumps(sorted(slices.items())).encode()).hexdigest()


def changed_months(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[date | None, ...]:
    """Give the months that differ, are new or are gone; None stands for rows without a month."""
    changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    return tuple(None if name == NO_MONTH else date.fromisoformat(name) for name in changed)


def rows_of_months(contract: TableContract, rows: pa.Table, months: tuple[date | None, ...]) -> pa.Table:
    """Give the rows of these months."""
    column = rows[str(contract.sliced_by)]
    wanted = pa.array(months, column.type)
    # a null among the values meets rows without a month
    return rows.filter(pc.is_in(column, value_set=wanted))


def _hashed(contract: TableContract) -> tuple[str, ...]:
    return tuple(c.name for c in contract.columns if c.role is Role.BUSINESS or c.name == _SHEET)


def _days(months: pa.ChunkedArray) -> npt.NDArray[np.int32]:
    days: npt.NDArray[np.int32] = pc.fill_null(months.cast(pa.int32()), _NO_DAY).to_numpy()
    return days


def _by_month(
    days: npt.NDArray[np.int32], keyed: npt.NDArray[np.int64] | None
) -> npt.NDArray[np.int64] | None:
    """Give the order by month and, within it, by key; None where the rows are in it."""
    ordered = days if keyed is None else days[keyed]
    if bool(np.all(ordered[1:] >= ordered[:-1])):
        return keyed
    by_month: npt.NDArray[np.int64] = np.argsort(ordered, kind="stable")
    return by_month if keyed is None else keyed[by_month]


def _bounds(days: npt.NDArray[np.int32]) -> list[tuple[str, int, int]]:
    if len(days) == 0:
        return []
    starts = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(days)]
    return [(_name(int(days[start])), start, end) for start, end in pairwise(starts)]


def _name(day: int) -> str:
    return NO_MONTH if day == _NO_DAY else str(np.datetime64(day, "D"))


def _add(
    digests: Mapping[str, "hashlib._Hash"], bounds: list[tuple[str, int, int]], column: pa.ChunkedArray
) -> None:
    """Take the cells of a column into the digests: their sizes, then what they hold."""
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    cells = _text if pa.types.is_string(array.type) else _numbers
    sizes, data, places = cells(array)
    for month, first, last in bounds:
        digests[month].update(sizes[first:last].tobytes())
        digests[month].update(data[places(first) : places(last)])


def _text(array: pa.Array) -> _Cells:
    known = array.is_valid().to_numpy(zero_copy_only=False) if array.null_count else None
    full = pc.fill_null(array, "") if known is not None else array
    offsets = np.frombuffer(full.buffers()[1], np.int32)[full.offset : full.offset + len(full) + 1]
    sizes = np.diff(offsets)
    if known is not None:
        sizes = np.where(known, sizes, np.int32(_ABSENT))
    return sizes, memoryview(full.buffers()[2] or b""), lambda place: int(offsets[place])


def _numbers(array: pa.Array) -> _Cells:
    known = array.is_valid().to_numpy(zero_copy_only=False).astype(np.int8)
    bare = array.cast(pa.int8()) if pa.types.is_boolean(array.type) else array
    full = pc.fill_null(bare, pa.scalar(0, pa.int8()).cast(bare.type)) if bare.null_count else bare
    width = full.type.bit_width // 8
    return known, memoryview(full.buffers()[1] or b""), lambda place: (full.offset + place) * width
