"""The edge of the process: every failure becomes a clear word on stderr, or a JSON document, and an exit status."""

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from work_data_hub.cli.output import notes, write_json
from work_data_hub.domain.kernel.errors import HubError

INTERRUPTED = 130
USAGE = 2
FAILED = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as people and programs read it."""

    kind: str
    message: str
    exit_status: int
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The failure as the JSON document of a call."""
        return {"error": self.error, "exit_status": self.exit_status}

    @property
    def error(self) -> dict[str, Any]:
        """The failure as part of a document."""
        lines = self.message.splitlines() or [self.kind]
        parts = dict(
            line.split(": ", 1) for line in lines if line.startswith(("Where: ", "Expected: ", "Fix: "))
        )
        named = {name.lower(): text for name, text in parts.items()}
        return {"kind": self.kind, "message": lines[0], **named, "evidence": dict(self.evidence)}


def understood(error: BaseException) -> bool:
    """Say whether a failure needs no look at the log."""
    return isinstance(error, HubError | KeyboardInterrupt | typer.Abort | typer.TyperException)


def failure_of(error: BaseException, log: Path | None = None) -> Failure:
    """Say what an exception means to the user."""
    if isinstance(error, HubError):
        return Failure(type(error).__name__, str(error), error.exit_status, error.evidence)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return Failure("Interrupted", "interrupted", INTERRUPTED)
    if isinstance(error, typer.TyperException):
        return Failure("UsageError", _usage(error), USAGE)
    where = f"; see the log {log}" if log else "; `wdh --debug …` shows where"
    said = " ".join(str(error).split()) or "no message"
    return Failure(type(error).__name__, f"unexpected: {type(error).__name__}: {said}{where}", FAILED)


def _usage(error: typer.TyperException) -> str:
    # a group called bare has shown its help already
    if not error.format_message():
        return ""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "wdh"
    return f"{error.format_message().rstrip('.')}\nFix: see `{command} --help`"


def report(error: BaseException, *, as_json: bool, debug: bool = False, log: Path | None = None) -> int:
    """Tell the user about a failure and give the exit status."""
    failure = failure_of(error, log)
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    if as_json:
        write_json(failure.document)
    elif failure.message:
        notes().print(styled(failure.message))
    return failure.exit_status


def styled(message: str) -> Text:
    """Colour a message: what happened in red, the way out in green."""
    first, *rest = message.splitlines() or [""]
    text = Text.assemble(("✗ ", "bold red"), (first, "red"))
    for line in rest:
        name, colon, said = line.partition(": ")
        head = name in ("Where", "Expected", "Fix")
        style = "green" if name == "Fix" else "dim"
        text.append("\n  ")
        text.append(name + colon if head else line, style=f"bold {style}" if head else "")
        text.append(said if head else "", style="green" if name == "Fix" else "")
    return text
