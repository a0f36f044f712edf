"""Turning the file system's faults into the hub's errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from work_data_hub.domain.kernel.errors import InputRefusedError, Location, TransientError


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Say which path may not be read, or could not be read just now."""
    try:
        yield
    except PermissionError as error:
        raise InputRefusedError(
            f"{path} may not be read by this account",
            where=Location(file=str(path)),
            expected="read access to files, and read and search access to folders",
            fix=f"give this account the right to read {path}, or run as one that has it",
        ) from error
    except OSError as error:
        raise TransientError(
            f"{path} can't be read: {error.strerror or error}",
            where=Location(file=str(path)),
            expected="a file system that answers",
            fix="check that the share is mounted and the disk is well, then run again",
        ) from error
