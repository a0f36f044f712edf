"""What became of every table and month, as lines and as a table that a person likes to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from work_data_hub.domain.kernel.period import Period

if TYPE_CHECKING:
    from work_data_hub.application.runs import PublishRecord
    from work_data_hub.application.status import TableState

STYLES = {"fresh": "green", "stale": "yellow", "missing": "dim", "refused": "red", "failed": "bold red"}
_NUMBERS = ("read", "published", "rejected", "deduplicated", "skipped")
_HEADS = ("read", "published", "rejected", "dedupli-\ncated", "skipped")
_REJECTED = _NUMBERS.index("rejected")


@dataclass(frozen=True, slots=True)
class TableLine:
    """One table of one month: its rows by fate, whether its sums tie, and where it stands."""

    table: str
    period: Period
    state: str
    reason: str
    read: int | None = None
    published: int | None = None
    rejected: int | None = None
    deduplicated: int | None = None
    skipped: int | None = None
    totals: int = 0
    totals_differ: int = 0
    compared: int = 0
    compared_differ: int = 0
    seconds: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def warned(self) -> bool:
        """Say whether the table was published with something to look at."""
        return bool(self.warnings or self.rejected or self.totals_differ or self.compared_differ)


def table_lines(states: "Iterable[TableState]") -> tuple[TableLine, ...]:
    """Read the lines of a summary from the states of tables."""
    return tuple(
        TableLine(s.table, s.period, str(s.state), s.reason) if s.record is None else _published(s, s.record)
        for s in states
    )


def _published(state: "TableState", record: "PublishRecord") -> TableLine:
    counts, judged = record.counts, [str(c.verdict) for c in record.comparisons]
    return TableLine(
        state.table,
        state.period,
        str(state.state),
        state.reason,
        counts.read,
        counts.published,
        counts.rejected,
        counts.deduplicated,
        counts.skipped,
        totals=len(record.totals),
        totals_differ=sum(not total.ties for total in record.totals),
        compared=len(judged) - judged.count("not_comparable"),
        compared_differ=judged.count("differs"),
        seconds=record.seconds,
        warnings=record.warnings,
    )


def summary_table(lines: Iterable[TableLine]) -> Table:
    """Lay lines out month by month; a month of which nothing was published takes one row."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for head in ("month", "table"):
        table.add_column(head, no_wrap=True)
    for head in (*_HEADS, "totals", "compared", "seconds"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for period, group in groupby(lines, key=lambda line: line.period):
        _add_month(table, period, list(group))
    return table


def _add_month(table: Table, period: Period, lines: list[TableLine]) -> None:
    if all(line.read is None for line in lines):
        table.add_row(str(period), _state(lines[0]))
    else:
        for index, line in enumerate(lines):
            table.add_row(str(period) if index == 0 else "", short(line.table), *_cells(line), _state(line))
    table.add_row()


def _cells(line: TableLine) -> list[Text | str]:
    numbers: list[Text | str] = [_number(getattr(line, name)) for name in _NUMBERS]
    if line.rejected:
        numbers[_REJECTED] = Text(f"{line.rejected:,}", style="yellow")
    seconds = "" if line.seconds is None else f"{line.seconds:.1f}"
    totals = _ties(line.totals, line.totals_differ)
    return [*numbers, totals, _ties(line.compared, line.compared_differ), seconds]


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _ties(number: int, differ: int) -> Text:
    if number == 0:
        return Text("–", style="dim")
    return Text(f"{differ} differ", style="yellow") if differ else Text("✓", style="green")


def _state(line: TableLine) -> Text:
    word = f"{line.state}: {line.reason}" if line.reason else line.state
    return Text(word, style=STYLES.get(line.state, ""))


def short(key: str) -> str:
    """Name a table without its domain."""
    return key.split(".", 1)[-1]
