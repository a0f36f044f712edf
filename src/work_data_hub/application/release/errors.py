"""How a release that can't be made, or can't be taken, is refused."""

from collections.abc import Sequence

from work_data_hub.domain.kernel.errors import InputRefusedError, TransientError


class ReleaseRefusedError(InputRefusedError):
    """A release folder that a receiver must not take; every problem is named."""

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        """List the problems, one to a line."""
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        lines = "".join(f"\n  · {problem}" for problem in problems)
        fix = "take the folder again as it was released, or ask for a new release"
        super().__init__(f"{path} is refused: {count}{lines}", fix=fix, path=path, problems=list(problems))


class GateError(InputRefusedError):
    """The rows of a table must not leave the house as they are."""


class ReleaseBusyError(TransientError):
    """Another process works on the releases of the table."""
