"""How written rows lie on a sheet: header spellings, odd columns, blank, repeated and totals rows, merges."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from work_data_hub.domain.annuity.sample.cells import Cell, amount
from work_data_hub.domain.annuity.sample.draws import Ints, Objects, objects
from work_data_hub.domain.annuity.sample.months import Dress, Totals
from work_data_hub.domain.annuity.sample.pen import Sheet

_MERGED: Final = ("business_type", "plan_type")
_LONGEST_MERGE: Final = 12
# what a subtotal states too much where it is wrong on purpose: ten thousand yuan
_MISSTATED: Final = 100_000_000
_GRAND: Final = {Totals.LABELLED: "合 计", Totals.PREFIXED: "总计："}

SheetRow = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """A vertical merged range in one column, rows and column counted from 0."""

    first_row: int
    last_row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A totals row as the sheet states it; no business type means the whole sheet, `wrong` are untrue figures."""

    row_number: int
    business_type: str | None
    amounts: Mapping[str, Decimal]
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetContent:
    """Everything to write on a sheet, in the order of its rows; places are counted from 0."""

    name: str
    header_row: int
    first_column: int
    title: str | None
    headers: SheetRow
    columns: tuple[Objects, ...]
    inserts: Mapping[int, tuple[SheetRow, ...]]
    merges: tuple[Merge, ...] = ()

    def rows(self) -> Iterator[SheetRow]:
        """Walk from the header to the last row; an empty tuple is a blank row."""
        yield self.headers
        for place, row in enumerate(zip(*self.columns, strict=True)):
            yield from self.inserts.get(place, ())
            yield row
        yield from self.inserts.get(len(self.columns[0]), ())

    def row_numbers(self) -> Ints:
        """Give the workbook row, counted from 1, of each data row."""
        return data_row_numbers(len(self.columns[0]), self.inserts, self.header_row)


def data_row_numbers(count: int, inserts: Mapping[int, Sequence[SheetRow]], header_row: int) -> Ints:
    """Count the rows above each data row."""
    inserted = np.zeros(count + 1, dtype=np.int64)
    for place, rows in inserts.items():
        inserted[place] += len(rows)
    numbers: Ints = np.arange(count, dtype=np.int64) + inserted.cumsum()[:count] + header_row + 2
    return numbers


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet laid out, with what is known about its rows that are no data."""

    content: SheetContent
    stated: tuple[StatedTotal, ...]
    blank: int
    repeated_headers: int
    totals: int


def lay_out(sheet: Sheet, dress: Dress, *, misstated: bool = False) -> Layout:
    """Lay written rows out as a month's sheet is dressed; one figure of the first subtotal may be wrong."""
    count = len(sheet.rows)
    form = sheet.form
    names = form.headers[dress.headers]
    headers: list[Cell] = list(names.values())
    columns = [sheet.cells[column].copy() for column in names]
    if dress.odd_columns:
        odd_headers, odd = _odd_columns(count)
        headers += odd_headers
        columns += odd
    totals = _totals(sheet, dress, tuple(names), _MISSTATED if misstated else 0)
    inserts, blank, repeated = _inserts(count, tuple(headers), totals)
    numbers = data_row_numbers(count, inserts, dress.header_row)
    merges = _merge(sheet, dict(zip(names, columns, strict=False)), numbers, dress, tuple(names))
    title = form.title if dress.header_row else None
    content = SheetContent(
        form.name,
        dress.header_row,
        dress.first_column,
        title,
        tuple(headers),
        tuple(columns),
        inserts,
        merges,
    )
    last = dress.header_row + 1 + count + sum(map(len, inserts.values()))
    return Layout(content, _stated(totals, numbers, last), blank, repeated, len(totals))


@dataclass(frozen=True, slots=True)
class _Total:
    place: int
    business_type: str | None
    ticks: Mapping[str, int]
    row: SheetRow
    wrong: tuple[str, ...]


