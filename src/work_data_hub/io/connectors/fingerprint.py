"""The content hash of a file, refused when the file changes meanwhile."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from work_data_hub.domain.kernel.errors import Location, TransientError
from work_data_hub.io.connectors.faults import explained
from work_data_hub.io.connectors.identity import Identity, moment
from work_data_hub.io.connectors.names import shown


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What identifies a file's content, and the file that held it."""

    sha256: str
    size_bytes: int
    modified_at: datetime
    identity: Identity


def fingerprint(path: Path) -> Fingerprint:
    """Hash a file piece by piece; a file that changes or vanishes meanwhile is a TransientError."""
    with explained(path):
        try:
            with path.open("rb") as stream:
                before = Identity.of(os.fstat(stream.fileno()))
                digest = hashlib.file_digest(stream, "sha256")
            found = path.stat()
        except FileNotFoundError as error:
            raise _changed(path, "vanished") from error
    after = Identity.of(found)
    if before != after:
        raise _changed(path, "changed")
    return Fingerprint(digest.hexdigest(), found.st_size, moment(found), after)


def _changed(path: Path, what: str) -> TransientError:
    return TransientError(
        f"{shown(path.name)} {what} while it was read",
        where=Location(file=shown(str(path))),
        expected="a file that nobody is writing",
        fix="wait until it is copied completely and run again",
    )
