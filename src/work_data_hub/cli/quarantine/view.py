"""The quarantine as people read it on a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rich.table import Table
from rich.text import Text

from work_data_hub.application.quarantine.book import QuarantineLine, oldest_open
from work_data_hub.application.quarantine.places import PlacedLine
from work_data_hub.application.quarantine.words import QuarantineWords, english_problem, month_of_scope
from work_data_hub.cli.output import console
from work_data_hub.cli.quarantine.filters import SHORT_ID
from work_data_hub.cli.summary import short
from work_data_hub.domain.pipelines.bronze import raw_columns

STYLES = {"open": "yellow", "waived": "cyan", "fixed": "green", "replayed": "green"}
_STATES = ("open", "waived", "replayed", "fixed")
_SHOWN_VALUE = 40


@dataclass(frozen=True, slots=True)
class LineGroup:
    """How many lines of a table, month and rule stand where."""

    table: str
    period: str
    rule: str
    open: int
    waived: int
    fixed: int
    replayed: int
    oldest_open_since: date | None


def groups_of(lines: Iterable[QuarantineLine]) -> tuple[LineGroup, ...]:
    """Count lines by table, month and rule."""
    grouped: dict[tuple[str, str, str], list[QuarantineLine]] = {}
    for line in lines:
        grouped.setdefault((line.table, month_of_scope(line.scope), line.rule), []).append(line)
    return tuple(_group(*key, mine) for key, mine in sorted(grouped.items()))


def _group(table: str, period: str, rule: str, lines: Sequence[QuarantineLine]) -> LineGroup:
    counts, oldest = Counter(str(line.state) for line in lines), oldest_open(lines)
    return LineGroup(
        table,
        period,
        rule,
        open=counts["open"],
        waived=counts["waived"],
        fixed=counts["fixed"],
        replayed=counts["replayed"],
        oldest_open_since=oldest.first_seen_at.date() if oldest else None,
    )


def groups_table(groups: Iterable[LineGroup], today: date) -> Table:
    """Lay the counts out, with the age of the oldest open line."""
    table = _table("table", "month", "rule")
    for state in _STATES:
        table.add_column(state, justify="right")
    table.add_column("oldest open", no_wrap=True)
    for group in groups:
        since = group.oldest_open_since
        table.add_row(
            short(group.table),
            group.period,
            group.rule,
            *(_number(getattr(group, state), state) for state in _STATES),
            "" if since is None else f"{since}, {days((today - since).days)}",
        )
    return table


def lines_table(lines: Iterable[QuarantineLine]) -> Table:
    """Lay every line out, with the id that other commands take."""
    table = _table("id", "table", "month", "sheet")
    table.add_column("row", justify="right", no_wrap=True)
    for head in ("column", "value", "rule", "state"):
        table.add_column(head, no_wrap=True)
    for line in lines:
        table.add_row(
            line.rejection_id[:SHORT_ID],
            short(line.table),
            month_of_scope(line.scope),
            line.sheet or "",
            "" if line.row_number is None else str(line.row_number),
            line.column or "",
            shown(line.value),
            line.rule,
            Text(f"{line.state}{', corrected' if line.pending else ''}", style=STYLES[str(line.state)]),
        )
    return table


def days(count: int) -> str:
    """Write a number of days."""
    return "1 day" if count == 1 else f"{count:,} days"


def shown(value: str | None, width: int = _SHOWN_VALUE) -> str:
    """Give a value on one line: control characters visible, long ones cut, a blank as a dash."""
    if value is None:
        return "–"
    text = "".join(char if char.isprintable() else repr(char)[1:-1] for char in value)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def show_line(placed: PlacedLine, words: QuarantineWords) -> None:
    """Print everything about one line."""
    out, line = console(), placed.line
    out.print(Text.assemble((line.rejection_id, "bold"), "  ", (str(line.state), STYLES[str(line.state)])))
    _print_pairs(_told(placed, words))
    out.print(Text("\nSource row", style="bold"))
    if placed.source is None or placed.row is None:
        out.print("  no longer in bronze: the file was replaced")
    else:
        row = placed.row
        _print_pairs((column.label, shown(row[column.name], 200)) for column in raw_columns(placed.source))
    out.print(Text("\nHistory", style="bold"))
    _print_pairs(_history(line))


def _told(placed: PlacedLine, words: QuarantineWords) -> Iterator[tuple[str, str]]:
    line = placed.line
    yield "table", f"{line.table}, {month_of_scope(line.scope)}"
    yield "file", f"{line.file_name or '?'} (id {line.file_id or '?'})"
    yield "sheet", line.sheet or "?"
    yield "cell", f"{placed.cell or '?'} (row {line.row_number})"
    yield "column", f"{placed.column.label if placed.column else '?'} ({line.column})"
    yield "value", shown(line.value, 200)
    yield "rule", line.rule
    yield "problem", f"{words.problem(line)} / {english_problem(line)}"
    yield "expected", f"{words.expected(line)} / {line.expected or ''}"


def _history(line: QuarantineLine) -> Iterator[tuple[str, str]]:
    yield "first seen", f"{line.first_seen_at:%Y-%m-%d %H:%M} UTC, run {line.first_run_id}"
    yield "last seen", f"{line.last_seen_at:%Y-%m-%d %H:%M} UTC, run {line.last_run_id}"
    if made := line.correction:
        what = "blank" if made.value is None else shown(made.value, 200)
        yield "corrected", f"{what}, by {made.author} at {made.made_at:%Y-%m-%d %H:%M} UTC: {made.reason}"
    if waiver := line.waiver:
        yield "waived", f"to {waiver.expires_on}, by {waiver.author}: {waiver.reason}"


def _print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        console().print(Text.assemble((f"  {name}: ", "dim"), value))


def _table(*heads: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, no_wrap=True)
    return table


def _number(count: int, state: str) -> Text:
    return Text(f"{count:,}", style=STYLES[state]) if count else Text("–", style="dim")
