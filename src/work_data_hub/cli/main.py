"""The `wdh` command: its groups, and the one place where a call ends."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Never

import typer

from work_data_hub.cli import (
    companies_command,
    compare_command,
    database,
    docs_command,
    doctor_command,
    models_command,
    plan_command,
    pricing_command,
    release_command,
    run_command,
    sample_command,
    start_command,
    status_command,
)
from work_data_hub.cli.edge import FAILED, INTERRUPTED, report, understood
from work_data_hub.cli.quarantine import command as quarantine
from work_data_hub.cli.session import call_log

_EPILOG = (
    "Exit status: [bold]0[/bold] done · [bold]1[/bold] failed · [bold]2[/bold] wrong usage or configuration · "
    "[bold]3[/bold] published with warnings · [bold]4[/bold] input refused, nothing published of it. "
    "A period is written 2025-10 or 2025-10-01."
)
_MONTH, _SETUP = "Every month", "Setting up"


def build_app() -> typer.Typer:
    """Assemble the command."""
    app = typer.Typer(
        name="wdh",
        help="WorkDataHub: files arrive, trusted tables come out.",
        epilog=_EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    app.command("plan", rich_help_panel=_MONTH)(plan_command.plan)
    app.command("run", rich_help_panel=_MONTH)(run_command.run)
    app.command("status", rich_help_panel=_MONTH)(status_command.status)
    app.command("compare", rich_help_panel=_MONTH)(compare_command.compare)
    app.add_typer(companies_command.app, name="companies", rich_help_panel=_MONTH)
    app.add_typer(quarantine.app, name="quarantine", rich_help_panel=_MONTH)
    app.add_typer(models_command.app, name="models", rich_help_panel=_MONTH)
    app.add_typer(pricing_command.app, name="pricing", rich_help_panel=_MONTH)
    app.add_typer(release_command.app, name="release", rich_help_panel=_MONTH)
    app.command("start", rich_help_panel=_SETUP)(start_command.start)
    app.command("doctor", rich_help_panel=_SETUP)(doctor_command.doctor)
    app.command("sample-data", rich_help_panel=_SETUP)(sample_command.sample_data)
    app.command("docs", rich_help_panel=_SETUP)(docs_command.docs)
    app.add_typer(database.app, name="db", rich_help_panel=_SETUP)
    return app


def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,
) -> None:
    """WorkDataHub: files arrive, trusted tables come out."""


def run(arguments: Sequence[str]) -> int:
    """Run one call and give its exit status; a failure is told, never raised."""
    command = typer.main.get_command(build_app())
    try:
        status = int(command.main(list(arguments), prog_name="wdh", standalone_mode=False) or 0)
        # typer swallows Ctrl+C and gives this status
        return _report(KeyboardInterrupt(), frozenset(arguments)) if status == INTERRUPTED else status
    except BrokenPipeError:
        # the reader has gone: let the interpreter's last flush find an open end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the edge of the process
        return _report(error, frozenset(arguments))
    finally:
        call_log.close()


def _report(error: BaseException, options: frozenset[str]) -> int:
    log = None if understood(error) else call_log.keep(error)
    return report(error, as_json="--json" in options, debug="--debug" in options, log=log)


def main() -> Never:
    """Run the call of this process."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
