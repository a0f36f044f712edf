"""What goes out to the people who correct rows, and what comes back from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from work_data_hub.application.quarantine.places import PlacedLine
from work_data_hub.application.quarantine.words import QuarantineWords, english_problem, month_of_scope
from work_data_hub.cleansing.text import fold, one_bracket

# what a person writes for a cell that should be blank; nothing written means no correction
BLANK_WORDS: Final = frozenset({"清空", "(清空)", "(blank)"})
_NOT_HERE: Final = "请在源文件中更正 / correct it in the source file"


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One line as the workbook shows it; every part is text, and the value may be absent."""

    rejection_id: str
    table: str
    month: str
    file: str
    sheet: str
    row_number: int | None
    cell: str
    column: str
    value: str | None
    problem: str
    problem_english: str
    expected: str
    expected_english: str
    context: str
    note: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the workbook that came back, by its place in that workbook."""

    row_number: int
    rejection_id: str | None
    value: str | None
    note: str | None

    @property
    def is_correction(self) -> bool:
        """Say whether the person wrote a value."""
        return self.value is not None and bool(self.value.strip())

    @property
    def says_blank(self) -> bool:
        """Say whether the person wants the cell blank."""
        return one_bracket(fold(self.value or "")).lower() in BLANK_WORDS


@dataclass(frozen=True, slots=True)
class ExchangeBook:
    """A workbook that came back: its name, its sheet and its rows."""

    file: str
    sheet: str
    entries: tuple[Entry, ...]


def exchange_rows(placed: Iterable[PlacedLine], words: QuarantineWords) -> Iterator[ExchangeRow]:
    """Tell each line so that an operator understands it without the hub."""
    for found in placed:
        line = found.line
        yield ExchangeRow(
            rejection_id=line.rejection_id,
            table=line.table,
            month=month_of_scope(line.scope),
            file=line.file_name or "",
            sheet=line.sheet or "",
            row_number=line.row_number,
            cell=found.cell or "",
            column=found.column.label if found.column else line.column or "",
            value=line.value,
            problem=words.problem(line),
            problem_english=english_problem(line),
            expected=words.expected(line),
            expected_english=line.expected or "",
            context=context_of(found, words),
            note="" if found.column else _NOT_HERE,
        )


def context_of(found: PlacedLine, words: QuarantineWords) -> str:
    """Tell which record a row is about: plan, customer and the like, by the headers of the source."""
    if found.source is None or found.row is None:
        return ""
    known = (
        (found.source.column(name).label, found.row[name]) for name in words.context if name in found.row
    )
    return " · ".join(f"{label}：{value}" for label, value in known if value)
