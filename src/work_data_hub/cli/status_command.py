"""`wdh status`: tables × months, where each stands and why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from work_data_hub.cli.output import JsonOption, console, print_table, write_json
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.cli.summary import STYLES, short
from work_data_hub.domain.kernel.period import Period

if TYPE_CHECKING:
    from work_data_hub.application.status import TableState

_NAME_WIDTH, _CELL_WIDTH = 28, 10


def status(
    domain: Annotated[
        str | None, typer.Argument(help="One domain; all by default.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which tables are fresh, stale, missing, refused or failed, month by month."""
    with open_hub(read_settings()) as hub:
        names = [hub.domain(domain).name] if domain else list(hub.domains)
        states = {name: hub.status(name).read() for name in names}
    if as_json:
        write_json({"domains": {name: _document(found) for name, found in states.items()}, "exit_status": 0})
        return
    for name, found in states.items():
        _show(name, found)


def _document(states: "Sequence[TableState]") -> dict[str, Any]:
    return {
        "states": dict(Counter(str(state.state) for state in states)),
        "tables": [
            {
                "table": state.table,
                "period": state.period,
                "state": state.state,
                "reason": state.reason,
                "record": state.record,
            }
            for state in states
        ],
    }


def _show(name: str, states: "Sequence[TableState]") -> None:
    out = console()
    out.print(Text(name, style="bold"))
    if not states:
        out.print("  no month has a folder in the landing root yet: see `wdh sample-data` or LANDING_ROOT")
        return
    whole = [state for state in states if state.period is None]
    by_month = [state for state in states if state.period is not None]
    cells = {(state.table, state.period): state for state in by_month if state.period}
    periods = sorted({period for _, period in cells})
    for some in _pages(periods, max(1, (out.width - _NAME_WIDTH) // _CELL_WIDTH)):
        print_table(_grid(cells, some))
        out.print()
    if whole:
        print_table(_whole(whole))
        out.print()
    counts = Counter(str(state.state) for state in states)
    out.print(Text("  ·  ").join(Text(f"{n} {word}", style=STYLES[word]) for word, n in counts.items()))
    for line in _reasons(states):
        out.print(line)


def _whole(states: "Sequence[TableState]") -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("table, built as a whole", no_wrap=True)
    table.add_column("rows", justify="right")
    table.add_column("state")
    for state in states:
        rows = "" if state.record is None else f"{state.record.counts.published:,}"
        table.add_row(short(state.table), rows, Text(str(state.state), style=STYLES[str(state.state)]))
    return table


def _pages(periods: Sequence[Period], size: int) -> Iterator[Sequence[Period]]:
    for start in range(0, len(periods), size):
        yield periods[start : start + size]


def _grid(cells: "Mapping[tuple[str, Period], TableState]", periods: Sequence[Period]) -> Table:
    grid = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("table", no_wrap=True)
    for period in periods:
        grid.add_column(str(period), justify="right", no_wrap=True)
    for table in dict.fromkeys(table for table, _ in cells):
        grid.add_row(short(table), *(_cell(cells[(table, period)]) for period in periods))
    return grid


def _cell(state: "TableState") -> Text:
    word = str(state.state)
    text = Text(word, style=STYLES[word])
    if state.record is not None:
        text.append(f"\n{state.record.counts.published:,}", style="dim")
    return text


def _reasons(states: "Sequence[TableState]") -> Iterator[Text]:
    """Say why, once per cause: of a month's tables in one state the first is the cause of the others."""
    causes: dict[tuple[str, str], list[TableState]] = {}
    for state in states:
        if state.reason:
            causes.setdefault((state.when, str(state.state)), []).append(state)
    months: dict[tuple[str, str, str], list[str]] = {}
    for (period, word), (first, *others) in causes.items():
        after = f" and {len(others)} after it" if others else ""
        months.setdefault((word, first.reason, f"{short(first.table)}{after}"), []).append(period)
    for (word, reason, tables), periods in months.items():
        yield Text.assemble((word, STYLES[word]), f" {', '.join(periods)}: {reason} ({tables})")
