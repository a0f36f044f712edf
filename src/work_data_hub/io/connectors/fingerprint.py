"""The content hash of a file, refused when the file changes meanwhile."""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from work_data_hub.domain.kernel.errors import Location, TransientError
from work_data_hub.io.connectors.faults import explained


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What identifies a file's content."""

    sha256: str
    size_bytes: int
    modified_at: datetime


def fingerprint(path: Path) -> Fingerprint:
    """Hash a file piece by piece; a file that changes or vanishes meanwhile is a TransientError."""
    with explained(path):
        try:
            with path.open("rb") as stream:
                before = os.fstat(stream.fileno())
                digest = hashlib.file_digest(stream, "sha256")
            after = path.stat()
        except FileNotFoundError as error:
            raise _changed(path, "vanished") from error
    if _identity(before) != _identity(after):
        raise _changed(path, "changed")
    return Fingerprint(digest.hexdigest(), after.st_size, datetime.fromtimestamp(after.st_mtime, UTC))


def _identity(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _changed(path: Path, what: str) -> TransientError:
    return TransientError(
        f"{path.name} {what} while it was read",
        where=Location(file=str(path)),
        expected="a file that nobody is writing",
        fix="wait until it is copied completely and run again",
    )