def _totals(sheet: Sheet, dress: Dress, names: Sequence[str], error: int) -> list[_Total]:
    if dress.totals is Totals.NONE:
        return []
    block = sheet.rows["block"].to_numpy()
    ends = [*(np.flatnonzero(block[1:] != block[:-1]) + 1).tolist(), len(block)]
    spans = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
    blocks = [(span.stop, str(block[span.start]), _sums(sheet, span)) for span in spans]
    blocks[0][2][sheet.form.amounts[0]] += error
    totals = [*blocks, (len(block), None, _sums(sheet, slice(0, len(block))))]
    wrong = sheet.form.amounts[:1] if error else ()
    return [
        _Total(stop, business, ticks, _total_row(ticks, business, dress.totals, names), () if turn else wrong)
        for turn, (stop, business, ticks) in enumerate(totals)
    ]


def _sums(sheet: Sheet, span: slice) -> dict[str, int]:
    return {
        column: int(sum(tick for tick in sheet.truth[column][span] if tick is not None))
        for column in sheet.form.amounts
    }


def _total_row(
    ticks: Mapping[str, int], business: str | None, style: Totals, names: Sequence[str]
) -> SheetRow:
    row: dict[str, Cell] = {column: float(amount(total)) for column, total in ticks.items()}
    if business is None:
        row["period"] = _GRAND[style]
    elif style is Totals.PREFIXED:
        row["period"] = f"{business} 小计"
    else:
        row |= {"period": "小计", "business_type": business}
    return tuple(row.get(name) for name in names)


def _inserts(
    count: int, headers: SheetRow, totals: Sequence[_Total]
) -> tuple[dict[int, tuple[SheetRow, ...]], int, int]:
    inserts: dict[int, tuple[SheetRow, ...]] = {}
    for total in totals:
        space: tuple[SheetRow, ...] = ((),) if total.business_type is None else ()
        inserts[total.place] = (*inserts.get(total.place, ()), *space, total.row)
    blank, repeated = (1 if totals else 0), 0
    spaces: SheetRow = (None, "  ", None, "\u3000")
    for place, rows in (
        (count // 4, ((),)),
        (count // 3, (headers,)),
        (count // 2, (spaces, ())),
        (2 * count // 3, ((), headers)),
    ):
        inserts[place] = (*inserts.get(place, ()), *rows)
        repeated += headers in rows
        blank += len(rows) - (headers in rows)
    return inserts, blank, repeated


def _stated(totals: Sequence[_Total], numbers: Ints, last: int) -> tuple[StatedTotal, ...]:
    # a subtotal stands right under the last row of its block, the grand total on the sheet's last row
    return tuple(
        StatedTotal(
            last if total.business_type is None else int(numbers[total.place - 1]) + 1,
            total.business_type,
            {column: amount(ticks) for column, ticks in total.ticks.items()},
            total.wrong,
        )
        for total in totals
    )


def _merge(
    sheet: Sheet, columns: Mapping[str, Objects], numbers: Ints, dress: Dress, names: Sequence[str]
) -> tuple[Merge, ...]:
    if not dress.merged:
        return ()
    merges = []
    step = max(len(numbers) // 25, _LONGEST_MERGE)
    for start in range(0, len(numbers) - _LONGEST_MERGE, step):
        for column in _MERGED:
            length = _run(columns[column], numbers, start)
            if length > 1:
                row = int(numbers[start]) - 1
                place = dress.first_column + names.index(column)
                merges.append(Merge(row, row + length - 1, place, columns[column][start]))
                columns[column][start + 1 : start + length] = None
                sheet.label(range(start + 1, start + length), f"{column}:merged")
    return tuple(merges)


def _run(cells: Objects, numbers: Ints, start: int) -> int:
    length = 1
    while (
        length < _LONGEST_MERGE
        and cells[start + length] == cells[start]
        and numbers[start + length] == numbers[start] + length
    ):
        length += 1
    return length


def _odd_columns(count: int) -> tuple[list[Cell], list[Objects]]:
    checked, copied, remark = (objects([None] * count) for _ in range(3))
    checked[::97] = "已核对"
    copied[::89] = "同左"
    remark[::83] = "重复列"
    return [None, "计划名称", "备注"], [checked, copied, remark]
