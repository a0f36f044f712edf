"""Progress on stderr: a bar on a terminal, plain lines elsewhere."""

import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.text import Text

from work_data_hub.cli.output import console_of, notes

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Steps(Protocol):
    """Hears which step of how many is under way."""

    def begin(self, what: str) -> None:
        """Say what is being done now."""

    def end(self, what: str, note: str = "done") -> None:
        """Say that it ended, and how."""

    def reach(self, done: int) -> None:
        """Count all steps up to this one as done, though they were passed over."""

    def expect(self, total: int) -> None:
        """Say how many steps there are, where that is known later."""


@contextmanager
def steps(title: str, total: int) -> Iterator[Steps]:
    """Show a number of steps while the block runs."""
    with _own_stderr() as console:
        if console.is_terminal:
            with _bar(console, title, total) as bar:
                yield bar
        else:
            yield _Lines(console)


@contextmanager
def _bar(console: Console, title: str, total: int) -> Iterator["_Bar"]:
    # rich.progress costs 40 ms that `--help` need not pay
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("[bold]{task.fields[title]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress, progress.add_task("", total=total, title=title))


@contextmanager
def _own_stderr() -> Iterator[Console]:
    """Open stderr once more: while the orchestrator runs, the other one leads to the log."""
    try:
        copy = os.dup(sys.stderr.fileno())
    except io.UnsupportedOperation:
        # a test holds stderr: there is no descriptor to copy
        yield notes()
        return
    with os.fdopen(copy, "w", encoding=sys.stderr.encoding, buffering=1) as stream:
        yield console_of(stream)


@dataclass(frozen=True, slots=True)
class _Bar:
    progress: "Progress"
    task: "TaskID"

    def begin(self, what: str) -> None:
        self.progress.update(self.task, description=what)

    def end(self, what: str, note: str = "done") -> None:
        self.progress.update(self.task, advance=1, description=f"{what} {note}")

    def reach(self, done: int) -> None:
        self.progress.update(self.task, completed=done)

    def expect(self, total: int) -> None:
        self.progress.update(self.task, total=total)


@dataclass(frozen=True, slots=True)
class _Lines:
    console: Console
    started: dict[str, float] = field(default_factory=dict)

    def begin(self, what: str) -> None:
        self.started[what] = time.monotonic()

    def end(self, what: str, note: str = "done") -> None:
        begun = self.started.pop(what, None)
        took = f" {time.monotonic() - begun:.1f} s" if begun is not None else ""
        self.console.print(f"{what} {note}{took}")

    def reach(self, done: int) -> None:
        """Need no count."""

    def expect(self, total: int) -> None:
        """Need no total."""


def tell(*parts: str | tuple[str, str]) -> None:
    """Write one line to stderr; a part may carry a style."""
    notes().print(Text.assemble(*parts))


def done(what: str, detail: str = "") -> None:
    """Say that a step of several succeeded."""
    tell(("✓ ", "green"), what, (f" {detail}" if detail else "", "dim"))
