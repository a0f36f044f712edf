"""`wdh models`: who is champion and why; put a version in force, go back to the one before, follow the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.cli.models_view import (
    decisions_table,
    entry_document,
    list_table,
    model_document,
    show_decision,
    show_synced,
    versions_table,
)
from work_data_hub.cli.output import JsonOption, console, finish, print_table, write_json
from work_data_hub.cli.progress import tell
from work_data_hub.cli.quarantine.filters import AuthorOption, DryRunOption, author_or_user
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from work_data_hub.application.domains import Ports
    from work_data_hub.application.models.book import ChampionBook, Decision

NameArgument = Annotated[str, typer.Argument(help="Model, such as price_rec_BU1.", show_default=False)]
MonthOption = Annotated[
    str, typer.Option("--month", "-m", help="First month for which it holds, as 2025-11.", show_default=False)
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is kept.", show_default=False)]
_WARNED = 3

app = typer.Typer(help="Models: champions, verdicts, promotion and roll-back.", no_args_is_help=True)


@app.command("list")
def list_(*, as_json: JsonOption = False) -> None:
    """Show every model: its champion, since when, how many versions there are, and the last verdict."""
    with _ports() as ports:
        book = ports.champion_book
        models = [model_document(book, name) for name in book.names()]
    if as_json:
        write_json({"models": models, "exit_status": 0})
    elif models:
        print_table(list_table(models))
    else:
        console().print("no model was trained yet")


@app.command("show")
def show(name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Show the versions of a model and every decision about it, with the reason."""
    from work_data_hub.application.models.decisions import known_model

    with _ports() as ports:
        book = ports.champion_book
        versions, entries = known_model(book, name), book.entries(name)
        head = model_document(book, name)
    if as_json:
        decisions = [entry_document(entry) for entry in entries]
        write_json({**head, "versions": versions, "decisions": decisions, "exit_status": 0})
        return
    print_table(versions_table(versions, head["champion"]))
    console().print("")
    print_table(decisions_table(entries))


@app.command("promote")
def promote(
    name: NameArgument,
    version: Annotated[str, typer.Argument(help="Version, as `wdh models show` names it.")],
    *,
    month: MonthOption,
    reason: ReasonOption,
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put a version in force from a month on; what it scored becomes stale. A training may succeed it later."""
    from work_data_hub.application.models.decisions import promotion
    from work_data_hub.domain.kernel.period import Period

    first, who = Period.parse(month), author_or_user(author)
    with _ports() as ports:
        decision = promotion(ports.champion_book, name, version, month=first, actor=who, reason=reason)
        _settle(ports, decision, dry_run=dry_run, as_json=as_json)


@app.command("rollback")
def rollback(
    name: NameArgument,
    *,
    month: MonthOption,
    reason: ReasonOption,
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put the champion before in force again; the one that leaves is never promoted by itself again."""
    from work_data_hub.application.models.decisions import going_back
    from work_data_hub.domain.kernel.period import Period

    first, who = Period.parse(month), author_or_user(author)
    with _ports() as ports:
        decision = going_back(ports.champion_book, name, month=first, actor=who, reason=reason)
        _settle(ports, decision, dry_run=dry_run, as_json=as_json)


@app.command("sync")
def sync(*, dry_run: DryRunOption = False, as_json: JsonOption = False) -> None:
    """Tell the experiment tracker every version and champion that it does not know yet."""
    from work_data_hub.application.models.mirror import mirror, missing

    with _ports() as ports:
        tracker = ports.tracker
        if tracker is None:
            raise UsageError("this hub has no experiment tracker", fix="build it on a warehouse")
        book = ports.champion_book
        done = missing(book, tracker) if dry_run else mirror(book, tracker)
    if as_json:
        write_json({"dry_run": dry_run, "models": done, "exit_status": 0})
    else:
        show_synced(done, dry_run=dry_run)


def _settle(ports: "Ports", decision: "Decision", *, dry_run: bool, as_json: bool) -> None:
    """Write a decision and let the tracker follow; a tracker that fails leaves the decision standing."""
    entry = None if dry_run else ports.champion_book.decide(decision)
    warnings = () if dry_run else _followed(ports, ports.champion_book, decision.name)
    status = _WARNED if warnings else 0
    if as_json:
        document = entry_document(entry) if entry else {"decision": decision}
        write_json({"dry_run": dry_run, **document, "warnings": warnings, "exit_status": status})
    else:
        show_decision(decision, dry_run=dry_run)
    for warning in warnings:
        tell(("! ", "yellow"), warning)
    finish(status)


def _followed(ports: "Ports", book: "ChampionBook", name: str) -> tuple[str, ...]:
    from work_data_hub.application.models.mirror import mirror_or_warn

    return () if ports.tracker is None else mirror_or_warn(book, ports.tracker, name)


@contextmanager
def _ports() -> "Iterator[Ports]":
    with open_hub(read_settings()) as hub:
        yield hub.ports
