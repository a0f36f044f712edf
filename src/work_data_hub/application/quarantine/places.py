"""Where a line of the quarantine stands in its workbook: bronze table, header, cell and the whole source row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.quarantine.book import QuarantineLine
from work_data_hub.application.quarantine.corrections import RowKey
from work_data_hub.application.scopes import member_of_key, month_of_key, without_month
from work_data_hub.domain.kernel.build import TableBuild
from work_data_hub.domain.kernel.contract import Column, Layer, TableContract
from work_data_hub.domain.kernel.origins import source_column
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pipelines.bronze import raw_columns

SourceRow = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line with its source: parts that can't be told stay None, and the row of a replaced file is gone."""

    line: QuarantineLine
    source: TableContract | None
    column: Column | None
    cell: str | None
    row: SourceRow | None


def origin_of(domain: Domain, table_key: str) -> TableContract | None:
    """Give the bronze table that a table's rows come from, over as many tables as lie between."""
    table = next((table for table in domain if table.contract.key == table_key), None)
    if table is None or table.contract.layer is Layer.BRONZE:
        return None if table is None else table.contract
    inputs = table.inputs if isinstance(table, TableBuild) else ()
    here = (origin_of(domain, ref.contract.key) for ref in inputs if ref.month_offset == 0)
    return next((contract for contract in here if contract is not None), None)


def scope_named(scope_key: str, column: str = "period", member: str | None = None) -> Scope:
    """Give the scope that a ledger writes as period=2025-11-01, as all, or as one of these of a member."""
    month = month_of_key(scope_key)
    whole = Scope() if month is None else Scope.month(Period.of(month), column)
    return whole.of_member(member, member_of_key(scope_key))


def place(ports: Ports, domain: Domain, lines: Sequence[QuarantineLine]) -> tuple[PlacedLine, ...]:
    """Find the source of each line; every bronze scope is read once."""
    places: dict[tuple[str, str], _Scope | None] = {}
    for key in {(line.table, line.scope): None for line in lines}:
        mine = [line for line in lines if (line.table, line.scope) == key]
        places[key] = _Scope.read(ports, domain, *key, _rows_of(mine))
    return tuple(_placed(line, places[line.table, line.scope]) for line in lines)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a bronze scope knows about the rows that lines name."""

    source: TableContract
    target: TableContract
    letters: Mapping[str, str]
    file_id: str
    rows: Mapping[RowKey, SourceRow]

    @classmethod
    def read(
        cls, ports: Ports, domain: Domain, table: str, scope_key: str, wanted: frozenset[RowKey]
    ) -> "_Scope | None":
        source = origin_of(domain, table)
        if source is None:
            return None
        scope = scope_named(scope_key, source.month_column or "period", source.member)
        published = scope if source.monthly else without_month(scope, source.month_column)
        record = ports.ledger.latest(source, published)
        if record is None:
            return None
        letters = record.facts.get("column_letters")
        content = record.inputs[0].version if record.inputs else ""
        rows = dict(_source_rows(source, ports.store.read(source, scope), wanted))
        target = domain.table(table).contract
        return cls(source, target, letters if isinstance(letters, dict) else {}, content, rows)

    def column(self, name: str | None) -> Column | None:
        """Give the bronze column behind a column of the table."""
        if name is None or name not in self.target.column_names:
            return None
        return source_column(self.target.column(name), raw_columns(self.source))


def _placed(line: QuarantineLine, scope: _Scope | None) -> PlacedLine:
    if scope is None:
        return PlacedLine(line, None, None, None, None)
    column = scope.column(line.column)
    same_file = line.file_id is not None and scope.file_id.startswith(line.file_id)
    letter = scope.letters.get(column.name) if column and same_file else None
    cell = f"{letter}{line.row_number}" if letter and line.row_number else None
    key = _row_key(line)
    return PlacedLine(line, scope.source, column, cell, scope.rows.get(key) if key else None)


def _row_key(line: QuarantineLine) -> RowKey | None:
    if line.file_id is None or line.sheet is None or line.row_number is None:
        return None
    return (line.file_id, line.sheet, line.row_number)


def _rows_of(lines: Iterable[QuarantineLine]) -> frozenset[RowKey]:
    return frozenset(key for line in lines if (key := _row_key(line)) is not None)


def _source_rows(
    source: TableContract, frame: pd.DataFrame, wanted: frozenset[RowKey]
) -> Iterator[tuple[RowKey, SourceRow]]:
    some = frame[frame["row_number"].isin([number for _, _, number in wanted])]
    names = [column.name for column in raw_columns(source)]
    for row in some.to_dict("records"):
        key = (str(row["file_id"]), str(row["sheet"]), int(row["row_number"]))
        if key in wanted:
            yield key, {name: None if pd.isna(row[name]) else str(row[name]) for name in names}
