"""Turning the file system's faults into the hub's errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from work_data_hub.domain.kernel.errors import InputRefusedError, Location, TransientError
from work_data_hub.io.connectors.names import shown


@contextmanager
def explained(path: Path | str) -> Iterator[None]:
    """Say which path may not be read, or could not be read just now."""
    try:
        yield
    except PermissionError as error:
        raise InputRefusedError(
            f"{shown(str(path))} may not be read by this account",
            where=Location(file=shown(str(path))),
            expected="read access to files, and read and search access to folders",
            fix=f"give this account the right to read {shown(str(path))}, or run as one that has it",
        ) from error
    except OSError as error:
        raise TransientError(
            f"{shown(str(path))} can't be read: {error.strerror or error}",
            where=Location(file=shown(str(path))),
            expected="a file system that answers",
            fix="check that the share is mounted and the disk is well, then run again",
        ) from error
