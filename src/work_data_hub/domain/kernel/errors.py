"""Typed errors that carry their evidence; every message ends with a way out."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Location:
    """Where in the input something was found; parts that are not known stay None."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Name the known parts in reading order."""
        parts = (
            ("file", self.file),
            ("sheet", self.sheet),
            ("row", self.row),
            ("column", self.column),
            ("value", repr(self.value) if self.value is not None else None),
        )
        return ", ".join(f"{name} {part}" for name, part in parts if part is not None)


class HubError(Exception):
    """A failure the hub understands: what happened, where, what was expected and how to go on."""

    exit_status: ClassVar[int] = 1

    def __init__(
        self,
        what: str,
        *,
        fix: str,
        where: Location | None = None,
        expected: str | None = None,
        **evidence: Any,
    ) -> None:
        """Keep the evidence as attributes and compose the message from it."""
        self.what, self.fix, self.where, self.expected = what, fix, where, expected
        self.evidence = evidence
        super().__init__(self._compose())

    def _compose(self) -> str:
        lines = [self.what]
        if self.where is not None and str(self.where):
            lines.append(f"Where: {self.where}")
        if self.expected:
            lines.append(f"Expected: {self.expected}")
        lines.append(f"Fix: {self.fix}")
        return "\n".join(lines)


class TransientError(HubError):
    """The same call may succeed later: connection loss, time-out, deadlock, server starting."""


class PermanentError(HubError):
    """The same call will fail again until somebody changes something."""


class UsageError(PermanentError):
    """The command was called in a way it does not understand."""

    exit_status = 2


class ConfigurationError(PermanentError):
    """A setting or a configuration file is missing or wrong."""

    exit_status = 2


class InputRefusedError(PermanentError):
    """The input can't be taken as it is; nothing was published."""

    exit_status = 4


class NoCandidateError(InputRefusedError):
    """No file answers the configured patterns."""


class AmbiguousCandidatesError(InputRefusedError):
    """More than one file answers the configured patterns."""


class DamagedInputError(InputRefusedError):
    """The file can't be read as what its name says."""


class SheetMissingError(InputRefusedError):
    """The workbook has no sheet of the configured name."""


class HeaderMissingError(InputRefusedError):
    """A required column header is not in the sheet."""


class EmptyInputError(InputRefusedError):
    """The sheet, or a required column of it, holds no value."""


class RejectBudgetExceededError(InputRefusedError):
    """More rows were rejected than the table's contract allows."""


class InputChangedError(PermanentError):
    """The input changed between being read and being published."""


class ConservationError(PermanentError):
    """Rows or amounts went missing between source and table."""


class StepFailedError(PermanentError):
    """A pipeline step failed; the cause hangs on the error."""


class ProtectedInputError(DamagedInputError):
    """The file is closed to the hub: a password, or no permission to read it."""


class IntakeLimitError(InputRefusedError):
    """The file is beyond a declared limit of what the hub takes."""


class UncomputedFormulaError(EmptyInputError):
    """A required column holds formulas that no program has computed."""
