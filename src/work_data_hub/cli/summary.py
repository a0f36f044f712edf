"""What became of every table and month, as lines and as a table that a person likes to read."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from work_data_hub.cli.output import console, console_of

if TYPE_CHECKING:
    from work_data_hub.application.runs import PublishRecord
    from work_data_hub.application.status import TableState

STYLES = {"fresh": "green", "stale": "yellow", "missing": "dim", "refused": "red", "failed": "bold red"}
_NUMBERS = ("read", "published", "rejected", "deduplicated", "skipped")
_JUDGED = ("totals", "totals_differ", "compared", "compared_differ")
_COLUMNS = ("month", "table", *_NUMBERS, "totals", "compared", "seconds", "state")
_WORDS = ("month", "table", "state")
_HEADS = {"deduplicated": "dedupli-\ncated"}
# left out one after the other where the terminal is narrow
_DISPENSABLE = ("seconds", "deduplicated", "skipped", "compared", "totals", "read")
_STATE_WIDTH = 30
_WIDEST = 1000
Row = dict[str, Text | str]


@dataclass(frozen=True, slots=True)
class TableLine:
    """One table of one month, or over several: its rows by fate, whether its sums tie, and where it stands."""

    table: str
    when: str
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
    """Read the lines of a summary from the states of tables: one for a table and month, members added up."""
    groups: dict[tuple[str, str], list[TableLine]] = {}
    for state in states:
        groups.setdefault((state.table, state.when), []).append(_line(state))
    return tuple(group[0] if len(group) == 1 else _summed(group) for group in groups.values())


def _line(state: "TableState") -> TableLine:
    line = TableLine(state.table, state.when, str(state.state), _of_member(state.member, state.reason))
    return line if state.record is None else _published(line, state.member, state.record)


def _of_member(member: str | None, text: str) -> str:
    return f"{member}: {text}" if member and text else text


def added_up(when: str, lines: Sequence[TableLine]) -> tuple[TableLine, ...]:
    """Give one line a table for lines of several months; what is not fresh anywhere is told first."""
    by_table: dict[str, list[TableLine]] = {}
    for line in lines:
        by_table.setdefault(line.table, []).append(line)
    return tuple(_added_up(when, group) for group in by_table.values())


def _added_up(when: str, lines: Sequence[TableLine]) -> TableLine:
    known = _summed(lines)
    warnings = tuple(f"{line.when}: {warning}" for line in lines for warning in line.warnings)
    return replace(known, when=when, warnings=warnings)


def _summed(lines: Sequence[TableLine]) -> TableLine:
    worst = next((line for line in lines if line.state != "fresh"), lines[0])
    told = [line for line in lines if line.read is not None]

    def total(name: str) -> int:
        return sum(getattr(line, name) or 0 for line in told)

    known = TableLine(worst.table, worst.when, worst.state, worst.reason)
    if not told:
        return known
    numbers: dict[str, Any] = {name: total(name) for name in (*_NUMBERS, *_JUDGED)}
    return replace(
        known,
        **numbers,
        seconds=sum(line.seconds or 0 for line in told),
        warnings=tuple(warning for line in told for warning in line.warnings),
    )


def _published(line: TableLine, member: str | None, record: "PublishRecord") -> TableLine:
    counts, judged = record.counts, [str(c.verdict) for c in record.comparisons]
    return replace(
        line,
        read=counts.read,
        published=counts.published,
        rejected=counts.rejected,
        deduplicated=counts.deduplicated,
        skipped=counts.skipped,
        totals=len(record.totals),
        totals_differ=sum(not total.ties for total in record.totals),
        compared=len(judged) - judged.count("not_comparable"),
        compared_differ=judged.count("differs"),
        seconds=record.seconds,
        warnings=tuple(_of_member(member, warning) for warning in record.warnings),
    )


def summary_table(lines: Iterable[TableLine], width: int | None = None) -> Table:
    """Lay lines out month by month, as wide as the terminal at most; an unpublished month takes one row."""
    width = width or console().width
    rows = [row for _, group in groupby(lines, key=lambda line: line.when) for row in _month(list(group))]
    shown = _fitting(rows, width)
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for head in shown:
        justify: Literal["left", "right"] = "left" if head in _WORDS else "right"
        table.add_column(_HEADS.get(head, head), justify=justify, no_wrap=head != "state", overflow="fold")
    for row in rows:
        table.add_row(*(row.get(head, "") for head in shown))
    if console_of(sys.stdout, _WIDEST).measure(table).maximum > width:
        table.width = width
    return table


def _fitting(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    """Choose columns for a width: figures that say least go first, so that the state has room for its words."""
    widths = {
        head: max(
            [len(part) for part in _HEADS.get(head, head).split("\n")] + [_length(row, head) for row in rows]
        )
        for head in _COLUMNS
    }
    widths["state"] = min(widths["state"], _STATE_WIDTH)
    shown = list(_COLUMNS)
    for head in _DISPENSABLE:
        if sum(widths[name] + 1 for name in shown) - 1 > width:
            shown.remove(head)
    return tuple(shown)


def _length(row: Row, head: str) -> int:
    return cell_len(str(row.get(head, "")))


def _month(lines: list[TableLine]) -> Iterator[Row]:
    if all(line.read is None for line in lines):
        yield {"month": lines[0].when, "state": _state(lines[0])}
    else:
        refused: dict[str, str] = {}
        for index, line in enumerate(lines):
            month = line.when if index == 0 else ""
            yield {"month": month, "table": short(line.table), **_cells(line), "state": _told(line, refused)}
    yield {}


def _told(line: TableLine, refused: dict[str, str]) -> Text:
    """Say why a table was refused once; tables that wait for it name it."""
    if line.state != "refused":
        return _state(line)
    first = refused.setdefault(line.reason, short(line.table))
    if first == short(line.table):
        return _state(line)
    return Text(f"not built: {first} was refused", style="dim")


def _cells(line: TableLine) -> Row:
    if line.read is None:
        return {}
    numbers: Row = {name: _number(getattr(line, name)) for name in _NUMBERS}
    if line.rejected:
        numbers["rejected"] = Text(f"{line.rejected:,}", style="yellow")
    return {
        **numbers,
        "totals": _ties(line.totals, line.totals_differ),
        "compared": _ties(line.compared, line.compared_differ),
        "seconds": "" if line.seconds is None else f"{line.seconds:.1f}",
    }


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
