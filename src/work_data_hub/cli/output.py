"""Where the command speaks: results on stdout, everything else on stderr, one JSON document with --json."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from rich.table import Table

PIPE_WIDTH = 160
_WIDEST = 1000
JsonOption = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout.")]


def console() -> Console:
    """Give the console of results."""
    return console_of(sys.stdout)


def notes() -> Console:
    """Give the console of progress, warnings and errors."""
    return console_of(sys.stderr)


def console_of(stream: IO[str], width: int | None = None) -> Console:
    """Give a console on a stream."""
    if width is None and not stream.isatty() and "COLUMNS" not in os.environ:
        # a pipe has no width of its own: rich would take 80 columns
        width = PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def print_table(table: "Table") -> None:
    """Print a table in its own width: a narrow terminal folds lines, but no figure is cut."""
    out = console()
    natural = console_of(sys.stdout, _WIDEST).measure(table).maximum
    wide = console_of(sys.stdout, max(out.width, natural))
    with wide.capture() as drawn:
        wide.print(table, soft_wrap=False)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines()))


def write_json(document: Mapping[str, Any]) -> None:
    """Write the one document of a --json call."""
    sys.stdout.write(json.dumps(plain(document), ensure_ascii=False, indent=2) + "\n")


def plain(value: Any) -> Any:
    """Turn dataclasses, enums, dates, decimals and paths into what JSON knows; decimals keep their digits."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if is_dataclass(value) and type(value).__str__ is object.__str__:
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)


def finish(status: int) -> None:
    """End the command with an exit status."""
    if status:
        raise typer.Exit(status)
