"""`wdh status`: tables × months, where each stands and why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from work_data_hub.cli.output import JsonOption, console, print_table, write_json
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.cli.summary import STYLES, TableLine, short, table_lines
from work_data_hub.domain.kernel.scope import WHOLE

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
                **({"member": state.member} if state.member else {}),
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
    lines = table_lines(states)
    whole = [line for line in lines if line.when == WHOLE]
    cells = {(line.table, line.when): line for line in lines if line.when != WHOLE}
    months = sorted({when for _, when in cells})
    for some in _pages(months, max(1, (out.width - _NAME_WIDTH) // _CELL_WIDTH)):
        print_table(_grid(cells, some))
        out.print()
    if whole:
        print_table(_whole(whole))
        out.print()
    counts = Counter(line.state for line in lines)
    out.print(Text("  ·  ").join(Text(f"{n} {word}", style=STYLES[word]) for word, n in counts.items()))
    for reason in _reasons(lines):
        out.print(reason)


def _whole(lines: Sequence[TableLine]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("table, built as a whole", no_wrap=True)
    table.add_column("rows", justify="right")
    table.add_column("state")
    for line in lines:
        rows = "" if line.published is None else f"{line.published:,}"
        table.add_row(short(line.table), rows, Text(line.state, style=STYLES[line.state]))
    return table


def _pages(months: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(months), size):
        yield months[start : start + size]


def _grid(cells: Mapping[tuple[str, str], TableLine], months: Sequence[str]) -> Table:
    grid = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("table", no_wrap=True)
    for month in months:
        grid.add_column(month, justify="right", no_wrap=True)
    for table in dict.fromkeys(table for table, _ in cells):
        grid.add_row(short(table), *(_cell(cells.get((table, month))) for month in months))
    return grid


def _cell(line: TableLine | None) -> Text:
    if line is None:
        return Text("")
    text = Text(line.state, style=STYLES[line.state])
    if line.published is not None:
        text.append(f"\n{line.published:,}", style="dim")
    return text


def _reasons(lines: Sequence[TableLine]) -> Iterator[Text]:
    """Say why, once per cause: of a month's tables in one state the first is the cause of the others."""
    causes: dict[tuple[str, str], list[TableLine]] = {}
    for line in lines:
        if line.reason:
            causes.setdefault((line.when, line.state), []).append(line)
    months: dict[tuple[str, str, str], list[str]] = {}
    for (period, word), (first, *others) in causes.items():
        after = f" and {len(others)} after it" if others else ""
        months.setdefault((word, first.reason, f"{short(first.table)}{after}"), []).append(period)
    for (word, reason, tables), periods in months.items():
        yield Text.assemble((word, STYLES[word]), f" {', '.join(periods)}: {reason} ({tables})")
