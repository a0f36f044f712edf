"""`wdh quarantine`: rejected rows, to look at, to correct, to live with, and to take in again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from work_data_hub.cli.output import JsonOption, console, print_table, write_json
from work_data_hub.cli.quarantine import decisions, exchange
from work_data_hub.cli.quarantine.filters import (
    DomainOption,
    Filters,
    MonthsOption,
    RuleOption,
    StateOption,
    TableOption,
    find_lines,
    today_of,
)
from work_data_hub.cli.session import open_hub, read_settings

if TYPE_CHECKING:
    from datetime import date

    from work_data_hub.application.quarantine.book import QuarantineLine, QuarantineSummary

app = typer.Typer(help="Rejected rows: look, correct, waive, replay.", no_args_is_help=True)
app.command("export")(exchange.export)
app.command("import")(exchange.import_)
app.command("replay")(decisions.replay)
app.command("waive")(decisions.waive)
app.command("withdraw")(decisions.withdraw)


@app.command("list")
def list_(
    *,
    domain: DomainOption = None,
    table: TableOption = None,
    period: MonthsOption = None,
    state: StateOption = None,
    rule: RuleOption = None,
    lines: Annotated[bool, typer.Option("--lines", help="Show every line with its id.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Count rejected rows by table, month and rule; open and waived ones by default."""
    from work_data_hub.application.quarantine.book import STANDING, summarise
    from work_data_hub.cli.quarantine.view import groups_of, groups_table, lines_table

    with open_hub(read_settings()) as hub:
        query = Filters(domain, table, period, state, rule).query(hub, STANDING)
        found, today = hub.ports.quarantine.find(query), today_of(hub)
    summary, groups = summarise(found), groups_of(found)
    if as_json:
        document = {"summary": summary, "oldest_open_days": summary.age_in_days(today), "groups": groups}
        write_json({**document, **({"lines": found} if lines else {}), "exit_status": 0})
        return
    if found:
        print_table(lines_table(found) if lines else groups_table(groups, today))
        console().print()
    console().print(_in_words(summary, today))


@app.command()
def show(
    line: Annotated[str, typer.Argument(help="Id of the line, or its beginning.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Show everything about one line: what is wrong, where, the whole source row, and its history."""
    from work_data_hub.application.quarantine.places import place
    from work_data_hub.cli.quarantine.view import show_line
    from work_data_hub.config.rejection_words import load_quarantine_words

    with open_hub(read_settings()) as hub:
        (found,) = find_lines(hub, [line])
        domain = hub.domain(found.table.partition(".")[0])
        (placed,) = place(hub.ports, domain, (found,))
    words = load_quarantine_words(domain.name)
    if as_json:
        write_json({**_document(found), "cell": placed.cell, "row": placed.row, "exit_status": 0})
    else:
        show_line(placed, words)


def _document(line: "QuarantineLine") -> dict[str, Any]:
    from work_data_hub.cli.output import plain

    document: dict[str, Any] = plain(line)
    return document


def _in_words(summary: "QuarantineSummary", today: "date") -> str:
    from work_data_hub.cli.quarantine.view import days

    age = summary.age_in_days(today)
    oldest = "" if age is None else f"; the oldest since {summary.oldest_open_since}, {days(age)}"
    return f"{summary.open:,} open{oldest}  ·  {summary.waived:,} waived"
