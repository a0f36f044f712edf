"""`wdh quarantine export` and `import`: rejected rows as a workbook, and the corrections that come back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from work_data_hub.cli.output import JsonOption, console, print_table, write_json
from work_data_hub.cli.progress import tell
from work_data_hub.cli.quarantine.filters import (
    AuthorOption,
    DomainOption,
    DryRunOption,
    Filters,
    MonthsOption,
    RuleOption,
    StateOption,
    TableOption,
    author_or_user,
    one_domain,
)
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from work_data_hub.application.quarantine.imports import Change, ImportPlan

_SUFFIX = ".xlsx"


def export(
    file: Annotated[Path, typer.Argument(help="Workbook to write.", show_default=False)],
    *,
    domain: DomainOption = None,
    table: TableOption = None,
    period: MonthsOption = None,
    state: StateOption = None,
    rule: RuleOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write rejected rows into a workbook that an operator can fill in; open ones by default."""
    from work_data_hub.application.quarantine.book import LineState
    from work_data_hub.application.quarantine.exchange import exchange_rows
    from work_data_hub.application.quarantine.places import place
    from work_data_hub.config.rejection_words import load_quarantine_words
    from work_data_hub.io.workbooks.exchange_writer import write_exchange

    if file.suffix.lower() != _SUFFIX:
        raise UsageError(
            f"{file} is no workbook's name", expected="a name that ends in .xlsx", fix="name it so"
        )
    with open_hub(read_settings()) as hub:
        chosen = one_domain(hub, domain)
        query = Filters(chosen, table, period, state, rule).query(hub, (LineState.OPEN,))
        lines = hub.ports.quarantine.find(query)
        placed = place(hub.ports, hub.domain(chosen), lines)
    rows = tuple(exchange_rows(placed, load_quarantine_words(chosen)))
    if rows:
        write_exchange(file, rows)
    if as_json:
        write_json({"domain": chosen, "file": file if rows else None, "lines": len(rows), "exit_status": 0})
    else:
        console().print(
            f"{len(rows):,} lines in {file}" if rows else "No such lines: no workbook was written."
        )


def import_(
    file: Annotated[Path, typer.Argument(help="Workbook that came back.", show_default=False)],
    domain: DomainOption = None,
    *,
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take corrections from a workbook, all of them or, if one is wrong, none."""
    from work_data_hub.application.quarantine.book import QuarantineChanges
    from work_data_hub.application.quarantine.imports import CorrectionReader
    from work_data_hub.io.workbooks.exchange_reader import read_exchange

    with open_hub(read_settings()) as hub:
        ports, chosen = hub.ports, hub.domain(one_domain(hub, domain))
        book = read_exchange(ports.reader, file)
        reader = CorrectionReader(ports, chosen, author_or_user(author), ports.clock.now())
        plan = reader.read(book)
        if plan.changes and not dry_run:
            ports.quarantine.keep(QuarantineChanges(corrections=plan.corrections))
    if as_json:
        write_json(
            {
                "domain": chosen.name,
                "dry_run": dry_run,
                "corrections": plan.corrections,
                "known": plan.known,
                "untouched": plan.untouched,
                "exit_status": 0,
            }
        )
    else:
        _show(plan, dry_run=dry_run)


def _show(plan: "ImportPlan", *, dry_run: bool) -> None:
    if plan.changes:
        print_table(_changes_table(plan.changes))
        console().print()
    verb = "would be kept" if dry_run else "kept"
    console().print(
        f"{len(plan.changes):,} correction(s) {verb}, {plan.known:,} known already,"
        f" {plan.untouched:,} row(s) without one"
    )
    if plan.changes and not dry_run:
        tell("Next: wdh quarantine replay --all")


def _changes_table(changes: "tuple[Change, ...]") -> Table:
    from work_data_hub.application.quarantine.words import month_of_scope
    from work_data_hub.cli.quarantine.view import shown

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("month", "sheet", "cell", "column", "found", "corrected", "note"):
        table.add_column(head, no_wrap=True)
    for change in changes:
        line, made, column = change.placed.line, change.correction, change.placed.column
        table.add_row(
            month_of_scope(line.scope),
            made.sheet,
            change.placed.cell or f"row {made.row_number}",
            column.label if column else made.column,
            shown(line.value),
            "(blank)" if made.value is None else shown(made.value),
            shown(made.reason),
        )
    return table
