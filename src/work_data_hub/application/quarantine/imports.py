"""Reads corrections that came back: each must answer a line that stands, in the file that is still there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.quarantine.book import QuarantineLine, QuarantineQuery
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.application.quarantine.exchange import Entry, ExchangeBook
from work_data_hub.application.quarantine.places import PlacedLine, place
from work_data_hub.application.quarantine.words import month_of_scope
from work_data_hub.domain.kernel.errors import InputRefusedError, Location
from work_data_hub.domain.kernel.period import Period

_SHOWN: Final = 20
_NO_REASON: Final = "no note given"


class CorrectionsRefusedError(InputRefusedError):
    """A workbook of corrections can't be taken; none of them was kept."""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that a correction changes."""

    placed: PlacedLine
    correction: Correction

    @property
    def known(self) -> bool:
        """Say whether the very same correction was kept before."""
        before = self.placed.line.correction
        return before is not None and (before.cell, before.value) == (
            self.correction.cell,
            self.correction.value,
        )


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would keep; `untouched` rows carry no correction, `known` ones are kept already."""

    changes: tuple[Change, ...]
    untouched: int
    known: int

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """Give what is to be kept."""
        return tuple(change.correction for change in self.changes)


@dataclass(frozen=True, slots=True)
class CorrectionReader:
    """Judges workbooks of corrections against a domain's quarantine as it stands now."""

    ports: Ports
    domain: Domain
    author: str
    now: datetime

    def read(self, book: ExchangeBook) -> ImportPlan:
        """Give what the workbook would change; one row that can't be taken refuses all of it."""
        written = [entry for entry in book.entries if entry.is_correction]
        placed = self._placed(written)
        files = self._files({found.line.scope for found in placed.values()})
        answers = [(entry, self._answer(entry, placed, files)) for entry in written]
        changes = [(entry, answer) for entry, answer in answers if isinstance(answer, Change)]
        problems = [(entry, answer) for entry, answer in answers if isinstance(answer, str)]
        problems += _ambiguous(changes)
        if problems:
            raise _refused(book, problems)
        cells = {change.correction.cell: change for _, change in changes}
        fresh = tuple(change for change in cells.values() if not change.known)
        return ImportPlan(fresh, len(book.entries) - len(written), len(cells) - len(fresh))

    def _placed(self, entries: Sequence[Entry]) -> Mapping[str, PlacedLine]:
        ids = tuple({entry.rejection_id: None for entry in entries if entry.rejection_id})
        if not ids:
            return {}
        query = QuarantineQuery(self.now.date(), ids=ids, domain=self.domain.name)
        lines = self.ports.quarantine.find(query)
        return {found.line.rejection_id: found for found in place(self.ports, self.domain, lines)}

    def _files(self, scopes: set[str]) -> Mapping[str, str | None]:
        return {scope: self._file(month_of_scope(scope)) for scope in scopes}

    def _file(self, month: str) -> str | None:
        try:
            return self.ports.finder.find(self.domain.monthly_source, Period.parse(month)).file_id
        except InputRefusedError:
            # no file, or several: there is none that the correction could belong to
            return None

    def _answer(
        self, entry: Entry, placed: Mapping[str, PlacedLine], files: Mapping[str, str | None]
    ) -> Change | str:
        found = placed.get(entry.rejection_id or "")
        if found is None:
            named = f"the id {entry.rejection_id} is not in the quarantine" if entry.rejection_id else "no id"
            return f"{named}: export again, and leave the hidden column as it is"
        line, column, row = found.line, found.column, found.row
        if not line.stands:
            return f"{line.state} already: nothing is left to correct"
        if line.file_id != files[line.scope]:
            return f"belongs to a file that is no longer the one of {month_of_scope(line.scope)}"
        if found.source is None or column is None or row is None:
            return "has no cell of the source behind it: correct the source file"
        value = None if entry.says_blank else entry.value
        if value == row[column.name]:
            return f"changes nothing: {value!r} stands in the file"
        return Change(found, self._correction(entry, found.source.key, column.name, line, value))

    def _correction(
        self, entry: Entry, table: str, column: str, line: QuarantineLine, value: str | None
    ) -> Correction:
        return Correction(
            table,
            line.file_id or "",
            line.sheet or "",
            line.row_number or 0,
            column,
            value,
            self.author,
            (entry.note or "").strip() or _NO_REASON,
            self.now,
            line.rejection_id,
        )


def _ambiguous(changes: Sequence[tuple[Entry, Change]]) -> Iterator[tuple[Entry, str]]:
    """Name the rows that give one cell several values; the same value twice is no contradiction."""
    rows: dict[object, dict[str | None, int]] = {}
    for entry, change in changes:
        rows.setdefault(change.correction.cell, {}).setdefault(change.correction.value, entry.row_number)
    for entry, change in changes:
        given = rows[change.correction.cell]
        if len(given) > 1:
            others = ", ".join(str(row) for value, row in given.items() if value != change.correction.value)
            yield entry, f"gives another value for the same cell than row {others}"


def _refused(book: ExchangeBook, problems: Sequence[tuple[Entry, str]]) -> CorrectionsRefusedError:
    ordered = sorted(problems, key=lambda problem: problem[0].row_number)
    lines = [f"  row {entry.row_number}: {said}" for entry, said in ordered[:_SHOWN]]
    first = ordered[0][0]
    return CorrectionsRefusedError(
        "\n".join((f"{len(problems)} correction(s) of {book.file} can't be taken, so none was kept", *lines)),
        where=Location(book.file, book.sheet, first.row_number, value=first.value),
        expected="one corrected value for each line that stands, in the file that was loaded",
        fix="correct or clear these rows and import again; `wdh quarantine export` gives a fresh workbook",
        problems=tuple({"row": entry.row_number, "problem": said} for entry, said in ordered),
    )
